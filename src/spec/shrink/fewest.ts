import type { Tensors } from '../kernel.ts';
import { type Block, cleared } from './blocks.ts';

/**
 * Delta debugging (Zeller and Hildebrandt, 2002) with a search for the next needed block instead of fixed chunks:
 * clears all of the rest, halves until a block turns out to be needed, keeps it, and goes on before it with chunks as
 * long as the last gap. k needed blocks of n cost about k log2(n / k) candidates where they are few, and one each where
 * they lie side by side. The rest of a part that needs more than `most` of its blocks is kept: the failure is not that of
 * a few of them.
 *
 * Yields candidates; takes whether each still fails; returns the last that did.
 */
export function* fewest(
  inputs: Tensors,
  blocks: readonly Block[],
  most: number,
): Generator<Tensors, Tensors, boolean> {
  let current = inputs;
  // Blocks from `rest` on are decided: cleared, or known to be needed.
  let rest = blocks.length;
  let gap = rest;
  const neededOf = new Map<string, number>();
  for (let needed = 0; rest > 0; needed++) {
    const before = rest;
    // While few are needed, hope that no other is.
    let chunk = needed < 3 ? rest : gap;
    // Clearing from `lost` on made the failure go away; -1 while no clearing did.
    let lost = -1;
    while (rest - lost > 1 && rest > 0) {
      const cut = lost < 0 ? Math.max(0, rest - chunk) : (lost + rest) >> 1;
      const candidate = cleared(current, blocks, cut, rest);
      if (yield candidate) {
        current = candidate;
        rest = cut;
        chunk *= 2;
      } else {
        lost = cut;
      }
    }
    if (rest === 0) break;
    gap = before - rest + 1;
    rest--;
    const { part } = blocks[rest]!;
    const ofPart = (neededOf.get(part) ?? 0) + 1;
    neededOf.set(part, ofPart);
    if (ofPart > most) rest = blocks.findIndex((block) => block.part === part);
  }
  return current;
}
