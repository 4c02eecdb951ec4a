export * from './args.ts';
export {
  type Control,
  defineKernel,
  type Fixture,
  isKernelSpec,
  type KernelDefinition,
  type KernelSource,
  type KernelSpec,
  type Printed,
  type Tensors,
} from './kernel.ts';
export * from './lsb.ts';
export { type ValidateOptions, validate } from './validate.ts';
export * from './verdict.ts';
