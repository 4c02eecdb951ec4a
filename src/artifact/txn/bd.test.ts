import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { decodeShimBd, encodeShimBd } from './index.ts';

/** Bits of each word that no field covers. */
const RESERVED = [0, 3, 0x8000_0000, 0x8000_0000, 0, 0, 0, 0x2_0010] as const;

describe('shim buffer descriptors', () => {
  it('encoding a decoded descriptor gives its words, but for reserved bits', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff_ffff), { minLength: 8, maxLength: 8 }), (words) => {
        const expected = words.map((word, index) => (word & ~RESERVED[index]!) >>> 0);
        expect([...encodeShimBd(decodeShimBd(words))]).toEqual(expected);
      }),
    );
  });

  it('decodes the iterated descriptor of the example in FORMATS.md 4.4', () => {
    const bd = decodeShimBd([0x1200, 0, 0, 0x01000000, 0x8200008f, 0xf, 0x008011ff, 0x02000000]);
    expect(bd).toMatchObject({
      length: 0x1200,
      d0Wrap: 16,
      d0Step: 1,
      d1Wrap: 32,
      d1Step: 0x90,
      d2Step: 16,
      iterationWrap: 9,
      iterationStep: 0x1200,
      burstLength: 2,
      axCache: 0,
      validBd: true,
      useNextBd: false,
    });
  });

  it('reads lock values as signed', () => {
    const words = encodeShimBd({ length: 1, lockAcqValue: -1, lockAcqEnable: true, lockRelValue: 1 });
    expect(words[7]).toBe((0x7f << 5) | (1 << 12) | (1 << 18));
    expect(decodeShimBd(words)).toMatchObject({ lockAcqValue: -1, lockRelValue: 1 });
  });

  it.each([
    ['d0Wrap', 1024],
    ['d1Step', 2 ** 20 + 1],
    ['d1Step', 0],
    ['iterationWrap', 65],
    ['length', 2 ** 32],
    ['baseAddress', 2],
    ['baseAddress', 2 ** 48],
    ['nextBd', 16],
    ['lockAcqValue', -65],
  ])('refuses %s = %d', (name, value) => {
    expect(() => encodeShimBd({ length: 1, [name]: value })).toThrow(ValueError);
  });
});
