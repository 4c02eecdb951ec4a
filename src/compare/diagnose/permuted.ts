import { type Explanation, tested } from './claim.ts';
import type { Mismatch } from './mismatch.ts';
import type { Partition } from './partition.ts';
import { type Permutation, permutationOf, sourceOrdinals } from './permutation.ts';
import type { DiagnosedTile } from './types.ts';

/** The hypothesis that whole groups of elements change places. */
export function permuted(
  mismatch: Mismatch,
  partition: Partition | null,
  named: { readonly hypothesis: string; readonly hint: string },
  tilesOf?: (permutation: Permutation) => DiagnosedTile[],
): Explanation | null {
  if (partition === null) return null;
  const permutation = permutationOf(mismatch, partition);
  if (permutation === null || permutation.moved.length === 0) return null;
  const { expected } = mismatch;
  const from = sourceOrdinals(mismatch, partition, permutation);
  const { moved, bits, text } = permutation;
  const them = `${moved.length} of ${partition.count} ${partition.name}s are out of place: ${text}`;
  return tested(
    {
      ...named,
      bits: 4 + bits,
      predict: (i) => expected[from[i]!]!,
      text: `${them}; as that predicts`,
      ...(tilesOf === undefined ? {} : { tiles: tilesOf(permutation) }),
    },
    mismatch,
  );
}
