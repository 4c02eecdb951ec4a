import {
  attentionLaws,
  correlation,
  defineKernel,
  deriveTolerance,
  exact,
  int8,
  out,
  packed,
} from 'tilecheck';
import { attention, fixedExp } from 'tilecheck/reference';
import { fixedExpError } from '../common/exponential.ts';
import { attentionMutants } from '../common/mutants.ts';

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
    ideal: deriveTolerance({
      op: 'attention',
      output: 'half-away',
      keys: 16,
      exponential: fixedExpError,
      range: 255,
    }),
    random: correlation(0.999),
  },
  mutants: attentionMutants(scale),
  properties: attentionLaws('q', 'k', 'v', 'o'),
});
