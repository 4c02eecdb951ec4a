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
    ideal: deriveTolerance({
      op: 'attention',
      output: 'half-away',
      keys: 64,
      exponential: fixedExpError,
      range: 255,
    }),
    random: correlation(0.999),
  },
  mutants: attentionMutants(scale),
  properties: attentionLaws('q', 'k', 'v', 'o'),
});
