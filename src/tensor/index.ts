export * from './dtype.ts';
export * from './float.ts';
export * from './rounding.ts';
export * from './tensor.ts';
export * from './view.ts';
