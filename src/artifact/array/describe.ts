import { ValueError } from '../../errors.ts';
import type { Direction } from '../txn/operations.ts';
import type { ArrayConfig, ChannelConfig, LockConfig, Segment, TileConfig } from './config.ts';
import { type BufferDescriptor, decodeCoreBd, encodeCoreBd } from './descriptor.ts';
import type { MasterPort, PacketSlot, SlavePort } from './stream-switch.ts';
import { type Port, type PortBundle, tileLayouts } from './tile-layout.ts';

/** One core and the streams between it and the shim tile of its column. */
export interface CoreDescription {
  readonly column?: number;
  /** 2 (the first core row) where absent. */
  readonly row?: number;
  readonly program: Uint8Array;
  /** Initialised data, addresses in bytes from the start of the tile's data memory. */
  readonly data?: readonly Segment[];
  /** Streams from the host, at most 2 a core and 2 a column. The first takes shim MM2S0, core S2MM0. */
  readonly inputs: readonly FifoDescription[];
  /** Streams to the host, with the same limits. The first takes core MM2S0, shim S2MM0. */
  readonly outputs: readonly FifoDescription[];
}

/** An objectFifo: objects of one size that the DMA fills or empties in turn. */
export interface FifoDescription {
  /** Bytes of one object, a multiple of 4. */
  readonly bytes: number;
  /** Where each object lies in the core's data memory, in bytes; two of them for the usual ping-pong. */
  readonly addresses: readonly number[];
}

/** What {@link describeArray} chose for a stream; the core's program and the host's instructions must agree with it. */
export interface StreamPlan {
  readonly column: number;
  readonly row: number;
  /** From the core's side: `in` is a stream from the host. */
  readonly direction: 'in' | 'out';
  readonly shimChannel: number;
  readonly coreChannel: number;
  /** Lock that counts free objects (starts at the depth), and lock that counts filled ones (starts at 0). */
  readonly producerLock: number;
  readonly consumerLock: number;
  readonly descriptors: readonly number[];
}

export interface ArrayPlan {
  readonly config: ArrayConfig;
  readonly streams: readonly StreamPlan[];
}

// FORMATS 5.6: switch ports of the shim DMA channels, and the packet route of completion tokens.
const SHIM_SOURCES = [3, 7] as const;
const SHIM_SINKS = [2, 3] as const;
const TOKEN = { id: 15, mask: 0x1f, arbiter: 5, msel: 3 } as const;
const STREAMS_PER_TILE = 2;
const FIRST_CORE_ROW = 2;
const LAST_CORE_ROW = 5;

/**
 * Plans the array of a kernel whose cores stream straight to and from the host, as mlir-aie does for objectFifos:
 * two locks and a ring of buffer descriptors a stream, circuits through the column's memory tile, and the route of
 * the completion tokens. Locks and descriptors are numbered by stream, inputs first.
 * @returns the configuration for `buildArray`, and what was chosen for each stream
 * @throws ValueError for more streams than channels, two cores in one place, and buffers that are misaligned,
 *   overlap, or leave the data memory
 */
export function describeArray(cores: readonly CoreDescription[]): ArrayPlan {
  const columns = new Map<number, ColumnPlan>();
  for (const core of cores) {
    const column = core.column ?? 0;
    const plan = columns.get(column) ?? new ColumnPlan(column);
    columns.set(column, plan);
    plan.add(core);
  }
  const plans = [...columns.values()].sort((a, b) => a.column - b.column);
  return {
    config: { tiles: plans.flatMap((plan) => plan.tiles()), unplaced: [] },
    streams: plans.flatMap((plan) => plan.streams),
  };
}

class ColumnPlan {
  readonly column: number;
  readonly streams: StreamPlan[] = [];
  readonly #links = new Map<number, [from: Port, to: Port][]>();
  readonly #cores = new Map<number, TileConfig>();

  constructor(column: number) {
    this.column = column;
  }

  add(core: CoreDescription): void {
    const row = core.row ?? FIRST_CORE_ROW;
    const place = `(${this.column}, ${row})`;
    if (!(Number.isInteger(row) && row >= FIRST_CORE_ROW && row <= LAST_CORE_ROW)) {
      throw new ValueError(`${place} is no core tile: core rows are ${FIRST_CORE_ROW} to ${LAST_CORE_ROW}`);
    }
    if (this.#cores.has(row)) throw new ValueError(`two cores are described at ${place}`);
    checkBuffers(core, place);
    const locks: LockConfig[] = [];
    const descriptors: BufferDescriptor[] = [];
    const queues = new Map<string, number>();
    const fifos = [
      ...core.inputs.map((fifo, channel) => ({ fifo, channel, direction: 'in' as const })),
      ...core.outputs.map((fifo, channel) => ({ fifo, channel, direction: 'out' as const })),
    ];
    for (const { fifo, channel, direction } of fifos) {
      const shimChannel = this.streams.filter((stream) => stream.direction === direction).length;
      if (channel >= STREAMS_PER_TILE || shimChannel >= STREAMS_PER_TILE) {
        throw new ValueError(
          `column ${this.column} has more than ${STREAMS_PER_TILE} streams "${direction}"; a shim and a core tile have 2 channels each way`,
        );
      }
      const ring = fifo.addresses.map((_, index) => descriptors.length + index);
      const producerLock = locks.length;
      const consumerLock = producerLock + 1;
      const stream = { column: this.column, row, direction, shimChannel, coreChannel: channel };
      this.streams.push({ ...stream, producerLock, consumerLock, descriptors: ring });
      locks.push({ id: producerLock, value: ring.length }, { id: consumerLock, value: 0 });
      const [acquire, release] =
        direction === 'in' ? [producerLock, consumerLock] : [consumerLock, producerLock];
      descriptors.push(...ringOf(fifo, ring, acquire, release));
      queues.set(`${direction === 'in' ? 'S2MM' : 'MM2S'}${channel}`, ring[0]!);
      this.#route(row, direction, shimChannel, channel);
    }
    this.#cores.set(row, coreTile(this.column, row, core, { locks, descriptors, queues }));
  }

  /** A circuit up or down the column; the lane is the shim channel, which no other stream this way has. */
  #route(row: number, direction: 'in' | 'out', shimChannel: number, coreChannel: number): void {
    for (let at = 0; at <= row; at++) {
      const above: Port =
        at === row ? { bundle: 'DMA', channel: coreChannel } : { bundle: 'North', channel: shimChannel };
      const shimPort = direction === 'in' ? SHIM_SOURCES[shimChannel]! : SHIM_SINKS[shimChannel]!;
      const below: Port = { bundle: 'South', channel: at === 0 ? shimPort : shimChannel };
      const links = this.#links.get(at) ?? [];
      links.push(direction === 'in' ? [below, above] : [above, below]);
      this.#links.set(at, links);
    }
  }

  tiles(): TileConfig[] {
    const top = Math.max(...this.#cores.keys());
    return Array.from({ length: top + 1 }, (_, row): TileConfig => {
      const links = this.#links.get(row) ?? [];
      const core = this.#cores.get(row);
      if (core !== undefined) return { ...core, switch: circuits(links, 'core') };
      if (row > 0) return emptyTile(this.column, row, circuits(links, row === 1 ? 'memory' : 'core'));
      return { ...emptyTile(this.column, 0, withTokenRoute(circuits(links, 'shim'))), mux: this.#mux() };
    }).filter((tile) => tile.core !== undefined || tile.switch.masters.length > 0);
  }

  #mux(): NonNullable<TileConfig['mux']> {
    const side = (direction: 'in' | 'out', shimChannel: number): 'DMA' | 'PL' =>
      this.streams.some((s) => s.direction === direction && s.shimChannel === shimChannel) ? 'DMA' : 'PL';
    return {
      mux: { south2: 'PL', south3: side('in', 0), south6: 'PL', south7: side('in', 1) },
      demux: { south2: side('out', 0), south3: side('out', 1), south4: 'PL', south5: 'PL' },
    };
  }
}

function checkBuffers(core: CoreDescription, place: string): void {
  const size = tileLayouts.core.dataBytes;
  const ranges = [...core.inputs, ...core.outputs].flatMap(({ addresses, bytes }) => {
    if (addresses.length === 0 || bytes <= 0 || bytes % 4 !== 0) {
      throw new ValueError(`an objectFifo of ${place} has ${addresses.length} objects of ${bytes} bytes`);
    }
    return addresses.map((start) => ({ start, end: start + bytes }));
  });
  ranges.sort((a, b) => a.start - b.start);
  ranges.forEach(({ start, end }, index) => {
    if (start % 4 !== 0 || start < 0 || end > size) {
      throw new ValueError(
        `a buffer of ${place} at ${start} to ${end} leaves the ${size} bytes or is misaligned`,
      );
    }
    const next = ranges[index + 1];
    if (next !== undefined && next.start < end) {
      throw new ValueError(
        `buffers of ${place} overlap: ${start} to ${end} and ${next.start} to ${next.end}`,
      );
    }
  });
}

function ringOf(
  { bytes, addresses }: FifoDescription,
  ring: readonly number[],
  acquire: number,
  release: number,
): BufferDescriptor[] {
  return ring.map((id, index) => {
    const words = encodeCoreBd({
      length: bytes / 4,
      baseAddress: addresses[index]!,
      lockAcqEnable: true,
      lockAcqId: acquire,
      lockAcqValue: -1,
      lockRelId: release,
      lockRelValue: 1,
      validBd: true,
      useNextBd: true,
      nextBd: ring[(index + 1) % ring.length]!,
    });
    return { kind: 'core', id, ...decodeCoreBd(words) };
  });
}

function coreTile(
  column: number,
  row: number,
  core: CoreDescription,
  parts: { locks: LockConfig[]; descriptors: BufferDescriptor[]; queues: ReadonlyMap<string, number> },
): TileConfig {
  const channels = (['S2MM', 'MM2S'] as const satisfies readonly Direction[]).flatMap((direction) =>
    Array.from({ length: STREAMS_PER_TILE }, (_, channel): ChannelConfig => {
      const bd = parts.queues.get(`${direction}${channel}`);
      const queue = bd === undefined ? [] : [{ bd, runs: 1, issuesToken: false }];
      return { direction, channel, control: 0, queue };
    }),
  );
  // All locks are written: what an earlier configuration left in the others must not stay.
  const locks = Array.from(
    { length: tileLayouts.core.locks.count },
    (_, id) => parts.locks[id] ?? { id, value: 0 },
  );
  return {
    ...emptyTile(column, row, { masters: [], slaves: [], slots: [] }),
    locks,
    descriptors: parts.descriptors,
    channels,
    core: { enabled: true, reset: false },
    program: [{ address: 0, bytes: core.program }],
    data: core.data ?? [],
  };
}

function emptyTile(column: number, row: number, streamSwitch: TileConfig['switch']): TileConfig {
  const kind = row === 0 ? 'shim' : row === 1 ? 'memory' : 'core';
  return {
    column,
    row,
    kind,
    locks: [],
    descriptors: [],
    channels: [],
    switch: streamSwitch,
    program: [],
    data: [],
    others: [],
  };
}

/** Ports in the order of their registers, as `liftArray` lists them. */
function inOrder<T extends { readonly port: Port }>(items: readonly T[], list: readonly Port[]): T[] {
  const index = ({ port }: T): number =>
    list.findIndex(({ bundle, channel }) => bundle === port.bundle && channel === port.channel);
  return [...items].sort((a, b) => index(a) - index(b));
}

function circuits(
  links: readonly (readonly [Port, Port])[],
  kind: 'shim' | 'memory' | 'core',
): TileConfig['switch'] {
  const { masters, slaves } = tileLayouts[kind].switch;
  return {
    masters: inOrder(
      links.map(
        ([source, port]): MasterPort => ({ port, enabled: true, dropHeader: false, mode: 'circuit', source }),
      ),
      masters,
    ),
    slaves: inOrder(
      links.map(([port]): SlavePort => ({ port, enabled: true, mode: 'circuit' })),
      slaves,
    ),
    slots: [],
  };
}

function withTokenRoute(streamSwitch: TileConfig['switch']): TileConfig['switch'] {
  const port = (bundle: PortBundle): Port => ({ bundle, channel: 0 });
  const { id, mask, arbiter, msel } = TOKEN;
  const master: MasterPort = {
    port: port('South'),
    enabled: true,
    dropHeader: false,
    mode: 'packet',
    arbiter,
    msels: 1 << msel,
  };
  const slave: SlavePort = { port: port('TileControl'), enabled: true, mode: 'packet' };
  const slot: PacketSlot = { port: port('TileControl'), slot: 0, enabled: true, id, mask, arbiter, msel };
  const { masters, slaves } = tileLayouts.shim.switch;
  return {
    masters: inOrder([...streamSwitch.masters, master], masters),
    slaves: inOrder([...streamSwitch.slaves, slave], slaves),
    slots: [slot],
  };
}
