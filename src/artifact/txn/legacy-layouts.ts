import { byOpcode, type Layout } from './layouts.ts';

// FORMATS.md 4.5. The opcode is the top byte of the first word; sizes are fixed. In the first word byte 2 is the
// column and byte 1 the row, except for WRITEBD_EXTEND_SHIMTILE, which has the number of columns in byte 1.
export const LEGACY_LAYOUTS: ReadonlyMap<number, Layout> = byOpcode([
  { opcode: 0, kind: 'noop', name: 'NOOP', bytes: 4, fields: {} },
  {
    opcode: 2,
    kind: 'write',
    name: 'WRITE32',
    bytes: 12,
    fields: { row: [1, 1], column: [2, 1], address: [4, 4], value: [8, 4] },
  },
  {
    opcode: 3,
    kind: 'sync',
    name: 'SYNC',
    bytes: 8,
    fields: {
      direction: [0, 1],
      row: [1, 1],
      column: [2, 1],
      rows: [5, 1],
      columns: [6, 1],
      channel: [7, 1],
    },
  },
  {
    opcode: 6,
    kind: 'shimbd',
    name: 'WRITEBD_EXTEND_SHIMTILE',
    bytes: 40,
    fields: { target: [0, 1], columns: [1, 1], column: [2, 1], columnIncrement: [4, 4] },
  },
]);

/** Offsets of the descriptor's words in WRITEBD_EXTEND_SHIMTILE; the second is the byte offset into the argument. */
export const LEGACY_BD_AT = 8;

interface RawLegacy {
  readonly name: string;
  readonly words: number;
}

/** Operations of known size that are kept undecoded; the BD and dump forms without a documented name keep their number. */
const RAW: Readonly<Record<number, RawLegacy>> = {
  4: { name: 'OP4', words: 8 },
  5: { name: 'OP5', words: 3 },
  7: { name: 'OP7', words: 11 },
  8: { name: 'OP8', words: 4 },
  9: { name: 'OP9', words: 9 },
  10: { name: 'OP10', words: 44 },
  11: { name: 'OP11', words: 9 },
  12: { name: 'OP12', words: 9 },
  13: { name: 'RTP', words: 3 },
  14: { name: 'READ32', words: 2 },
  15: { name: 'POLL', words: 4 },
  16: { name: 'TIMESTAMP', words: 1 },
  17: { name: 'MERGESYNC', words: 1 },
};

/** Name and size of an undecoded legacy operation, given its first word; undefined where the size is not known. */
export function rawLegacy(word: number): RawLegacy | undefined {
  const opcode = word >>> 24;
  // WRITEBD has nine words for shim and memory tiles (rows 0 and 1), seven for compute tiles.
  if (opcode === 1) return { name: 'WRITEBD', words: ((word >>> 8) & 0xff) <= 1 ? 9 : 7 };
  return RAW[opcode];
}

/** First two words of the optional prologue; the first is also the number of words it has. */
export const LEGACY_PROLOGUE = [0x11, 0x0100_0405] as const;
