import type { PlacedCommand } from '../pdi/index.ts';
import type { Direction } from '../txn/operations.ts';
import type { QueuePush } from '../txn/registers.ts';
import type { BufferDescriptor } from './descriptor.ts';
import type { StreamSwitch } from './stream-switch.ts';
import type { TileKind } from './tile-layout.ts';

/** What an array of tiles is set to once all writes of a PDI are done: tiles in order of column, then row. */
export interface ArrayConfig {
  readonly tiles: readonly TileConfig[];
  /** Commands that reach no tile: undecoded ones, and writes whose address has an upper word. */
  readonly unplaced: readonly PlacedCommand[];
}

export interface TileConfig {
  readonly column: number;
  readonly row: number;
  readonly kind: TileKind;
  /** Locks that were written, with the value they start with; in order of their number. */
  readonly locks: readonly LockConfig[];
  /** Descriptors of which a word was written, in order of their number; words not written count as 0. */
  readonly descriptors: readonly BufferDescriptor[];
  /** DMA channels whose control or start queue was written; S2MM before MM2S. */
  readonly channels: readonly ChannelConfig[];
  readonly switch: StreamSwitch;
  /** Shim tiles whose multiplexers were written. */
  readonly mux?: ShimMux;
  /** Core tiles whose Core_Control was written. */
  readonly core?: { readonly enabled: boolean; readonly reset: boolean };
  /** What is loaded into program memory, in order; addresses in bytes from its start. */
  readonly program: readonly Segment[];
  /** What is loaded into data memory, in order; addresses in bytes from its start. */
  readonly data: readonly Segment[];
  /** Every other word written, named where the register is known; the last value of each, in order of address. */
  readonly others: readonly OtherRegister[];
}

export interface LockConfig {
  readonly id: number;
  /** The whole word written; a lock holds 0 to 63 (FORMATS 6.6). */
  readonly value: number;
}

export interface ChannelConfig {
  readonly direction: Direction;
  readonly channel: number;
  /** Last value of the control register; absent when it was never written. */
  readonly control?: number;
  /** Tasks pushed to the start queue, in order. */
  readonly queue: readonly QueuePush[];
}

/** What a shim port is connected to (AM025's values of a Mux_Config field; the fourth has no name). */
export type MuxSide = 'PL' | 'DMA' | 'NoC' | 'Reserved';

/** The shim's multiplexers (FORMATS 5.6): `mux` feeds slave ports, `demux` takes from master ports. */
export interface ShimMux {
  readonly mux: Readonly<Record<'south2' | 'south3' | 'south6' | 'south7', MuxSide>>;
  readonly demux: Readonly<Record<'south2' | 'south3' | 'south4' | 'south5', MuxSide>>;
}

export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** The bits that are written, for a masked write of one word; all of them where absent. */
  readonly mask?: number;
}

export interface OtherRegister {
  readonly offset: number;
  /** AM025's name, `undefined` for an unknown register. */
  readonly name: string | undefined;
  readonly value: number;
}

/** The tile at a place; `undefined` when nothing was written to it. */
export function tileAt(config: ArrayConfig, column: number, row: number): TileConfig | undefined {
  return config.tiles.find((tile) => tile.column === column && tile.row === row);
}

/** Bytes loaded into the program memory of a tile. */
export function programBytes(tile: TileConfig): number {
  return tile.program.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** The content of a memory of `size` bytes after `segments` were loaded; bytes beyond its end are left out. */
export function memoryImage(segments: readonly Segment[], size: number): Uint8Array {
  const image = new Uint8Array(size);
  for (const { address, bytes, mask } of segments) {
    bytes.subarray(0, Math.max(0, size - address)).forEach((byte, index) => {
      const keep = mask === undefined ? 0 : ~(mask >>> (8 * (index % 4))) & 0xff;
      image[address + index] = (image[address + index]! & keep) | (byte & ~keep);
    });
  }
  return image;
}
