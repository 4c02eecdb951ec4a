import { choiceBits, subsetBits } from './bits.ts';
import type { Mismatch } from './mismatch.ts';
import { joined, ordinalsOf, type Partition, series } from './partition.ts';
import { listed } from './text.ts';
import type { DiagnosedTile } from './types.ts';

/** The part of an output that everything wrong lies in. */
export interface Region {
  readonly hypothesis: string;
  /** Bits that tell which region it is. */
  readonly bits: number;
  readonly ordinals: Int32Array;
  readonly shape: readonly number[];
  /** `row 17`. */
  readonly where: string;
  readonly hint: string;
  /** Whether it is no one part of the hardware's or the program's making: several groups, or any stretch. */
  readonly loose?: boolean;
  /** Hypotheses that usually hold inside: without them the region is less likely. */
  readonly typical?: readonly string[];
  readonly tiles?: readonly DiagnosedTile[];
}

/** A hypothesis of where, not what: a pure function; null where the wrong elements lie otherwise. */
export type Locator = (mismatch: Mismatch) => Region | null;

/** The wrong groups of a partition, ascending; null once they are more than half. */
function wrongGroups(mismatch: Mismatch, partition: Partition): number[] | null {
  const groups = new Set<number>();
  const most = partition.count / 2;
  for (const i of mismatch.sample(Math.min(4096, 2 * partition.count))) groups.add(partition.groupOf(i));
  if (groups.size > most) return null;
  for (const i of mismatch.wrong) {
    groups.add(partition.groupOf(i));
    if (groups.size > most) return null;
  }
  return [...groups].sort((a, b) => a - b);
}

interface Naming {
  /** Name of the hypothesis for one group, and for several; several are not considered without. */
  readonly one: string;
  readonly several?: string;
  readonly bits: number;
  readonly hint: string;
}

/** The region of the groups that hold anything wrong; null unless these are half of all at most. */
export function confined(
  mismatch: Mismatch,
  partition: Partition | null,
  { one, several, bits, hint }: Naming,
  tileOf?: (group: number) => DiagnosedTile,
): Region | null {
  if (partition === null) return null;
  const groups = wrongGroups(mismatch, partition);
  const [first] = groups ?? [];
  if (groups === null || first === undefined) return null;
  const tiles = tileOf === undefined ? {} : { tiles: groups.map(tileOf) };
  if (groups.length === 1) {
    return {
      hypothesis: one,
      bits: bits + choiceBits(partition.count),
      ordinals: ordinalsOf(partition, first),
      shape: partition.shapeOf(first),
      where: partition.label(first),
      hint,
      ...tiles,
    };
  }
  if (several === undefined) return null;
  const parts = groups.map((group) => ordinalsOf(partition, group));
  const alike = parts.every((part) => part.length === parts[0]!.length);
  const ordinals = joined(parts);
  return {
    hypothesis: several,
    loose: true,
    bits: bits + 2 + subsetBits(partition.count, groups.length),
    ordinals,
    shape: alike ? [groups.length, ...partition.shapeOf(first)] : [ordinals.length],
    where: `${groups.length} of ${partition.count} ${partition.name}s (${listed(groups.map(partition.label))})`,
    hint,
    ...tiles,
  };
}

/** All elements from one ordinal to before another; shaped as rows where it consists of whole rows. */
export function stretch(
  { shape, columns }: Mismatch,
  from: number,
  to: number,
): Pick<Region, 'ordinals' | 'shape'> {
  const ordinals = series(from, 1, to - from);
  const rows = shape.length > 1 && from % columns === 0 && to % columns === 0;
  return { ordinals, shape: rows ? [(to - from) / columns, columns] : [to - from] };
}

/** Bits that tell where a stretch begins: few at a row, fewer at a half or quarter. */
export function boundaryBits({ size, columns, shape }: Mismatch, at: number): number {
  for (let parts = 2; parts <= 64; parts *= 2) {
    if (Number.isInteger((at * parts) / size)) return 1 + 1.5 * choiceBits(parts);
  }
  if (shape.length > 1 && at % columns === 0) return 4 + choiceBits(size / columns);
  return 4 + choiceBits(size);
}

/** The smallest of some regions. */
export function cheapestRegion(regions: readonly (Region | null)[]): Region | null {
  return regions.reduce(
    (best, one) =>
      one !== null && (best === null || one.ordinals.length < best.ordinals.length) ? one : best,
    null,
  );
}
