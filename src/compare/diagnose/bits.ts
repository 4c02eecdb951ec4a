/** Description lengths in bits, the common currency of all hypotheses. */

/** Bits that tell which element belongs to which class, for classes of the given sizes. */
export function entropyBits(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((bits, count) => (count === 0 ? bits : bits + count * Math.log2(total / count)), 0);
}

/** Bits that tell a choice among `count` equally likely ones. */
export function choiceBits(count: number): number {
  return Math.log2(Math.max(1, count));
}

/** Bits that tell which `chosen` of `count` are meant, the number included. */
export function subsetBits(count: number, chosen: number): number {
  return choiceBits(count) + entropyBits([chosen, count - chosen]);
}
