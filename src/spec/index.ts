export { type DistributionName, distributionNames, tensorOf } from './arbitrary/index.ts';
export * from './args.ts';
export * from './failures/index.ts';
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
export * from './laws/index.ts';
export * from './lsb.ts';
export * from './prove/index.ts';
export { describeSmallest, type ShrinkOptions, type ShrinkResult, shrinkInputs } from './shrink/index.ts';
export { type ValidateOptions, validate } from './validate.ts';
export * from './verdict.ts';
