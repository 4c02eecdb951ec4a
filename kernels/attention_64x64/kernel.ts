import { correlation, defineKernel, derivedLsb, exact, int8, out, packed } from 'tilecheck';
import { attention, fixedExp } from 'tilecheck/reference';

const scale = 1 / 8;

export const attention64 = defineKernel({
  name: 'attention_64x64',
  artifact: { dir: import.meta.dirname },
  args: [packed('qkv', { q: int8(64, 64), k: int8(64, 64), v: int8(64, 64) }), out('o', int8(64, 64))],
  tile: [16, 16],
  model: ({ q, k, v }) => attention.model({ q, k, v, exp: fixedExp(scale) }),
  ideal: ({ q, k, v }) => attention.ideal({ q, k, v, scale }),
  accept: {
    model: exact(),
    ideal: derivedLsb({
      'output rounding': 0.5,
      'weights rounded to half a step of 2^-17: 64 * 255 / 2^18': 0.063,
      'fixed-point exponential, 1e-4 of itself: 255e-4': 0.026,
    }),
    random: correlation(0.999),
  },
});
