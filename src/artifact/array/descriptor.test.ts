import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import {
  decodeCoreBd,
  decodeDescriptor,
  decodeMemoryBd,
  encodeCoreBd,
  encodeDescriptor,
  encodeMemoryBd,
  lockOf,
  memoryOf,
} from './index.ts';

/** Bits that a field covers (aie-rt's masks of DMA_BD0_0 and so on). */
const CORE_BITS = [0x0fffffff, 0xffff0000, 0x03ffffff, 0x1fffffff, 0x01ffffff, 0xfffdffef];
const MEMORY_BITS = [
  0xffffffff, 0xffffffff, 0x87ffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1fffffff, 0xffffffff,
];
const words = (count: number) => fc.array(fc.nat(0xffffffff), { minLength: count, maxLength: count });

describe('buffer descriptors', () => {
  it.each([
    ['core', CORE_BITS],
    ['memory', MEMORY_BITS],
  ] as const)('encoding a decoded descriptor gives its words, but for reserved bits: %s', (kind, bits) => {
    fc.assert(
      fc.property(words(bits.length), (raw) => {
        const covered = raw.map((value, index) => (value & bits[index]!) >>> 0);
        expect([...encodeDescriptor(decodeDescriptor(kind, 0, raw))]).toEqual(covered);
      }),
    );
  });

  it('decodes a ping-pong descriptor of a core tile', () => {
    const bd = { length: 128, baseAddress: 0x800, lockAcqId: 0, lockAcqValue: -1, lockAcqEnable: true };
    const raw = encodeCoreBd({
      ...bd,
      lockRelId: 1,
      lockRelValue: 1,
      validBd: true,
      useNextBd: true,
      nextBd: 1,
    });
    // 512 words = byte 0x800 in bits 27:14, 128 words in 13:0; FORMATS 6.2 for the last word.
    expect([...raw]).toEqual([0x00800080, 0, 0, 0, 0, 0x0e043fe0]);
    expect(decodeCoreBd(raw)).toMatchObject({ ...bd, lockRelId: 1, d0Step: 1, d0Wrap: 0, iterationWrap: 1 });
  });

  it('decodes the 4-D example of FORMATS 6.3', () => {
    const raw = [0x1000, 0x21000, 0x00040000, 0x0008001f, 0x00200001, 0x7f, 0, 0x8140ff41];
    const bd = decodeDescriptor('memory', 2, raw);
    expect(bd).toMatchObject({
      id: 2,
      length: 0x1000,
      d0Wrap: 2,
      d0Step: 1,
      d1Wrap: 4,
      d1Step: 32,
      d2Wrap: 16,
      d2Step: 2,
      d3Step: 128,
      validBd: true,
      lockAcqId: 65,
      lockAcqValue: -1,
      lockAcqEnable: true,
      lockRelId: 64,
      lockRelValue: 1,
    });
    expect(memoryOf(bd)).toEqual({ tile: 'own', byte: 0x4000 });
    expect([...encodeDescriptor(bd)]).toEqual(raw);
  });

  it('says whose memory and whose lock a memory tile means', () => {
    const at = (baseAddress: number) =>
      memoryOf(decodeDescriptor('memory', 0, encodeMemoryBd({ length: 1, baseAddress })));
    expect([0, 0x80004, 0x100008, 0x180000].map(at)).toEqual([
      { tile: 'west', byte: 0 },
      { tile: 'own', byte: 4 },
      { tile: 'east', byte: 8 },
      { tile: 'none', byte: 0 },
    ]);
    expect([3, 64, 130, 200].map((id) => lockOf('memory', id))).toEqual([
      { tile: 'west', lock: 3 },
      { tile: 'own', lock: 0 },
      { tile: 'east', lock: 2 },
      { tile: 'none', lock: 8 },
    ]);
    expect(lockOf('core', 7)).toEqual({ tile: 'own', lock: 7 });
  });

  it.each([
    ['length', 0x4000],
    ['baseAddress', 0x10000],
    ['baseAddress', 2],
    ['d0Wrap', 256],
    ['d1Step', 0],
    ['d2Step', 8193],
    ['iterationWrap', 65],
    ['nextBd', 16],
    ['lockAcqId', 16],
    ['lockRelValue', 64],
  ])('a core tile refuses %s = %d', (name, value) => {
    expect(() => encodeCoreBd({ length: 1, [name]: value })).toThrow(ValueError);
  });

  it.each([
    ['length', 0x20000],
    ['d0Wrap', 1024],
    ['d3Step', 0],
    ['nextBd', 48 + 16],
    ['lockAcqId', 256],
    ['d0ZeroBefore', 64],
  ])('a memory tile refuses %s = %d', (name, value) => {
    expect(() => encodeMemoryBd({ length: 1, [name]: value })).toThrow(ValueError);
    expect(decodeMemoryBd(encodeMemoryBd({ length: 1 }))).toMatchObject({ length: 1, d3Step: 1 });
  });
});
