import type { Direction } from './operations.ts';

/** Where a register address points (FORMATS.md 6.1): `column << 25 | row << 20 | offset`. */
export interface TileAddress {
  readonly column: number;
  readonly row: number;
  readonly offset: number;
}

/** Splits a register address; columns of more than 7 bits (addresses beyond 32 bits) are kept. */
export function tileAddress(address: number): TileAddress {
  return {
    column: Math.floor(address / 0x200_0000),
    row: Math.floor(address / 0x10_0000) % 32,
    offset: address % 0x10_0000,
  };
}

/** Joins column, row and offset to a register address. */
export function registerAddress(column: number, row: number, offset: number): number {
  return column * 0x200_0000 + row * 0x10_0000 + offset;
}

// Shim tile, FORMATS.md 5.1 and 5.2.
export const SHIM_BD_BASE = 0x1d000;
export const SHIM_BD_BYTES = 0x20;
export const SHIM_BD_COUNT = 16;
const CHANNEL_BASE = 0x1d200;
const STATUS_BASE = 0x1d220;

/** A register of a shim tile's DMA. Names follow AM025 (`DMA_BD1_0`, `DMA_S2MM_0_Ctrl`, `DMA_S2MM_0_Task_Queue`). */
export type ShimRegister =
  | { readonly kind: 'bd'; readonly bd: number; readonly word: number }
  | {
      readonly kind: 'control' | 'queue' | 'status';
      readonly direction: Direction;
      readonly channel: number;
    };

/** The shim DMA register at an offset within a shim tile (row 0), or undefined where another thing lies there. */
export function shimRegister(offset: number): ShimRegister | undefined {
  if (offset % 4 !== 0) return undefined;
  if (offset >= SHIM_BD_BASE && offset < SHIM_BD_BASE + SHIM_BD_COUNT * SHIM_BD_BYTES) {
    const word = (offset - SHIM_BD_BASE) / 4;
    return { kind: 'bd', bd: word >> 3, word: word & 7 };
  }
  if (offset >= CHANNEL_BASE && offset < CHANNEL_BASE + 0x20) {
    const word = (offset - CHANNEL_BASE) / 4;
    return {
      kind: (word & 1) === 0 ? 'control' : 'queue',
      direction: word < 4 ? 'S2MM' : 'MM2S',
      channel: (word >> 1) & 1,
    };
  }
  if (offset >= STATUS_BASE && offset < STATUS_BASE + 0x10) {
    const word = (offset - STATUS_BASE) / 4;
    return { kind: 'status', direction: word < 2 ? 'S2MM' : 'MM2S', channel: word & 1 };
  }
  return undefined;
}

/** Address of word `word` of shim buffer descriptor `bd` in a column. */
export function shimBdAddress(column: number, bd: number, word = 0): number {
  return registerAddress(column, 0, SHIM_BD_BASE + bd * SHIM_BD_BYTES + 4 * word);
}

/** Addresses of the control and task-queue registers of a shim DMA channel. */
export function shimChannel(
  column: number,
  direction: Direction,
  channel: number,
): { readonly control: number; readonly queue: number } {
  const offset = CHANNEL_BASE + (direction === 'MM2S' ? 0x10 : 0) + channel * 8;
  return {
    control: registerAddress(column, 0, offset),
    queue: registerAddress(column, 0, offset + 4),
  };
}

/** AM025's name of a shim DMA register. */
export function shimRegisterName(register: ShimRegister): string {
  if (register.kind === 'bd') return `DMA_BD${register.bd}_${register.word}`;
  const { direction, channel } = register;
  if (register.kind === 'control') return `DMA_${direction}_${channel}_Ctrl`;
  if (register.kind === 'queue') return `DMA_${direction}_${channel}_Task_Queue`;
  return `DMA_${direction}_Status_${channel}`;
}

/** A value written to a shim task queue (FORMATS.md 5.2): bit 31 issue token, 23:16 repeat count - 1, 3:0 BD. */
export interface QueuePush {
  readonly bd: number;
  /** How often the task runs: 1 to 256. */
  readonly runs: number;
  readonly issuesToken: boolean;
}

export function decodeQueuePush(value: number): QueuePush {
  return { bd: value & 0xf, runs: ((value >>> 16) & 0xff) + 1, issuesToken: value >>> 31 === 1 };
}

export function encodeQueuePush(push: QueuePush): number {
  return ((push.issuesToken ? 0x8000_0000 : 0) | ((push.runs - 1) << 16) | push.bd) >>> 0;
}
