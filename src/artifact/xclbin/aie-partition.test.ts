import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import { ByteReader } from '../../tensor/bytes.ts';
import { type AiePartition, encodeAiePartition, readAiePartition } from './aie-partition.ts';
import { toHex64 } from './fields.ts';

const read = (bytes: Uint8Array): AiePartition => readAiePartition(new ByteReader(bytes, 'k: AIE_PARTITION'));

const id = fc.nat({ max: 0xffff_ffff });
const text = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
  maxLength: 12,
});
const hex64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(toHex64);
const partition: fc.Arbitrary<AiePartition> = fc.record({
  schemaVersion: fc.nat({ max: 255 }),
  name: text,
  operationsPerCycle: id,
  inferenceFingerprint: hex64,
  prePostFingerprint: hex64,
  columnWidth: fc.nat({ max: 0xffff }),
  startColumns: fc.array(fc.nat({ max: 0xffff }), { maxLength: 5 }),
  kernelCommitId: text,
  pdis: fc.array(
    fc.record({
      uuid: fc.uuid(),
      image: fc.uint8Array({ maxLength: 40 }),
      cdoGroups: fc.array(
        fc.record({
          name: text,
          type: fc.nat({ max: 255 }),
          pdiId: id,
          dpuKernelIds: fc.array(id, { maxLength: 4 }),
          preCdoGroups: fc.array(id, { maxLength: 4 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  ),
});

describe('AIE_PARTITION', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(partition, (written) => {
        expect(read(encodeAiePartition(written))).toEqual(written);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  /** One PDI of one group, and where its fields stand. */
  const small = encodeAiePartition({
    schemaVersion: 0,
    name: 'n',
    operationsPerCycle: 1,
    inferenceFingerprint: '0x1',
    prePostFingerprint: '0x2',
    columnWidth: 1,
    startColumns: [1],
    kernelCommitId: '',
    pdis: [
      {
        uuid: '00112233-4455-6677-8899-aabbccddeeff',
        image: Uint8Array.of(1, 2, 3),
        cdoGroups: [{ name: 'DPU', type: 1, pdiId: 1, dpuKernelIds: [0x901], preCdoGroups: [0xc1] }],
      },
    ],
  });
  const withWord = (at: number, value: number): Uint8Array => {
    const bytes = small.slice();
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };

  it('stands where xclbin.h says', () => {
    const view = new DataView(small.buffer);
    expect(view.getUint16(0x20, true)).toBe(1);
    expect([view.getUint32(0x28, true), view.getUint32(0x2c, true)]).toEqual([1, 0xb8 + 16]);
    expect(view.getUint32(0x78, true)).toBe(1);
    expect(view.getUint32(0x7c, true)).toBe(small.length - 96);
  });

  it('reads an old file without a kernel commit id', () => {
    expect(read(withWord(0x80, 0)).kernelCommitId).toBe('');
  });

  it.each([
    ['shorter than its fixed part', small.slice(0, 183), /the end of the fixed part/],
    ['with start columns outside', withWord(0x2c, 0xffff), /offset 65535 lies outside/],
    ['with too many start columns', withWord(0x28, 5000), /5000 start columns/],
    ['with too many PDIs', withWord(0x78, 2), /2 PDI entries/],
    ['with a name outside', withWord(0x04, small.length), /the partition name at offset \d+ has no end/],
    ['with an image outside', withWord(small.length - 96 + 0x10, 5000), /wanted a PDI \(5000 bytes\)/],
  ])('refuses one %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(FormatError);
    expect(() => read(bytes)).toThrow(message);
  });

  it('refuses tables that point at each other to describe more than there is', () => {
    // Each of 100 PDIs says its 100 groups stand where the PDIs stand: 10,000 groups in 10 KB, were it followed.
    const bytes = new Uint8Array(184 + 100 * 96);
    const view = new DataView(bytes.buffer);
    view.setUint32(0x78, 100, true);
    view.setUint32(0x7c, 184, true);
    for (let i = 0; i < 100; i += 1) {
      view.setUint32(184 + 96 * i + 0x18, 100, true);
      view.setUint32(184 + 96 * i + 0x1c, 184, true);
    }
    expect(() => read(bytes)).toThrow(/overlap other tables/);
  });
});
