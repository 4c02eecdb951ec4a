export * from './compare/index.ts';
export * from './device/index.ts';
export * from './errors.ts';
export * from './spec/index.ts';
export * from './tensor/index.ts';
