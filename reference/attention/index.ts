export { type AttentionOptions, type AttentionShape, ideal } from './ideal.ts';
export { model } from './model.ts';
