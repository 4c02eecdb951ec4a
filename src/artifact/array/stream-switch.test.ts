import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import {
  decodeMaster,
  decodeSlave,
  decodeSlot,
  encodeMaster,
  encodeSlave,
  encodeSlot,
  type Port,
  portIndex,
  portName,
  routesOf,
  type StreamSwitch,
  tileLayouts,
} from './index.ts';

const port = (bundle: Port['bundle'], channel = 0): Port => ({ bundle, channel });
const kinds = fc.constantFrom('shim', 'memory', 'core') satisfies fc.Arbitrary<'shim' | 'memory' | 'core'>;
const u32 = fc.nat(0xffffffff);

describe('stream switch words (FORMATS 6.5)', () => {
  it('survive decoding, but for reserved bits', () => {
    fc.assert(
      fc.property(kinds, fc.nat(16), fc.nat(3), u32, (kind, index, slot, word) => {
        expect(encodeMaster(kind, decodeMaster(kind, index, word))).toBe((word & 0xc00000ff) >>> 0);
        expect(encodeSlave(decodeSlave(kind, index, word))).toBe((word & 0xc0000000) >>> 0);
        expect(encodeSlot(decodeSlot(kind, index, slot, word))).toBe((word & 0x1f1f0137) >>> 0);
      }),
    );
  });

  it('a circuit of the shim: South3 to North1', () => {
    expect(decodeMaster('shim', 13, 0x80000005)).toEqual({
      port: port('North', 1),
      enabled: true,
      dropHeader: false,
      mode: 'circuit',
      source: port('South', 3),
    });
  });

  it('the token route of FORMATS 5.6', () => {
    expect(decodeMaster('shim', 2, 0xc0000045)).toMatchObject({
      port: port('South'),
      mode: 'packet',
      arbiter: 5,
      msels: 8,
    });
    expect(decodeSlot('shim', 0, 0, 0x0f1f0135)).toEqual({
      port: port('TileControl'),
      slot: 0,
      enabled: true,
      id: 15,
      mask: 0x1f,
      msel: 3,
      arbiter: 5,
    });
  });

  it('a source beyond the last port is kept as reserved', () => {
    const master = decodeMaster('memory', 0, 0x80000000 | 31);
    expect(master).toMatchObject({ source: port('Reserved', 31) });
    expect(encodeMaster('memory', master)).toBe(0x8000001f);
  });

  it('refuses ports a tile does not have and rules that do not fit', () => {
    expect(() => portIndex(tileLayouts.memory.switch.masters, port('East'))).toThrow(/no port East0/);
    const slot = { port: port('DMA'), slot: 0, enabled: true, id: 32, mask: 0, arbiter: 0, msel: 0 };
    expect(() => encodeSlot(slot)).toThrow(ValueError);
    expect(() => encodeSlot({ ...slot, id: 0, arbiter: 8 })).toThrow(ValueError);
    const master = {
      port: port('DMA'),
      enabled: true,
      dropHeader: false,
      mode: 'packet',
      arbiter: 0,
    } as const;
    expect(() => encodeMaster('core', { ...master, msels: 16 })).toThrow(ValueError);
  });
});

describe('routes', () => {
  const slave = (p: Port, mode: 'circuit' | 'packet', enabled = true) => ({ port: p, mode, enabled });
  const circuit = (p: Port, source: Port, enabled = true) =>
    ({ port: p, source, enabled, dropHeader: false, mode: 'circuit' }) as const;
  const packet = (p: Port, arbiter: number, msels: number) =>
    ({ port: p, arbiter, msels, enabled: true, dropHeader: true, mode: 'packet' }) as const;
  const rule = (p: Port, arbiter: number, msel: number, enabled = true) =>
    ({ port: p, slot: 0, enabled, id: 3, mask: 0x1f, arbiter, msel }) as const;

  it('follows circuits and packet rules to all masters they reach', () => {
    const config: StreamSwitch = {
      masters: [
        circuit(port('DMA', 0), port('South', 1)),
        circuit(port('DMA', 1), port('South', 2), false),
        packet(port('North', 0), 2, 0b0101),
        packet(port('East', 0), 2, 0b0100),
        packet(port('West', 0), 1, 0b0100),
      ],
      slaves: [slave(port('South', 1), 'circuit'), slave(port('North', 0), 'packet')],
      slots: [rule(port('North', 0), 2, 2), rule(port('North', 0), 2, 0, false)],
    };
    const shown = routesOf(config).map((route) => [
      route.mode,
      portName(route.from),
      (route.mode === 'circuit' ? [route.to] : route.to).map(portName).join(' '),
      route.fed,
    ]);
    expect(shown).toEqual([
      ['circuit', 'South1', 'DMA0', true],
      ['packet', 'North0', 'North0 East0', true],
    ]);
  });

  it('says when a route has no source or leads nowhere', () => {
    const dead: StreamSwitch = {
      masters: [circuit(port('DMA', 0), port('South', 1))],
      slaves: [slave(port('South', 1), 'packet'), slave(port('DMA', 0), 'packet', false)],
      slots: [rule(port('DMA', 0), 4, 1)],
    };
    expect(routesOf(dead)).toMatchObject([
      { mode: 'circuit', fed: false },
      { mode: 'packet', fed: false, to: [] },
    ]);
  });
});
