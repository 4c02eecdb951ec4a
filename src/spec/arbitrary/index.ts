export type { Distribution } from './canvas.ts';
export { rangeOf } from './canvas.ts';
export { type DistributionName, distributionNames, usualDistributions } from './distributions/index.ts';
export { type DrawnInputs, inputsOf } from './inputs.ts';
export { wholeDomain } from './sweep.ts';
export { type TensorOptions, tensorOf } from './tensor.ts';
