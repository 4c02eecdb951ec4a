import { buildArray, type TileConfig } from '../../array/index.ts';
import type { CdoCommand } from '../../pdi/index.ts';
import {
  encodeShimBd,
  type Instruction,
  registerAddress,
  shimBdAddress,
  shimChannel,
  wait,
} from '../../txn/index.ts';
import { encodeAiePartition, findSection, readXclbin, writeXclbin } from '../../xclbin/index.ts';
import type { Artifacts, HostBuffer, NamedBytes } from '../artifacts.ts';
import { coresIn, pdi, pdiOf, read, soundStream, stream, write, xclbin } from './samples.ts';

export const text = (content: string, name: string): NamedBytes => ({
  name,
  bytes: new TextEncoder().encode(content),
});

export const pointer = text(
  'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 300\n',
  'insts.bin',
);

export const of = (...instructions: readonly Instruction[]): Artifacts => ({
  instructions: stream(instructions),
});

export const buffers = (...list: readonly HostBuffer[]): Artifacts => ({
  instructions: soundStream,
  call: { buffers: list },
});

export const column = (at: number): Instruction[] => [
  ...read(64, { column: at, offset: 64 * at }),
  ...write(64, { column: at, offset: 64 * at }),
];
export const columnDone = (at: number): Instruction => wait({ direction: 'S2MM', column: at });

export const descriptor = (fields: Parameters<typeof encodeShimBd>[0]): Instruction => ({
  kind: 'blockwrite',
  address: shimBdAddress(0, 1),
  words: encodeShimBd(fields),
});
export const words = [...encodeShimBd({ length: 16, validBd: true })];
export const wordWrite = (value: number, word: number): Instruction => ({
  kind: 'write',
  address: shimBdAddress(0, 1, word),
  value,
});
export const patch = (argumentOffset: number): Instruction => ({
  kind: 'patch',
  address: shimBdAddress(0, 1, 1),
  argument: 0,
  argumentOffset,
});
export const push: Instruction = { kind: 'write', address: shimChannel(0, 'MM2S', 0).queue, value: 1 };

/** An xclbin whose partition serves another kernel id than its metadata name. */
export function contradictory(): NamedBytes {
  const { name, bytes } = xclbin();
  const file = readXclbin(bytes, name);
  const [partition] = file.partitions;
  const pdis = partition!.pdis.map((pdi) => ({
    ...pdi,
    cdoGroups: pdi.cdoGroups.map((group) => ({ ...group, dpuKernelIds: [0x902] })),
  }));
  const changed = encodeAiePartition({ ...partition!, pdis });
  findSection(file, 'AIE_PARTITION')!.bytes.set(changed);
  return { name, bytes: writeXclbin(file) };
}

export const cut = (file: NamedBytes, bytes: number): NamedBytes => ({
  ...file,
  bytes: file.bytes.slice(0, bytes),
});

/** One word of a PDI changed. */
export function damaged(offset: number): NamedBytes {
  const { name, bytes } = pdi(0);
  const changed = bytes.slice();
  changed[offset] = changed[offset]! ^ 0xff;
  return { name, bytes: changed };
}

/** The PDI of one core in column 0 with its tiles changed. */
export const ofTiles = (change: (tile: TileConfig) => TileConfig): NamedBytes => {
  const config = coresIn(0);
  return pdiOf(buildArray({ ...config, tiles: config.tiles.map(change) }));
};

export const withoutRow = (row: number): NamedBytes => {
  const config = coresIn(0);
  return pdiOf(buildArray({ ...config, tiles: config.tiles.filter((tile) => tile.row !== row) }));
};

export const withoutQueues = (): NamedBytes =>
  ofTiles((tile) => ({ ...tile, channels: tile.channels.map((each) => ({ ...each, queue: [] })) }));

export const withoutTokenRoute = (): NamedBytes =>
  ofTiles((tile) => ({ ...tile, switch: { ...tile.switch, slots: [] } }));

/** A block written to core tile (0,2). */
export const load = (offset: number, bytes: number): CdoCommand => ({
  op: 'DMA_WRITE',
  addressHigh: 0,
  address: registerAddress(0, 2, offset),
  data: new Uint8Array(bytes),
});

/** The start of a descriptor on an S2MM channel of memory tile (0,1) (FORMATS.md 6.3). */
export const memoryTilePush = (channel: number, bd: number): CdoCommand => ({
  op: 'WRITE',
  address: registerAddress(0, 1, 0xa0604 + 8 * channel),
  value: bd,
});

export const fiveReads = Array.from({ length: 5 }, (_, i) => read(64, { bd: 1 + i, offset: 64 * i }));
