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
import { fixedExpError } from './exponential.ts';
import { attentionMutants } from './mutants.ts';

/** One head of n queries, keys and values of depth n, compared in a 4 x 4 grid of tiles. */
export function attentionKernel(dir: string, n: number, scale: number) {
  return defineKernel({
    name: `attention_${n}x${n}`,
    artifact: { dir },
    args: [packed('qkv', { q: int8(n, n), k: int8(n, n), v: int8(n, n) }), out('o', int8(n, n))],
    tile: [n / 4, n / 4],
    model: ({ q, k, v }) => attention.model({ q, k, v, exp: fixedExp(scale) }),
    ideal: ({ q, k, v }) => attention.ideal({ q, k, v, scale }),
    accept: {
      model: exact(),
      ideal: deriveTolerance({
        op: 'attention',
        output: 'half-away',
        keys: n,
        exponential: fixedExpError,
        range: 255,
      }),
      random: correlation(0.999),
    },
    mutants: attentionMutants(scale),
    properties: attentionLaws('q', 'k', 'v', 'o'),
  });
}
