export * as attention from './attention/index.ts';
export { expNegative, type FixedExp, fixedExp } from './exp/model.ts';
export * as gelu from './gelu/index.ts';
export * as layernorm from './layernorm/index.ts';
export * as matmul from './matmul/index.ts';
export * as quantize from './quantize/index.ts';
export * as softmax from './softmax/index.ts';
