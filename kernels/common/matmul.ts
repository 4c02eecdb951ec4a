import {
  correlation,
  defineKernel,
  deriveTolerance,
  exact,
  inLsb,
  int8,
  matmulLaws,
  out,
  packed,
} from 'tilecheck';
import { matmul } from 'tilecheck/reference';
import { matmulMutants } from './mutants.ts';

/** C = saturate(A B / 2^shift) of n x n int8 matrices, compared in a 4 x 4 grid of tiles. */
export function matmulKernel(dir: string, n: number, shift: number) {
  return defineKernel({
    name: `matmul_${n}x${n}`,
    artifact: { dir },
    args: [packed('ab', { a: int8(n, n), b: int8(n, n) }), out('c', int8(n, n))],
    tile: [n / 4, n / 4],
    model: ({ a, b }) => matmul.model({ a, b, shift }),
    ideal: ({ a, b }) => inLsb(matmul.ideal({ a, b }), { scale: 2 ** shift, saturateTo: 'int8' }),
    accept: {
      model: exact(),
      ideal: deriveTolerance({ op: 'matmul', output: 'half-even' }),
      random: correlation(0.999),
    },
    mutants: matmulMutants(shift),
    properties: matmulLaws('a', 'b', 'c', { shift }),
  });
}
