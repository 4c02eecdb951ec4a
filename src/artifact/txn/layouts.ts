import type { Instruction, TxnVersion } from './operations.ts';

/** Place of an unsigned little-endian field within an operation: byte offset and width in bytes. */
export type Field = readonly [offset: number, width: 1 | 2 | 3 | 4 | 8];

/** How one operation lies in bytes. The same table drives reading and writing, so that they cannot disagree. */
interface LayoutOf {
  readonly opcode: number;
  readonly kind: Exclude<Instruction['kind'], 'raw'>;
  readonly name: string;
  /** Bytes of the fixed part; for operations without a size field, of the whole. */
  readonly bytes: number;
  /** Offset of the 32-bit size field, where there is one. */
  readonly sizeAt?: number;
  readonly fields: Readonly<Record<string, Field>>;
  /** Set where 32-bit words follow the fixed part up to the size. */
  readonly payload?: true;
}

export interface Layout extends LayoutOf {
  /** The entries of `fields`, listed once: reading walks them for every operation. */
  readonly entries: readonly (readonly [name: string, field: Field])[];
}

// FORMATS.md 4.3 and, for opcodes 5 to 13, the packed structs of aie-rt's xaie_txn.h, which both versions share.
const SHARED: readonly LayoutOf[] = [
  { opcode: 5, kind: 'noop', name: 'NOOP', bytes: 4, fields: {} },
  { opcode: 6, kind: 'preempt', name: 'PREEMPT', bytes: 4, fields: { level: [1, 1] } },
  {
    opcode: 8,
    kind: 'loadpdi',
    name: 'LOADPDI',
    bytes: 16,
    fields: { pdi: [2, 2], pdiBytes: [4, 4], pdiAddress: [8, 8] },
  },
  {
    opcode: 9,
    kind: 'loadpmstart',
    name: 'LOAD_PM_START',
    bytes: 8,
    fields: { loadSequenceCount: [1, 3], pmLoadId: [4, 4] },
  },
  {
    opcode: 10,
    kind: 'createscratchpad',
    name: 'CREATE_SCRATCHPAD',
    bytes: 16,
    fields: { usage: [1, 1], scratchpadBytes: [4, 4], scratchpadOffset: [8, 8] },
  },
  {
    opcode: 11,
    kind: 'updatestatetable',
    name: 'UPDATE_STATE_TABLE',
    bytes: 8,
    fields: { stateTableIndex: [1, 1], func: [2, 1], funcArgument: [4, 4] },
  },
  {
    opcode: 12,
    kind: 'updatereg',
    name: 'UPDATE_REG',
    bytes: 12,
    fields: { stateTableIndex: [1, 1], func: [2, 1], funcArgument: [4, 4], address: [8, 4] },
  },
  { opcode: 13, kind: 'updatescratch', name: 'UPDATE_SCRATCH', bytes: 4, fields: {} },
  {
    opcode: 0x80,
    kind: 'sync',
    name: 'TCT',
    bytes: 16,
    sizeAt: 4,
    fields: {
      direction: [8, 1],
      row: [9, 1],
      column: [10, 1],
      rows: [13, 1],
      columns: [14, 1],
      channel: [15, 1],
    },
  },
];

// mlir-aie gives MASKWRITE 28 bytes, aie-rt pads its struct to 32: the size field decides on reading.
const MASKED_0_1 = {
  bytes: 28,
  sizeAt: 24,
  fields: { address: [8, 8], value: [16, 4], mask: [20, 4] },
} as const;
const MASKED_1_0 = { bytes: 16, fields: { address: [4, 4], value: [8, 4], mask: [12, 4] } } as const;

const V0_1: readonly LayoutOf[] = [
  {
    opcode: 0,
    kind: 'write',
    name: 'WRITE',
    bytes: 24,
    sizeAt: 20,
    fields: { address: [8, 8], value: [16, 4] },
  },
  {
    opcode: 1,
    kind: 'blockwrite',
    name: 'BLOCKWRITE',
    bytes: 16,
    sizeAt: 12,
    fields: { address: [8, 4] },
    payload: true,
  },
  { opcode: 3, kind: 'maskwrite', name: 'MASKWRITE', ...MASKED_0_1 },
  { opcode: 4, kind: 'maskpoll', name: 'MASKPOLL', ...MASKED_0_1 },
  { opcode: 7, kind: 'maskpollbusy', name: 'MASKPOLL_BUSY', ...MASKED_0_1 },
  {
    opcode: 0x81,
    kind: 'patch',
    name: 'DDR_PATCH',
    bytes: 48,
    sizeAt: 4,
    fields: { address: [24, 8], argument: [32, 8], argumentOffset: [40, 8] },
  },
];

const V1_0: readonly LayoutOf[] = [
  { opcode: 0, kind: 'write', name: 'WRITE', bytes: 12, fields: { address: [4, 4], value: [8, 4] } },
  {
    opcode: 1,
    kind: 'blockwrite',
    name: 'BLOCKWRITE',
    bytes: 12,
    sizeAt: 8,
    fields: { address: [4, 4] },
    payload: true,
  },
  { opcode: 3, kind: 'maskwrite', name: 'MASKWRITE', ...MASKED_1_0 },
  { opcode: 4, kind: 'maskpoll', name: 'MASKPOLL', ...MASKED_1_0 },
  { opcode: 7, kind: 'maskpollbusy', name: 'MASKPOLL_BUSY', ...MASKED_1_0 },
  {
    opcode: 0x81,
    kind: 'patch',
    name: 'DDR_PATCH',
    bytes: 24,
    sizeAt: 4,
    fields: { address: [8, 4], argument: [12, 1], argumentOffset: [16, 8] },
  },
];

/** A table of layouts by opcode. */
export const byOpcode = (layouts: readonly LayoutOf[]): ReadonlyMap<number, Layout> =>
  new Map(layouts.map((layout) => [layout.opcode, { ...layout, entries: Object.entries(layout.fields) }]));

/** Layouts of a TXN version by opcode. */
export const TXN_LAYOUTS: Readonly<Record<TxnVersion, ReadonlyMap<number, Layout>>> = {
  '0.1': byOpcode([...SHARED, ...V0_1]),
  '1.0': byOpcode([...SHARED, ...V1_0]),
};

/** From this opcode on every operation carries its size in the second word (FORMATS.md 4.3). */
export const FIRST_SIZED_OPCODE = 0x80;

/** Names of opcodes whose bodies are not decoded. */
export const RAW_NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'BLOCKSET'],
  [14, 'CONFIG_SHIMDMA_BD'],
  [15, 'CONFIG_SHIMDMA_DMABUF_BD'],
  [0x82, 'READ_REGS'],
  [0x83, 'RECORD_TIMER'],
  [0x84, 'MERGE_SYNC'],
  [200, 'LOAD_PM_END'],
]);

/**
 * Reads a field of `view` for an operation starting at `at`. Undefined for a 64-bit value beyond 2^53 - 1, which a
 * number cannot hold.
 */
export function readField(view: DataView, at: number, [offset, width]: Field): number | undefined {
  const start = at + offset;
  switch (width) {
    case 1:
      return view.getUint8(start);
    case 2:
      return view.getUint16(start, true);
    case 3:
      return view.getUint16(start, true) | (view.getUint8(start + 2) << 16);
    case 4:
      return view.getUint32(start, true);
    default: {
      const value = view.getUint32(start + 4, true) * 0x1_0000_0000 + view.getUint32(start, true);
      return Number.isSafeInteger(value) ? value : undefined;
    }
  }
}

/** Writes a field; false where `value` is not an unsigned integer that fits its width. */
export function writeField(view: DataView, at: number, [offset, width]: Field, value: number): boolean {
  const limit = width === 8 ? Number.MAX_SAFE_INTEGER : 2 ** (8 * width) - 1;
  if (!Number.isInteger(value) || value < 0 || value > limit) return false;
  let left = value;
  for (let byte = 0; byte < width; byte += 1) {
    view.setUint8(at + offset + byte, left % 256);
    left = Math.floor(left / 256);
  }
  return true;
}
