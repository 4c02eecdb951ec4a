import { type InstructionStream, type Lifted, lift, type Transfer, type Wait } from '../txn/index.ts';
import { type Budget, type ByteSet, type Interval, intersection, newBudget, unionOf } from './byte-set.ts';
import { type Pattern, partPatterns } from './strided.ts';

/** What one transfer does to one argument. */
export interface TransferFlow {
  readonly transfer: Transfer;
  /** Bytes of the argument it touches. */
  readonly touched: ByteSet;
  /** Bytes moved; more than `touched.bytes` where it touches some more than once. */
  readonly moved: number;
}

/** Two transfers of the same direction that touch the same bytes of an argument. */
export interface Overlap {
  /** Transfer indices, in order of their pushes. */
  readonly first: number;
  readonly second: number;
  readonly bytes: number;
  /** The first common range; undefined where it lies beyond the listed intervals. */
  readonly at: Interval | undefined;
}

/** Everything the stream does in one direction with an argument. */
export interface Side {
  /** Union of all transfers. */
  readonly touched: ByteSet;
  /** Bytes moved in all. */
  readonly moved: number;
  /** Bytes moved beyond the first touch of each: re-read inputs, or outputs written more than once. */
  readonly repeated: number;
  /** Transfers by order of their pushes. */
  readonly transfers: readonly TransferFlow[];
  /** Pairs of transfers with bytes in common; at most {@link OVERLAPS_LISTED}. */
  readonly overlaps: readonly Overlap[];
}

/** What the stream does with one data argument (0 = the first buffer). */
export interface ArgumentFlow {
  readonly argument: number;
  /** in: the array only reads it, out: it only writes it. */
  readonly direction: 'in' | 'out' | 'inout';
  /** By MM2S transfers. */
  readonly reads: Side | undefined;
  /** By S2MM transfers. */
  readonly writes: Side | undefined;
  /** The least size in bytes a buffer must have. */
  readonly requiredBytes: number;
}

export interface DataFlow {
  /** By ascending argument. */
  readonly arguments: readonly ArgumentFlow[];
  /** All transfers in order of their pushes. */
  readonly transfers: readonly Transfer[];
  readonly waits: readonly Wait[];
  /** Transfers with a part whose argument is not known. */
  readonly unattributed: readonly Transfer[];
  /** Transfers that no wait shows to be complete. */
  readonly neverWaited: readonly Transfer[];
}

/** Intervals listed for a transfer and for an argument, and overlaps of an argument. */
export const TRANSFER_INTERVALS = 64;
export const ARGUMENT_INTERVALS = 4096;
export const OVERLAPS_LISTED = 16;

/** Pairs of transfers examined for overlaps of one argument, once it is known that there are any. */
const PAIRS_EXAMINED = 4096;

interface Collected {
  readonly flow: TransferFlow;
  readonly patterns: readonly Pattern[];
}

/**
 * Computes what a stream does with each argument: direction, byte ranges, order and waits. Time and memory are bounded
 * whatever the stream says: regular transfers are counted by formula, lists of intervals are cut (`complete` false), and
 * unions too irregular and too large to count are bounded instead (`exact` false).
 */
export function dataFlow(
  source: Pick<InstructionStream, 'operations'>,
  lifted: Lifted = lift(source),
): DataFlow {
  const budget = newBudget();
  const { transfers, waits } = lifted;
  const sides = new Map<number, { reads: Collected[]; writes: Collected[] }>();
  for (const transfer of transfers) {
    for (const [argument, collected] of byArgument(transfer, budget)) {
      const side = sides.get(argument) ?? { reads: [], writes: [] };
      sides.set(argument, side);
      (transfer.direction === 'MM2S' ? side.reads : side.writes).push(collected);
    }
  }
  return {
    arguments: [...sides.entries()]
      .sort(([a], [b]) => a - b)
      .map(([argument, { reads, writes }]) => argumentFlow(argument, reads, writes, budget)),
    transfers,
    waits,
    unattributed: transfers.filter(
      ({ parts }) => parts.length === 0 || parts.some((part) => part.argument === undefined),
    ),
    neverWaited: transfers.filter(({ completedBy }) => completedBy === undefined),
  };
}

/** Transfers known to be complete once the operation with this index has run. */
export function knownComplete(flow: Pick<DataFlow, 'transfers'>, operation: number): Transfer[] {
  return flow.transfers.filter(({ completedBy }) => completedBy !== undefined && completedBy <= operation);
}

/** A chain of descriptors may touch several arguments. */
function byArgument(transfer: Transfer, budget: Budget): Map<number, Collected> {
  const patterns = new Map<number, Pattern[]>();
  const moved = new Map<number, number>();
  for (const part of transfer.parts) {
    const { argument } = part;
    if (argument === undefined || part.fields.length === 0) continue;
    const known = patterns.get(argument) ?? [];
    known.push(...partPatterns(part, transfer.runs));
    patterns.set(argument, known);
    moved.set(argument, (moved.get(argument) ?? 0) + 4 * part.fields.length * transfer.runs);
  }
  const collected = new Map<number, Collected>();
  for (const [argument, list] of patterns) {
    const touched = unionOf(list, TRANSFER_INTERVALS, budget)!;
    collected.set(argument, { patterns: list, flow: { transfer, touched, moved: moved.get(argument)! } });
  }
  return collected;
}

function argumentFlow(
  argument: number,
  reads: readonly Collected[],
  writes: readonly Collected[],
  budget: Budget,
): ArgumentFlow {
  const read = sideOf(reads, budget);
  const write = sideOf(writes, budget);
  return {
    argument,
    direction: read === undefined ? 'out' : write === undefined ? 'in' : 'inout',
    reads: read,
    writes: write,
    requiredBytes: Math.max(read?.touched.end ?? 0, write?.touched.end ?? 0),
  };
}

function sideOf(collected: readonly Collected[], budget: Budget): Side | undefined {
  const touched = unionOf(
    collected.flatMap(({ patterns }) => patterns),
    ARGUMENT_INTERVALS,
    budget,
  );
  if (touched === undefined) return undefined;
  const transfers = collected.map(({ flow }) => flow);
  const moved = transfers.reduce((sum, flow) => sum + flow.moved, 0);
  const single = transfers.reduce((sum, flow) => sum + flow.touched.bytes, 0);
  const overlapping = single > touched.bytes || transfers.some((flow) => !flow.touched.exact);
  return {
    touched,
    moved,
    repeated: moved - touched.bytes,
    transfers,
    overlaps: overlapping ? overlapsOf(collected, budget) : [],
  };
}

function overlapsOf(collected: readonly Collected[], budget: Budget): Overlap[] {
  const overlaps: Overlap[] = [];
  const sorted = collected.toSorted((a, b) => a.flow.touched.start - b.flow.touched.start);
  let pairs = 0;
  for (const [index, a] of sorted.entries()) {
    for (let other = index + 1; other < sorted.length; other += 1) {
      const b = sorted[other]!;
      const [x, y] = [a.flow.touched, b.flow.touched];
      if (y.start >= x.end) break;
      pairs += 1;
      if (pairs > PAIRS_EXAMINED || overlaps.length === OVERLAPS_LISTED) return overlaps;
      const both = unionOf([...a.patterns, ...b.patterns], 0, budget)!;
      const common = x.bytes + y.bytes - both.bytes;
      if (!(x.exact && y.exact && both.exact) || common === 0) continue;
      const [first, second] = [a.flow.transfer.index, b.flow.transfer.index].sort((p, q) => p - q) as [
        number,
        number,
      ];
      overlaps.push({ first, second, bytes: common, at: intersection(x, y)[0] });
    }
  }
  return overlaps;
}
