import { type Tensor, tensor } from 'tilecheck';

type Row<N extends number> = Tensor<'int8', readonly [N]>;

/**
 * A LayerNorm row whose mean (about 100) is far larger than its deviation (about 3): here the mean square is not the
 * variance, and sums of squares cancel.
 */
export function offCentre<const N extends number>(n: N): { x: Row<N>; gamma: Row<N>; beta: Row<N> } {
  const row = (code: (i: number) => number): Row<N> =>
    tensor(
      'int8',
      [n],
      Array.from({ length: n }, (_, i) => code(i)),
    );
  return {
    x: row((i) => 95 + ((7 * i) % 11)),
    gamma: row((i) => 64 + (i % 64)),
    beta: row((i) => ((5 * i) % 129) - 64),
  };
}
