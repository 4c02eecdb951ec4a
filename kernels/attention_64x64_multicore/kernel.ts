import { batchIndependence, correlation, defineKernel, exact, int8, out, packed } from 'tilecheck';
import { attention, fixedExp } from 'tilecheck/reference';
import { attention64 } from '../attention_64x64/kernel.ts';
import { attentionMutants } from '../common/mutants.ts';

const scale = 1 / 8;

/** Four heads at once: the program of attention_64x64 on four cores, each with its own q, k and v. */
export const attention64Multicore = defineKernel({
  name: 'attention_64x64_multicore',
  artifact: {
    ...attention64.artifact,
    cores: 4,
    placement: [0, 1, 2, 3].map((column) => ({ column, row: 2 })),
  },
  args: [
    packed('qkv', { q: int8(4, 64, 64), k: int8(4, 64, 64), v: int8(4, 64, 64) }),
    out('o', int8(4, 64, 64)),
  ],
  tile: [16, 16],
  model: ({ q, k, v }) => attention.model({ q, k, v, exp: fixedExp(scale) }),
  ideal: ({ q, k, v }) => attention.ideal({ q, k, v, scale }),
  accept: { model: exact(), ideal: attention64.accept.ideal, random: correlation(0.999) },
  mutants: attentionMutants(scale),
  // Besides, no core sees the head of another.
  properties: [...attention64.properties, batchIndependence(['q', 'k', 'v'], 'o')],
});
