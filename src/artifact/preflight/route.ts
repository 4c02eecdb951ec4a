import {
  type ArrayConfig,
  type ChannelConfig,
  type Port,
  routesOf,
  samePort,
  type TileConfig,
  tileAt,
} from '../array/index.ts';
import type { Direction } from '../txn/index.ts';

/** Where a trace from a shim DMA channel got to. */
export type Trace =
  | { readonly complete: true; readonly end: StreamEnd }
  | { readonly complete: false; readonly where: string };

/** The port of a tile that takes or gives the data. */
export interface StreamEnd {
  readonly tile: TileConfig;
  readonly port: Port;
}

interface Hop {
  readonly column: number;
  readonly row: number;
  readonly port: Port;
}

const OPPOSITE = { North: 'South', South: 'North', East: 'West', West: 'East' } as const;
const STEP = { North: [0, 1], South: [0, -1], East: [1, 0], West: [-1, 0] } as const;

const isSide = (bundle: string): bundle is keyof typeof STEP => bundle in STEP;

const name = ({ column, row, port }: Hop): string =>
  `${port.bundle}${port.channel} of tile (${column},${row})`;

/** Shim ports of the DMA channels, and the multiplexer field of each (FORMATS.md 5.6). */
const SHIM = {
  MM2S: [
    { channel: 3, field: 'south3' },
    { channel: 7, field: 'south7' },
  ],
  S2MM: [
    { channel: 2, field: 'south2' },
    { channel: 3, field: 'south3' },
  ],
} as const;

function connectedToDma(tile: TileConfig | undefined, direction: Direction, channel: number): boolean {
  if (tile?.mux === undefined) return false;
  if (direction === 'MM2S') return tile.mux.mux[SHIM.MM2S[channel]!.field] === 'DMA';
  return tile.mux.demux[SHIM.S2MM[channel]!.field] === 'DMA';
}

/** Ports a trace visits at most: more than any device has on one stream. */
const PORTS_VISITED = 256;

/**
 * Follows the stream of a shim DMA channel through the switches, hop by hop (FORMATS.md 5.6, 6.5), down the stream for
 * MM2S and up for S2MM. It is complete where one branch ends at a DMA channel with a started task, or at a core.
 */
export function traceShimChannel(
  config: ArrayConfig,
  column: number,
  direction: Direction,
  channel: number,
): Trace {
  const shim = tileAt(config, column, 0);
  if (!connectedToDma(shim, direction, channel)) {
    const which = direction === 'MM2S' ? 'Mux_Config' : 'Demux_Config';
    return { complete: false, where: `${which} of tile (${column},0) does not connect the channel` };
  }
  const start: Hop = {
    column,
    row: 0,
    port: { bundle: 'South', channel: SHIM[direction][channel]!.channel },
  };
  const pending = [start];
  const seen = new Set<string>();
  let last = start;
  for (let hop = pending.pop(); hop !== undefined; hop = pending.pop()) {
    const key = name(hop);
    if (seen.has(key)) continue;
    if (seen.size === PORTS_VISITED)
      return { complete: false, where: `it passes more than ${PORTS_VISITED} ports` };
    seen.add(key);
    last = hop;
    const tile = tileAt(config, hop.column, hop.row);
    if (tile === undefined) continue;
    for (const port of across(tile, hop.port, direction)) {
      if (!isSide(port.bundle)) {
        if (ends(tile, port, direction)) return { complete: true, end: { tile, port } };
        last = { ...hop, port };
        continue;
      }
      const [right, up] = STEP[port.bundle];
      pending.push({
        column: hop.column + right,
        row: hop.row + up,
        port: { bundle: OPPOSITE[port.bundle], channel: port.channel },
      });
    }
  }
  return { complete: false, where: `the stream ends at ${name(last)}` };
}

/** Ports on the other side of a switch that a port is connected to. */
function across(tile: TileConfig, port: Port, direction: Direction): Port[] {
  return routesOf(tile.switch).flatMap(({ from, to, fed }) => {
    const targets: readonly Port[] = Array.isArray(to) ? to : [to as Port];
    if (!fed) return [];
    if (direction === 'MM2S') return samePort(from, port) ? [...targets] : [];
    return targets.some((target) => samePort(target, port)) ? [from] : [];
  });
}

/** The direction of the DMA channel at the far end of a stream. */
const farDirection = (direction: Direction): Direction => (direction === 'MM2S' ? 'S2MM' : 'MM2S');

const channelAt = (tile: TileConfig, port: Port, direction: Direction): ChannelConfig | undefined =>
  tile.channels.find((each) => each.direction === farDirection(direction) && each.channel === port.channel);

/** Whether something at a port takes (MM2S) or gives (S2MM) data: a core, or a DMA channel with a started task. */
function ends(tile: TileConfig, port: Port, direction: Direction): boolean {
  return port.bundle !== 'DMA' || (channelAt(tile, port, direction)?.queue.length ?? 0) > 0;
}

/**
 * Bytes of one object at the far end of a stream: the length that all buffer descriptors of its ring have. Undefined
 * where they differ, where it is no ring of one task, or where a core takes the stream itself.
 */
export function objectBytes({ tile, port }: StreamEnd, direction: Direction): number | undefined {
  const queue = port.bundle === 'DMA' ? channelAt(tile, port, direction)?.queue : undefined;
  const [task, another] = queue ?? [];
  if (task === undefined || another !== undefined) return undefined;
  const seen = new Set<number>();
  const lengths = new Set<number>();
  for (let bd: number | undefined = task.bd; bd !== undefined && !seen.has(bd); ) {
    seen.add(bd);
    const id: number = bd;
    const descriptor = tile.descriptors.find((each) => each.id === id);
    if (descriptor === undefined) return undefined;
    lengths.add(4 * descriptor.length);
    bd = descriptor.useNextBd ? descriptor.nextBd : undefined;
    // A chain that ends does not go on for ever: how much it takes is another question.
    if (bd === undefined) return undefined;
  }
  const [bytes, other] = lengths;
  return other === undefined && bytes !== 0 ? bytes : undefined;
}
