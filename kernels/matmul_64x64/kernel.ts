import { correlation, defineKernel, exact, inLsb, int8, out, packed } from 'tilecheck';
import { matmul } from 'tilecheck/reference';

const shift = 10;

export const matmul64 = defineKernel({
  name: 'matmul_64x64',
  artifact: { dir: import.meta.dirname },
  args: [packed('ab', { a: int8(64, 64), b: int8(64, 64) }), out('c', int8(64, 64))],
  tile: [16, 16],
  model: ({ a, b }) => matmul.model({ a, b, shift }),
  ideal: ({ a, b }) => inLsb(matmul.ideal({ a, b }), { scale: 2 ** shift, saturateTo: 'int8' }),
  // The accumulator is exact and the one rounding is that of the ideal, ties to even.
  accept: { model: exact(), ideal: exact(), random: correlation(0.999) },
});
