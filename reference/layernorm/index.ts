export { ideal, type LayernormOptions } from './ideal.ts';
export { model } from './model.ts';
