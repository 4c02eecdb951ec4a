import { correlation, defineKernel, exact, inLsb, int8, out, packed } from 'tilecheck';
import { matmul } from 'tilecheck/reference';

const shift = 9;

export const matmul16 = defineKernel({
  name: 'matmul_16x16',
  artifact: { dir: import.meta.dirname },
  args: [packed('ab', { a: int8(16, 16), b: int8(16, 16) }), out('c', int8(16, 16))],
  tile: [4, 4],
  model: ({ a, b }) => matmul.model({ a, b, shift }),
  ideal: ({ a, b }) => inLsb(matmul.ideal({ a, b }), { scale: 2 ** shift, saturateTo: 'int8' }),
  // The accumulator is exact and the one rounding is that of the ideal, ties to even.
  accept: { model: exact(), ideal: exact(), random: correlation(0.999) },
});
