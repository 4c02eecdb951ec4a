export { ideal, type SoftmaxOptions } from './ideal.ts';
export { model } from './model.ts';
