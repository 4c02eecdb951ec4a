import { ValueError } from '../../errors.ts';
import type { Direction } from '../txn/operations.ts';

/** What a tile is, by its row on npu1: row 0 shim, row 1 memory, above that core (FORMATS 6.1). */
export type TileKind = 'shim' | 'memory' | 'core';

const ROW_KINDS: readonly TileKind[] = ['shim', 'memory'];

/** The kind of the tiles of a row. Rows above 5 do not exist on npu1; they count as core rows. */
export function tileKind(row: number): TileKind {
  return ROW_KINDS[row] ?? 'core';
}

/** Bundles of stream-switch ports, named as mlir-aie's wire bundles. `Reserved`: an index beyond the last port. */
export type PortBundle =
  | 'Core'
  | 'DMA'
  | 'TileControl'
  | 'FIFO'
  | 'South'
  | 'West'
  | 'North'
  | 'East'
  | 'Trace'
  | 'Reserved';

export interface Port {
  readonly bundle: PortBundle;
  readonly channel: number;
}

/** Addresses and counts of one kind of tile, all as offsets from the tile's own address. */
export interface TileLayout {
  readonly kind: TileKind;
  /** Bytes of data memory from offset 0; a shim tile has none. */
  readonly dataBytes: number;
  /** Program memory, where there is a core. */
  readonly program?: { readonly offset: number; readonly bytes: number };
  readonly locks: { readonly offset: number; readonly count: number };
  readonly descriptors: { readonly offset: number; readonly count: number; readonly words: number };
  /** The first control register of each direction; a start queue follows its control register. */
  readonly channels: Readonly<Record<Direction, { readonly offset: number; readonly count: number }>>;
  readonly switch: {
    readonly masterOffset: number;
    readonly slaveOffset: number;
    readonly slotOffset: number;
    /** Ports in the order of their registers. */
    readonly masters: readonly Port[];
    readonly slaves: readonly Port[];
  };
}

export const LOCK_STRIDE = 0x10;
export const DESCRIPTOR_STRIDE = 0x20;
export const CHANNEL_STRIDE = 8;
export const SLOTS_PER_SLAVE = 4;
export const SLOT_STRIDE = 0x10;
export const CORE_CONTROL = 0x32000; // FORMATS 6.2
export const MUX_CONFIG = 0x1f000; // FORMATS 6.4, shim
export const DEMUX_CONFIG = 0x1f004;

function ports(...bundles: readonly (readonly [PortBundle, number])[]): Port[] {
  return bundles.flatMap(([bundle, count]) =>
    Array.from({ length: count }, (_, channel) => ({ bundle, channel })),
  );
}

/** FORMATS 6.2 (core), 6.3 (memory), 5.1, 5.2 and 6.4 (shim); port orders of 6.5. */
export const tileLayouts: Readonly<Record<TileKind, TileLayout>> = {
  core: {
    kind: 'core',
    dataBytes: 0x10000,
    program: { offset: 0x20000, bytes: 0x4000 },
    locks: { offset: 0x1f000, count: 16 },
    descriptors: { offset: 0x1d000, count: 16, words: 6 },
    channels: { S2MM: { offset: 0x1de00, count: 2 }, MM2S: { offset: 0x1de10, count: 2 } },
    switch: {
      masterOffset: 0x3f000,
      slaveOffset: 0x3f100,
      slotOffset: 0x3f200,
      masters: ports(
        ['Core', 1],
        ['DMA', 2],
        ['TileControl', 1],
        ['FIFO', 1],
        ['South', 4],
        ['West', 4],
        ['North', 6],
        ['East', 4],
      ),
      // The last two are the trace of the core and of the memory module.
      slaves: ports(
        ['Core', 1],
        ['DMA', 2],
        ['TileControl', 1],
        ['FIFO', 1],
        ['South', 6],
        ['West', 4],
        ['North', 4],
        ['East', 4],
        ['Trace', 2],
      ),
    },
  },
  memory: {
    kind: 'memory',
    dataBytes: 0x80000,
    locks: { offset: 0xc0000, count: 64 },
    descriptors: { offset: 0xa0000, count: 48, words: 8 },
    channels: { S2MM: { offset: 0xa0600, count: 6 }, MM2S: { offset: 0xa0630, count: 6 } },
    switch: {
      masterOffset: 0xb0000,
      slaveOffset: 0xb0100,
      slotOffset: 0xb0200,
      masters: ports(['DMA', 6], ['TileControl', 1], ['South', 4], ['North', 6]),
      slaves: ports(['DMA', 6], ['TileControl', 1], ['South', 6], ['North', 4], ['Trace', 1]),
    },
  },
  shim: {
    kind: 'shim',
    dataBytes: 0,
    locks: { offset: 0x14000, count: 16 },
    descriptors: { offset: 0x1d000, count: 16, words: 8 },
    channels: { S2MM: { offset: 0x1d200, count: 2 }, MM2S: { offset: 0x1d210, count: 2 } },
    switch: {
      masterOffset: 0x3f000,
      slaveOffset: 0x3f100,
      slotOffset: 0x3f200,
      masters: ports(['TileControl', 1], ['FIFO', 1], ['South', 6], ['West', 4], ['North', 6], ['East', 4]),
      slaves: ports(
        ['TileControl', 1],
        ['FIFO', 1],
        ['South', 8],
        ['West', 4],
        ['North', 4],
        ['East', 4],
        ['Trace', 1],
      ),
    },
  },
};

/** The port with a register index; an index beyond the list is a `Reserved` port with that number. */
export function portAt(list: readonly Port[], index: number): Port {
  return list[index] ?? { bundle: 'Reserved', channel: index };
}

/** The register index of a port; throws {@link ValueError} when the tile has no such port. */
export function portIndex(list: readonly Port[], port: Port): number {
  if (port.bundle === 'Reserved') return port.channel;
  const index = list.findIndex(({ bundle, channel }) => bundle === port.bundle && channel === port.channel);
  if (index < 0) throw new ValueError(`there is no port ${portName(port)} in this stream switch`);
  return index;
}

export function samePort(a: Port, b: Port): boolean {
  return a.bundle === b.bundle && a.channel === b.channel;
}

/** `DMA0`, `South3`. */
export function portName({ bundle, channel }: Port): string {
  return `${bundle}${channel}`;
}
