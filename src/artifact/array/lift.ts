import type { PlacedCommand } from '../pdi/index.ts';
import type { Direction } from '../txn/operations.ts';
import { decodeQueuePush, type QueuePush, tileAddress } from '../txn/registers.ts';
import { isTileWrite, type WriteCommand } from './attribute.ts';
import type { ArrayConfig, ChannelConfig, MuxSide, Segment, ShimMux, TileConfig } from './config.ts';
import { decodeDescriptor } from './descriptor.ts';
import { registerAt } from './register-table.ts';
import { decodeMaster, decodeSlave, decodeSlot } from './stream-switch.ts';
import {
  CHANNEL_STRIDE,
  CORE_CONTROL,
  DEMUX_CONFIG,
  DESCRIPTOR_STRIDE,
  LOCK_STRIDE,
  MUX_CONFIG,
  SLOT_STRIDE,
  SLOTS_PER_SLAVE,
  type TileKind,
  tileKind,
  tileLayouts,
} from './tile-layout.ts';

const TILE_BYTES = 0x10_0000; // FORMATS 6.1
const WHOLE_WORD = 0xffff_ffff;
const MEMORY_TILE_BD_BITS = 0x3f; // FORMATS 6.3: the start queue of a memory tile has a wider BD field

/**
 * Applies the writes of a PDI in order and lifts the final state of every tile into typed form. Nothing is run:
 * a start queue keeps what was pushed, a lock its last written value.
 * @param commands as {@link readPdi} and {@link readCdo} list them; segments share storage with their file
 */
export function liftArray(commands: readonly PlacedCommand[]): ArrayConfig {
  const tiles = new Map<number, TileState>();
  const unplaced: PlacedCommand[] = [];
  for (const command of commands) {
    if (command.op === 'NOP') continue;
    if (!isTileWrite(command)) {
      unplaced.push(command);
      continue;
    }
    apply(tiles, command);
  }
  const ordered = [...tiles.values()].sort((a, b) => a.column - b.column || a.row - b.row);
  return { tiles: ordered.map((tile) => tile.lift()), unplaced };
}

function tileFor(tiles: Map<number, TileState>, address: number): TileState {
  const { column, row } = tileAddress(address);
  const key = column * 32 + row;
  const known = tiles.get(key);
  if (known !== undefined) return known;
  const made = new TileState(column, row);
  tiles.set(key, made);
  return made;
}

function apply(tiles: Map<number, TileState>, command: WriteCommand): void {
  const { address } = command;
  const offset = tileAddress(address).offset;
  const tile = tileFor(tiles, address);
  if (command.op !== 'DMA_WRITE') {
    tile.write(offset, command.value, 'mask' in command ? command.mask : WHOLE_WORD);
    return;
  }
  if (tile.load(offset, command.data)) return;
  const { data } = command;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  // A block of registers may run over the end of a tile; the address decides, as in hardware.
  let current = tile;
  let base = address - offset;
  for (let at = 0; at + 4 <= data.length; at += 4) {
    if (address + at >= base + TILE_BYTES) {
      base += TILE_BYTES;
      current = tileFor(tiles, base);
    }
    current.write(address + at - base, view.getUint32(at, true), WHOLE_WORD);
  }
}

class TileState {
  readonly column: number;
  readonly row: number;
  readonly kind: TileKind;
  readonly #words = new Map<number, number>();
  readonly #program: Segment[] = [];
  readonly #data: Segment[] = [];
  readonly #queues = new Map<number, QueuePush[]>();
  readonly #queueOffsets: ReadonlySet<number>;

  constructor(column: number, row: number) {
    this.column = column;
    this.row = row;
    this.kind = tileKind(row);
    this.#queueOffsets = queueOffsets[this.kind];
  }

  /** Keeps a block that starts in a memory; false when it starts at a register. */
  load(offset: number, bytes: Uint8Array, mask?: number): boolean {
    const memory = this.#memoryAt(offset);
    if (memory === undefined) return false;
    const segment = { address: offset - memory.start, bytes };
    memory.segments.push(mask === undefined ? segment : { ...segment, mask });
    return true;
  }

  #memoryAt(offset: number): { readonly start: number; readonly segments: Segment[] } | undefined {
    const { dataBytes, program } = tileLayouts[this.kind];
    if (offset < dataBytes) return { start: 0, segments: this.#data };
    if (program === undefined || offset < program.offset || offset >= program.offset + program.bytes) {
      return undefined;
    }
    return { start: program.offset, segments: this.#program };
  }

  write(offset: number, value: number, mask: number): void {
    if (this.#memoryAt(offset) !== undefined) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, value, true);
      this.load(offset, bytes, mask === WHOLE_WORD ? undefined : mask);
      return;
    }
    const word = (((this.#words.get(offset) ?? 0) & ~mask) | (value & mask)) >>> 0;
    this.#words.set(offset, word);
    if (this.#queueOffsets.has(offset)) this.#push(offset, word);
  }

  #push(offset: number, word: number): void {
    const push = decodeQueuePush(word);
    const wide = this.kind === 'memory' ? { ...push, bd: word & MEMORY_TILE_BD_BITS } : push;
    const queue = this.#queues.get(offset);
    if (queue === undefined) this.#queues.set(offset, [wide]);
    else queue.push(wide);
  }

  lift(): TileConfig {
    const { kind } = this;
    const layout = tileLayouts[kind];
    const rest = new Map(this.#words);
    const take = (offset: number): number | undefined => {
      const word = rest.get(offset);
      rest.delete(offset);
      return word;
    };
    const takeEach = <T>(
      count: number,
      offsetOf: (index: number) => number,
      make: (index: number, word: number) => T,
    ): T[] =>
      Array.from({ length: count }, (_, index) => ({ index, word: take(offsetOf(index)) })).flatMap(
        ({ index, word }) => (word === undefined ? [] : [make(index, word)]),
      );

    const { masters, slaves, masterOffset, slaveOffset, slotOffset } = layout.switch;
    const core = kind === 'core' ? take(CORE_CONTROL) : undefined;
    const mux = kind === 'shim' ? liftMux(take(MUX_CONFIG), take(DEMUX_CONFIG)) : undefined;
    return {
      column: this.column,
      row: this.row,
      kind,
      locks: takeEach(
        layout.locks.count,
        (id) => layout.locks.offset + id * LOCK_STRIDE,
        (id, word) => ({ id, value: word }),
      ),
      descriptors: Array.from({ length: layout.descriptors.count }, (_, id) => {
        const base = layout.descriptors.offset + id * DESCRIPTOR_STRIDE;
        const words = Array.from({ length: layout.descriptors.words }, (_, word) => take(base + 4 * word));
        return { id, words };
      })
        .filter(({ words }) => words.some((word) => word !== undefined))
        .map(({ id, words }) =>
          decodeDescriptor(
            kind,
            id,
            words.map((word) => word ?? 0),
          ),
        ),
      channels: (['S2MM', 'MM2S'] as const).flatMap((direction) => this.#channels(direction, take)),
      switch: {
        masters: takeEach(
          masters.length,
          (index) => masterOffset + 4 * index,
          (index, word) => decodeMaster(kind, index, word),
        ),
        slaves: takeEach(
          slaves.length,
          (index) => slaveOffset + 4 * index,
          (index, word) => decodeSlave(kind, index, word),
        ),
        slots: takeEach(
          slaves.length * SLOTS_PER_SLAVE,
          (index) =>
            slotOffset + SLOT_STRIDE * Math.floor(index / SLOTS_PER_SLAVE) + 4 * (index % SLOTS_PER_SLAVE),
          (index, word) =>
            decodeSlot(kind, Math.floor(index / SLOTS_PER_SLAVE), index % SLOTS_PER_SLAVE, word),
        ),
      },
      ...(mux === undefined ? {} : { mux }),
      ...(core === undefined ? {} : { core: { enabled: (core & 1) !== 0, reset: (core & 2) !== 0 } }),
      program: this.#program,
      data: this.#data,
      others: [...rest]
        .sort(([a], [b]) => a - b)
        .map(([offset, value]) => ({ offset, name: registerAt(kind, offset)?.name, value })),
    };
  }

  #channels(direction: Direction, take: (offset: number) => number | undefined): ChannelConfig[] {
    const { offset, count } = tileLayouts[this.kind].channels[direction];
    return Array.from({ length: count }, (_, channel) => {
      const controlOffset = offset + channel * CHANNEL_STRIDE;
      take(controlOffset + 4);
      const control = take(controlOffset);
      const queue = this.#queues.get(controlOffset + 4) ?? [];
      return { direction, channel, ...(control === undefined ? {} : { control }), queue };
    }).filter(({ control, queue }) => control !== undefined || queue.length > 0);
  }
}

function allQueueOffsets(kind: TileKind): ReadonlySet<number> {
  const { S2MM, MM2S } = tileLayouts[kind].channels;
  return new Set(
    [S2MM, MM2S].flatMap(({ offset, count }) =>
      Array.from({ length: count }, (_, channel) => offset + channel * CHANNEL_STRIDE + 4),
    ),
  );
}

const queueOffsets: Readonly<Record<TileKind, ReadonlySet<number>>> = {
  core: allQueueOffsets('core'),
  memory: allQueueOffsets('memory'),
  shim: allQueueOffsets('shim'),
};

const MUX_SIDES: readonly MuxSide[] = ['PL', 'DMA', 'NoC', 'Reserved'];

// FORMATS 5.6: lowest bit of each port's field.
export const MUX_FIELDS = { south2: 8, south3: 10, south6: 12, south7: 14 } as const;
export const DEMUX_FIELDS = { south2: 4, south3: 6, south4: 8, south5: 10 } as const;

function liftMux(mux: number | undefined, demux: number | undefined): ShimMux | undefined {
  if (mux === undefined && demux === undefined) return undefined;
  return { mux: sidesOf(mux ?? 0, MUX_FIELDS), demux: sidesOf(demux ?? 0, DEMUX_FIELDS) };
}

function sidesOf<K extends string>(word: number, fields: Readonly<Record<K, number>>): Record<K, MuxSide> {
  return Object.fromEntries(
    Object.entries<number>(fields).map(([port, low]) => [port, MUX_SIDES[(word >>> low) & 3]!]),
  ) as Record<K, MuxSide>;
}

/** The bits of a multiplexer register for the sides given. */
export function muxWord<K extends string>(
  sides: Readonly<Record<K, MuxSide>>,
  fields: Readonly<Record<K, number>>,
): number {
  return Object.entries<number>(fields).reduce(
    (word, [port, low]) => word | (MUX_SIDES.indexOf(sides[port as K]) << low),
    0,
  );
}
