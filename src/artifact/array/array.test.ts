import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import type { CdoCommand } from '../pdi/index.ts';
import {
  type ArrayConfig,
  buildArray,
  type CoreDescription,
  describeArray,
  memoryImage,
  portName,
  programBytes,
  routesOf,
  type TileConfig,
  tileAt,
} from './index.ts';
import { elementwise, lifted, throughPdi } from './testing/kernel.ts';

const routes = (tile: TileConfig | undefined): string[] =>
  routesOf(tile!.switch).map((route) => {
    const to = route.mode === 'circuit' ? [route.to] : route.to;
    return `${portName(route.from)}>${to.map(portName).join('+')}${route.fed ? '' : ' unfed'}`;
  });

describe('lifting writes into an array configuration', () => {
  it('keeps the last value, applies masks, and lists tiles by column and row', () => {
    const config = lifted(
      { op: 'WRITE', address: 0x0421f000, value: 5 },
      { op: 'WRITE', address: 0x0021f010, value: 1 },
      { op: 'WRITE', address: 0x0021f010, value: 0x42 },
      { op: 'MASK_WRITE', address: 0x00232000, mask: 2, value: 3 },
      { op: 'MASK_WRITE', address: 0x00232000, mask: 1, value: 1 },
      { op: 'MASK_WRITE', address: 0x00232000, mask: 2, value: 0 },
    );
    expect(config.tiles.map(({ column, row }) => [column, row])).toEqual([
      [0, 2],
      [2, 2],
    ]);
    expect(config.tiles[0]).toMatchObject({
      locks: [{ id: 1, value: 0x42 }],
      core: { enabled: true, reset: false },
    });
    expect(tileAt(config, 2, 2)?.locks).toEqual([{ id: 0, value: 5 }]);
    expect(tileAt(config, 1, 1)).toBeUndefined();
  });

  it('keeps every push to a start queue, with the wider BD field of a memory tile', () => {
    const config = lifted(
      { op: 'WRITE', address: 0x0021de04, value: 0x80020003 },
      { op: 'WRITE', address: 0x0021de04, value: 1 },
      { op: 'WRITE', address: 0x0021de18, value: 0xf00 },
      { op: 'WRITE', address: 0x001a063c, value: 0x00050029 },
    );
    expect(tileAt(config, 0, 2)?.channels).toEqual([
      {
        direction: 'S2MM',
        channel: 0,
        queue: [
          { bd: 3, runs: 3, issuesToken: true },
          { bd: 1, runs: 1, issuesToken: false },
        ],
      },
      { direction: 'MM2S', channel: 1, control: 0xf00, queue: [] },
    ]);
    expect(tileAt(config, 0, 1)?.channels).toEqual([
      { direction: 'MM2S', channel: 1, queue: [{ bd: 0x29, runs: 6, issuesToken: false }] },
    ]);
  });

  it('tells memory apart from registers, also for single words', () => {
    const block = (address: number, data: Uint8Array): CdoCommand => ({
      op: 'DMA_WRITE',
      addressHigh: 0,
      address,
      data,
    });
    const config = lifted(
      block(0x00220010, new Uint8Array(32).fill(9)),
      block(0x00200100, new Uint8Array(8).fill(8)),
      { op: 'WRITE', address: 0x00200100, value: 0x01020304 },
      { op: 'MASK_WRITE', address: 0x00200104, mask: 0x0000ff00, value: 0x12345678 },
      block(0x0021f000, new Uint8Array(Uint32Array.of(1, 0xaa, 0xbb, 0xcc, 2).buffer)),
    );
    const tile = tileAt(config, 0, 2)!;
    expect(tile.program).toEqual([{ address: 0x10, bytes: new Uint8Array(32).fill(9) }]);
    expect(programBytes(tile)).toBe(32);
    expect([...memoryImage(tile.data, 0x108).subarray(0x100)]).toEqual([4, 3, 2, 1, 8, 0x56, 8, 8]);
    expect(memoryImage(tile.data, 0x102)).toHaveLength(0x102);
    expect(tile.locks).toEqual([
      { id: 0, value: 1 },
      { id: 1, value: 2 },
    ]);
    expect(tile.others.map(({ offset, name }) => [offset, name])).toEqual([
      [0x1f004, undefined],
      [0x1f008, undefined],
      [0x1f00c, undefined],
    ]);
  });

  it('names other registers, and sets aside what reaches no tile', () => {
    const other = { op: 'OTHER', code: 0x101, args: new Uint8Array(0) } as const;
    const high = { op: 'WRITE64', addressHigh: 1, address: 0x21f000, value: 1 } as const;
    const config = lifted(
      { op: 'WRITE', address: 0x00236060, value: 1 },
      other,
      high,
      { op: 'NOP', filler: new Uint8Array(0) },
      { op: 'WRITE64', addressHigh: 0, address: 0x00232034, value: 2 },
    );
    expect(config.unplaced).toMatchObject([other, high]);
    expect(config.tiles[0]!.others).toEqual([
      { offset: 0x32034, name: 'Error_Halt_Event', value: 2 },
      { offset: 0x36060, name: 'Accumulator_Control', value: 1 },
    ]);
  });

  it('decodes the shim multiplexers (FORMATS 5.6)', () => {
    const config = lifted(
      { op: 'MASK_WRITE', address: 0x1f000, mask: 0xc00, value: 0x400 },
      { op: 'MASK_WRITE', address: 0x1f004, mask: 0x30, value: 0x10 },
      { op: 'MASK_WRITE', address: 0x1f004, mask: 0xc00, value: 0x800 },
    );
    expect(config.tiles[0]!.mux).toEqual({
      mux: { south2: 'PL', south3: 'DMA', south6: 'PL', south7: 'PL' },
      demux: { south2: 'DMA', south3: 'PL', south4: 'PL', south5: 'NoC' },
    });
  });

  it('a block that runs over the end of a tile goes on in the next one', () => {
    const data = new Uint8Array(Uint32Array.of(1, 2).buffer);
    const config = lifted({ op: 'DMA_WRITE', addressHigh: 0, address: 0x002ffffc, data });
    expect(tileAt(config, 0, 2)?.others).toEqual([{ offset: 0xffffc, name: undefined, value: 1 }]);
    expect(memoryImage(tileAt(config, 0, 3)!.data, 4)).toEqual(Uint8Array.of(2, 0, 0, 0));
  });
});

describe('describing and building a kernel’s array', () => {
  it('is the same after building, writing, reading and lifting, plain and transformed', () => {
    const { config } = elementwise();
    expect(throughPdi(config)).toEqual(config);
    expect(throughPdi(config, 500)).toEqual(config);
  });

  it('routes shim DMA to core DMA and back, and the completion tokens', () => {
    const { config, streams } = elementwise();
    expect(routes(tileAt(config, 0, 0))).toEqual(['North0>South2', 'South3>North0', 'TileControl0>South0']);
    expect(routes(tileAt(config, 0, 1))).toEqual(['North0>South0', 'South0>North0']);
    expect(routes(tileAt(config, 0, 2))).toEqual(['South0>DMA0', 'DMA0>South0']);
    expect(tileAt(config, 0, 0)?.mux).toMatchObject({ mux: { south3: 'DMA' }, demux: { south2: 'DMA' } });
    expect(streams).toMatchObject([
      {
        direction: 'in',
        shimChannel: 0,
        coreChannel: 0,
        producerLock: 0,
        consumerLock: 1,
        descriptors: [0, 1],
      },
      {
        direction: 'out',
        shimChannel: 0,
        coreChannel: 0,
        producerLock: 2,
        consumerLock: 3,
        descriptors: [2, 3],
      },
    ]);
  });

  it('makes ping-pong rings with a producer and a consumer lock', () => {
    const core = tileAt(elementwise().config, 0, 2)!;
    expect(core.locks.filter(({ value }) => value > 0)).toEqual([
      { id: 0, value: 2 },
      { id: 2, value: 2 },
    ]);
    const ring = core.descriptors.map((bd) => [
      bd.id,
      bd.baseAddress,
      bd.length,
      bd.lockAcqId,
      bd.lockRelId,
      bd.useNextBd && bd.nextBd,
    ]);
    expect(ring).toEqual([
      [0, 0x800, 128, 0, 1, 1],
      [1, 0xa00, 128, 0, 1, 0],
      [2, 0x400, 128, 3, 2, 3],
      [3, 0x600, 128, 3, 2, 2],
    ]);
    expect(core.channels.map(({ direction, channel, queue }) => [direction, channel, queue[0]?.bd])).toEqual([
      ['S2MM', 0, 0],
      ['S2MM', 1, undefined],
      ['MM2S', 0, 2],
      ['MM2S', 1, undefined],
    ]);
  });

  const fifo = (address: number) => ({ bytes: 64, addresses: [address, address + 64] });
  const core = (more: Partial<CoreDescription>): CoreDescription => ({
    program: new Uint8Array(16),
    inputs: [fifo(0x400)],
    outputs: [fifo(0x500)],
    ...more,
  });

  it('gives two inputs and two cores of a column their own shim channels and lanes', () => {
    const two = describeArray([core({ inputs: [fifo(0x400), fifo(0x600)] })]);
    expect(routes(tileAt(two.config, 0, 0)).slice(1, 3)).toEqual(['South3>North0', 'South7>North1']);
    expect(routes(tileAt(two.config, 0, 2))).toEqual(['South0>DMA0', 'South1>DMA1', 'DMA0>South0']);
    const stacked = describeArray([core({ row: 3 }), core({ row: 2 })]);
    expect(routes(tileAt(stacked.config, 0, 2)).sort()).toEqual([
      'DMA0>South1',
      'North0>South0',
      'South0>North0',
      'South1>DMA0',
    ]);
    expect(routes(tileAt(stacked.config, 0, 3))).toEqual(['South0>DMA0', 'DMA0>South0']);
    expect(throughPdi(stacked.config)).toEqual(stacked.config);
  });

  it('builds a core above rows without cores, and several columns', () => {
    const plan = describeArray([core({ column: 3 }), core({ column: 1, row: 5 })]);
    expect(plan.config.tiles.map(({ column, row }) => `${column},${row}`)).toEqual([
      '1,0',
      '1,1',
      '1,2',
      '1,3',
      '1,4',
      '1,5',
      '3,0',
      '3,1',
      '3,2',
    ]);
    expect(plan.config.tiles.filter((tile) => tile.core?.enabled)).toHaveLength(2);
    expect(throughPdi(plan.config)).toEqual(plan.config);
  });

  it('writes in mlir-aie’s order: loads, locks, descriptors, queues, switches, enable', () => {
    const commands = buildArray(elementwise().config);
    const firstAt = (address: number): number =>
      commands.findIndex((command) => 'address' in command && command.address === address);
    const order = [0x232000, 0x220000, 0x200c00, 0x21f000, 0x21d000, 0x21de04, 0x3f008, 0x1f000];
    const places = order.map(firstAt);
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(commands.at(-1)).toEqual({ op: 'MASK_WRITE', address: 0x232000, mask: 1, value: 1 });
  });

  it('starts every block at a multiple of 16 bytes', () => {
    const { config } = elementwise();
    const shifted: ArrayConfig = {
      ...config,
      tiles: config.tiles.map((tile) => ({
        ...tile,
        others: [{ offset: 0x36030, name: 'Tile_Control', value: 0 }],
      })),
    };
    const commands = buildArray(shifted);
    const nops = commands.filter(({ op }) => op === 'NOP').length;
    expect(nops).toBeGreaterThan(0);
    let position = 0x164;
    for (const command of commands) {
      if (command.op === 'DMA_WRITE') expect(position % 16).toBe(0);
      const words = { NOP: 1, WRITE: 3, MASK_WRITE: 4, DMA_WRITE: 3 }[command.op as 'NOP'];
      const payload = command.op === 'NOP' ? command.filler : command.op === 'DMA_WRITE' ? command.data : [];
      position += 4 * words + payload.length;
    }
  });

  it.each([
    ['two cores in one place', [core({}), core({})], /two cores are described at \(0, 2\)/],
    ['a core in the shim row', [core({ row: 0 })], /no core tile/],
    ['three inputs', [core({ inputs: [fifo(0), fifo(0x80), fifo(0x100)] })], /more than 2 streams "in"/],
    ['three cores in a column', [core({}), core({ row: 3 }), core({ row: 4 })], /more than 2 streams/],
    ['overlapping buffers', [core({ outputs: [fifo(0x440)] })], /overlap/],
    ['a buffer beyond the memory', [core({ outputs: [fifo(0xffc0)] })], /leaves the 65536 bytes/],
    ['a misaligned buffer', [core({ outputs: [fifo(0x502)] })], /misaligned/],
    ['an empty fifo', [core({ outputs: [{ bytes: 64, addresses: [] }] })], /0 objects/],
    ['a cut object', [core({ outputs: [{ bytes: 62, addresses: [0] }] })], /62 bytes/],
  ])('refuses %s', (_, cores, message) => {
    expect(() => describeArray(cores)).toThrow(ValueError);
    expect(() => describeArray(cores)).toThrow(message);
  });

  it.each([
    ['program beyond its memory', core({ program: new Uint8Array(0x4004) }), /16388 bytes at 0/],
    ['a cut program word', core({ program: new Uint8Array(18) }), /whole words/],
    [
      'data beyond the memory',
      core({ data: [{ address: 0xfffc, bytes: new Uint8Array(8) }] }),
      /65536 bytes/,
    ],
  ])('refuses to build %s', (_, description, message) => {
    expect(() => buildArray(describeArray([description]).config)).toThrow(message);
  });

  it('refuses to build locks, channels and descriptors a tile does not have', () => {
    const { config } = elementwise();
    const [tile] = config.tiles.slice(-1);
    const built = (changed: Partial<TileConfig>) => (): unknown =>
      buildArray({ tiles: [{ ...tile!, ...changed }], unplaced: [] });
    expect(built({})).not.toThrow();
    expect(built({ locks: [{ id: 16, value: 0 }] })).toThrow(/lock 16/);
    expect(built({ locks: [{ id: 0, value: 64 }] })).toThrow(/lock 0 = 64/);
    expect(built({ channels: [{ direction: 'S2MM', channel: 2, queue: [], control: 0 }] })).toThrow(
      /no channel 2/,
    );
    expect(built({ kind: 'memory' })).toThrow(ValueError);
  });
});
