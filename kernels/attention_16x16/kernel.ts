import { correlation, defineKernel, derivedLsb, exact, int8, out, packed } from 'tilecheck';
import { attention, fixedExp } from 'tilecheck/reference';

const scale = 1 / 4;

export const attention16 = defineKernel({
  name: 'attention_16x16',
  artifact: { dir: import.meta.dirname },
  args: [packed('qkv', { q: int8(16, 16), k: int8(16, 16), v: int8(16, 16) }), out('o', int8(16, 16))],
  tile: [4, 4],
  model: ({ q, k, v }) => attention.model({ q, k, v, exp: fixedExp(scale) }),
  ideal: ({ q, k, v }) => attention.ideal({ q, k, v, scale }),
  accept: {
    model: exact(),
    ideal: derivedLsb({
      'output rounding': 0.5,
      'weights rounded to half a step of 2^-17: 16 * 255 / 2^18': 0.016,
      'fixed-point exponential, 1e-4 of itself: 255e-4': 0.026,
    }),
    random: correlation(0.999),
  },
});
