export * from './attention.ts';
export * from './gelu.ts';
export * from './independence.ts';
export {
  checkLaws,
  type Law,
  type LawCase,
  type LawFailure,
  type LawOptions,
  type LawOutcome,
  type LawResult,
} from './law.ts';
export * from './layernorm.ts';
export * from './matmul.ts';
export * from './permutation.ts';
export * from './softmax.ts';
export * from './symmetry.ts';
export * from './zero.ts';
