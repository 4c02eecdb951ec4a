import { ValueError } from '../../errors.ts';
import { decodeShimBd, encodeShimBd, type ShimBd } from '../txn/bd.ts';
import { type TileKind, tileLayouts } from './tile-layout.ts';

/**
 * A buffer descriptor of a core tile (FORMATS 6.2), its fields under AM025's names in camel case. Lengths and steps
 * are in 32-bit words. Fields that hold "value - 1" in hardware are given as the value.
 */
export interface CoreBd {
  /** Buffer_Length: words one run moves. */
  readonly length: number;
  /** Base_Address in bytes, a multiple of 4, in the tile's own data memory. */
  readonly baseAddress: number;
  readonly enableCompression: boolean;
  readonly enablePacket: boolean;
  readonly outOfOrderBdId: number;
  readonly packetId: number;
  readonly packetType: number;
  /** D0_Stepsize (1 = consecutive words) and D0_Wrap (0 = never wraps: a linear transfer). */
  readonly d0Step: number;
  readonly d0Wrap: number;
  readonly d1Step: number;
  readonly d1Wrap: number;
  readonly d2Step: number;
  readonly iterationStep: number;
  /** Runs after which the iteration offset starts again: 1 to 64. */
  readonly iterationWrap: number;
  readonly iterationCurrent: number;
  readonly lockAcqId: number;
  /** Signed: negative waits for "at least" and subtracts, otherwise waits for equality (FORMATS 6.6). */
  readonly lockAcqValue: number;
  readonly lockAcqEnable: boolean;
  readonly lockRelId: number;
  /** Signed, added to the lock when the run is over; 0 releases nothing. */
  readonly lockRelValue: number;
  readonly validBd: boolean;
  readonly useNextBd: boolean;
  readonly nextBd: number;
  readonly tlastSuppress: boolean;
}

/**
 * A buffer descriptor of a memory tile (FORMATS 6.3). `baseAddress` and the lock ids also reach the neighbours:
 * see {@link memoryOf} and {@link lockOf}.
 */
export interface MemoryBd extends CoreBd {
  readonly d2Wrap: number;
  readonly d3Step: number;
  /** AM025's zero padding before and after each dimension. */
  readonly d0ZeroBefore: number;
  readonly d1ZeroBefore: number;
  readonly d2ZeroBefore: number;
  readonly d0ZeroAfter: number;
  readonly d1ZeroAfter: number;
  readonly d2ZeroAfter: number;
}

/** A descriptor, its number in the tile, and which kind it is. */
export type BufferDescriptor =
  | ({ readonly kind: 'core'; readonly id: number } & CoreBd)
  | ({ readonly kind: 'memory'; readonly id: number } & MemoryBd)
  | ({ readonly kind: 'shim'; readonly id: number } & ShimBd);

/** Where a field lies: word, lowest bit, width; and how its value differs from the bits. */
type BitField = readonly [word: number, low: number, width: number, form?: 'minusOne' | 'signed' | 'words'];
type FieldTable = Readonly<Record<string, BitField>>;

const coreNumbers = {
  length: [0, 0, 14],
  baseAddress: [0, 14, 14, 'words'],
  packetType: [1, 16, 3],
  packetId: [1, 19, 5],
  outOfOrderBdId: [1, 24, 6],
  d0Step: [2, 0, 13, 'minusOne'],
  d1Step: [2, 13, 13, 'minusOne'],
  d2Step: [3, 0, 13, 'minusOne'],
  d0Wrap: [3, 13, 8],
  d1Wrap: [3, 21, 8],
  iterationStep: [4, 0, 13, 'minusOne'],
  iterationWrap: [4, 13, 6, 'minusOne'],
  iterationCurrent: [4, 19, 6],
  lockAcqId: [5, 0, 4],
  lockAcqValue: [5, 5, 7, 'signed'],
  lockRelId: [5, 13, 4],
  lockRelValue: [5, 18, 7, 'signed'],
  nextBd: [5, 27, 4],
} as const satisfies FieldTable;

const coreFlags = {
  enablePacket: [1, 30],
  enableCompression: [1, 31],
  lockAcqEnable: [5, 12],
  validBd: [5, 25],
  useNextBd: [5, 26],
  tlastSuppress: [5, 31],
} as const;

const memoryNumbers = {
  length: [0, 0, 17],
  outOfOrderBdId: [0, 17, 6],
  packetId: [0, 23, 5],
  packetType: [0, 28, 3],
  baseAddress: [1, 0, 19, 'words'],
  nextBd: [1, 20, 6],
  d0ZeroBefore: [1, 26, 6],
  d0Step: [2, 0, 17, 'minusOne'],
  d0Wrap: [2, 17, 10],
  d1Step: [3, 0, 17, 'minusOne'],
  d1Wrap: [3, 17, 10],
  d1ZeroBefore: [3, 27, 5],
  d2Step: [4, 0, 17, 'minusOne'],
  d2Wrap: [4, 17, 10],
  d2ZeroBefore: [4, 27, 4],
  d3Step: [5, 0, 17, 'minusOne'],
  d0ZeroAfter: [5, 17, 6],
  d1ZeroAfter: [5, 23, 5],
  d2ZeroAfter: [5, 28, 4],
  iterationStep: [6, 0, 17, 'minusOne'],
  iterationWrap: [6, 17, 6, 'minusOne'],
  iterationCurrent: [6, 23, 6],
  lockAcqId: [7, 0, 8],
  lockAcqValue: [7, 8, 7, 'signed'],
  lockRelId: [7, 16, 8],
  lockRelValue: [7, 24, 7, 'signed'],
} as const satisfies FieldTable;

const memoryFlags = {
  enablePacket: [0, 31],
  useNextBd: [1, 19],
  tlastSuppress: [2, 31],
  enableCompression: [4, 31],
  lockAcqEnable: [7, 15],
  validBd: [7, 31],
} as const;

type FlagTable = Readonly<Record<string, readonly [word: number, bit: number]>>;

function decodeFields(
  words: ArrayLike<number>,
  numbers: FieldTable,
  flags: FlagTable,
): Record<string, unknown> {
  const fields: Record<string, number | boolean> = {};
  for (const [name, [word, low, width, form]] of Object.entries(numbers)) {
    const bits = ((words[word] ?? 0) >>> low) & (2 ** width - 1);
    if (form === 'minusOne') fields[name] = bits + 1;
    else if (form === 'words') fields[name] = bits * 4;
    else if (form === 'signed') fields[name] = bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
    else fields[name] = bits;
  }
  for (const [name, [word, bit]] of Object.entries(flags)) {
    fields[name] = (((words[word] ?? 0) >>> bit) & 1) === 1;
  }
  return fields;
}

function encodeFields(
  fields: Readonly<Record<string, unknown>>,
  numbers: FieldTable,
  flags: FlagTable,
  words: Uint32Array,
): Uint32Array {
  for (const [name, [word, low, width, form]] of Object.entries(numbers)) {
    const value = (fields[name] ?? (form === 'minusOne' ? 1 : 0)) as number;
    const unit = form === 'words' ? 4 : 1;
    const least = form === 'minusOne' ? 1 : form === 'signed' ? -(2 ** (width - 1)) : 0;
    const most = (least + 2 ** width - 1) * unit;
    if (!Number.isInteger(value / unit) || value < least || value > most) {
      throw new ValueError(
        `${name} of a buffer descriptor must be ${least} to ${most}${unit === 4 ? ' in steps of 4' : ''}, not ${value}`,
      );
    }
    const bits = form === 'minusOne' ? value - 1 : value / unit;
    words[word] = words[word]! | ((bits & (2 ** width - 1)) << low);
  }
  for (const [name, [word, bit]] of Object.entries(flags)) {
    if (fields[name] === true) words[word] = words[word]! | (1 << bit);
  }
  return words;
}

/** Decodes the six words of a core tile's buffer descriptor. Reserved bits are ignored. */
export function decodeCoreBd(words: ArrayLike<number>): CoreBd {
  return decodeFields(words, coreNumbers, coreFlags) as unknown as CoreBd;
}

/** Decodes the eight words of a memory tile's buffer descriptor. */
export function decodeMemoryBd(words: ArrayLike<number>): MemoryBd {
  return decodeFields(words, memoryNumbers, memoryFlags) as unknown as MemoryBd;
}

/**
 * Encodes a core tile's buffer descriptor into its six words. Fields not given are neutral: steps and iteration
 * wrap 1, everything else 0 or off. Throws {@link ValueError} where a value does not fit its field.
 */
export function encodeCoreBd(fields: Partial<CoreBd> & Pick<CoreBd, 'length'>): Uint32Array {
  return encodeFields({ ...fields }, coreNumbers, coreFlags, new Uint32Array(6));
}

/** As {@link encodeCoreBd}, for the eight words of a memory tile. */
export function encodeMemoryBd(fields: Partial<MemoryBd> & Pick<MemoryBd, 'length'>): Uint32Array {
  return encodeFields({ ...fields }, memoryNumbers, memoryFlags, new Uint32Array(8));
}

/** Decodes the descriptor of whatever kind of tile. */
export function decodeDescriptor(kind: TileKind, id: number, words: ArrayLike<number>): BufferDescriptor {
  if (kind === 'core') return { kind, id, ...decodeCoreBd(words) };
  if (kind === 'memory') return { kind, id, ...decodeMemoryBd(words) };
  return { kind, id, ...decodeShimBd(words) };
}

/** Encodes the descriptor of whatever kind of tile; throws {@link ValueError} where a value does not fit. */
export function encodeDescriptor(descriptor: BufferDescriptor): Uint32Array {
  if (descriptor.kind === 'core') return encodeCoreBd(descriptor);
  if (descriptor.kind === 'memory') return encodeMemoryBd(descriptor);
  return encodeShimBd(descriptor);
}

/** Which tile a descriptor's memory or lock belongs to. `none`: beyond the last neighbour. */
export type Neighbour = 'own' | 'west' | 'east' | 'none';

// FORMATS 6.3: a memory tile's DMA sees west, own and east memory and locks one after the other.
const MEMORY_TILE_ORDER: readonly Neighbour[] = ['west', 'own', 'east'];

function windowOf(kind: TileKind, value: number, size: number): readonly [Neighbour, number] {
  if (kind !== 'memory') return ['own', value];
  return [MEMORY_TILE_ORDER[Math.floor(value / size)] ?? 'none', value % size];
}

/** The data memory and the byte in it that a core or memory tile's descriptor starts at. */
export function memoryOf(descriptor: BufferDescriptor): { readonly tile: Neighbour; readonly byte: number } {
  const [tile, byte] = windowOf(
    descriptor.kind,
    descriptor.baseAddress,
    tileLayouts[descriptor.kind].dataBytes,
  );
  return { tile, byte };
}

/** The lock that a lock id of a descriptor means. */
export function lockOf(kind: TileKind, lockId: number): { readonly tile: Neighbour; readonly lock: number } {
  const [tile, lock] = windowOf(kind, lockId, tileLayouts[kind].locks.count);
  return { tile, lock };
}

/** Base address and lock id with which a memory tile's descriptor names its own memory and locks. */
export const OWN_MEMORY_BASE = tileLayouts.memory.dataBytes;
export const OWN_LOCK_BASE = tileLayouts.memory.locks.count;
