import { correlation, defineKernel, dequantize, derivedLsb, exact, inLsb, input, int8, out } from 'tilecheck';
import { fixedExp, softmax } from 'tilecheck/reference';

const scale = 1 / 8;
/** The usual int8 format of a probability: all 256 codes for [0, 1). */
const probability = { scale: 1 / 256, zeroPoint: -128 };

export const softmax64 = defineKernel({
  name: 'softmax_64x64',
  artifact: { dir: import.meta.dirname },
  args: [input('x', int8(64, 64)), out('p', int8(64, 64))],
  tile: [16, 16],
  model: ({ x }) => softmax.model({ x, exp: fixedExp(scale) }),
  ideal: ({ x }) => inLsb(softmax.ideal({ x: dequantize(x, { scale }) }), probability),
  accept: {
    model: exact(),
    ideal: derivedLsb({
      'output rounding': 0.5,
      'weights rounded to half a step of 2^-17: 65 * 256 / 2^18': 0.064,
      'fixed-point exponential, 1e-4 of itself: 256e-4 * 2 p (1 - p)': 0.013,
    }),
    random: correlation(0.999),
  },
});
