export { ideal } from './ideal.ts';
export { integer, type QlinearOptions, qlinear } from './integer.ts';
export { model } from './model.ts';
export type { MatmulOperands, MatmulShape, Parameter } from './operands.ts';
export { type RequantizedOptions, requantized } from './requantized.ts';
