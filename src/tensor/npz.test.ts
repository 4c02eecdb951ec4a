import fc from 'fast-check';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FormatError, ValueError } from '../errors.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../testing/numpy.ts';
import { writeNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import { codesOf, fromStorage, tensor, toFloat64, zeros } from './tensor.ts';

const arrays = {
  q: tensor('int8', [2, 2], [1, -2, 3, -4]),
  scale: tensor('f32', [], [0.5]),
  'layer 0/weight': tensor('f16', [3], [1, 2, 3]),
};

function refusal(bytes: Uint8Array, maxBytes?: number): string {
  try {
    readNpz(bytes, 'x.npz', maxBytes === undefined ? {} : { maxBytes });
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FormatError);
    expect((thrown as FormatError).message).toContain('x.npz');
    return (thrown as FormatError).message;
  }
  throw new Error('the archive was accepted');
}

const uint32 = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);

/** A copy with `value` (little-endian, `size` bytes) at `field` bytes into the first directory entry. */
function withDirectory(bytes: Uint8Array, field: number, size: 2 | 4, value: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  const start = uint32(changed, changed.length - 6) + field;
  if (size === 2) view.setUint16(start, value, true);
  else view.setUint32(start, value, true);
  return changed;
}
const FLAGS = 8;
const METHOD = 10;
const CRC = 16;
const COMPRESSED = 20;
const SIZE = 24;
const OFFSET = 42;

const archive = (files: Zippable): Uint8Array => zipSync(files, { level: 0 });

describe('npz', () => {
  it.each([true, false])('gives back what was written, compress %s', (compress) => {
    const back = readNpz(writeNpz(arrays, { compress }), 'x.npz');
    expect([...back.keys()]).toEqual(Object.keys(arrays));
    for (const [name, t] of Object.entries(arrays)) {
      expect([back.get(name)!.dtype, back.get(name)!.shape]).toEqual([t.dtype, t.shape]);
      expect(codesOf(back.get(name)!)).toEqual(codesOf(t));
    }
  });

  it('compresses when asked, and writes the same bytes for the same arrays', () => {
    const large = { x: zeros('f64', [1000]) };
    expect(writeNpz(large, { compress: true }).length).toBeLessThan(500);
    expect(writeNpz(large).length).toBeGreaterThan(8000);
    expect(writeNpz(arrays)).toEqual(writeNpz(arrays));
  });

  it('may be empty, and have a comment', () => {
    expect(readNpz(writeNpz({}), 'x.npz').size).toBe(0);
    const bytes = writeNpz(arrays);
    const commented = Uint8Array.from([...bytes, ...new TextEncoder().encode('seed 42')]);
    commented[bytes.length - 2] = 7;
    expect(readNpz(commented, 'x.npz').size).toBe(3);
  });

  it('refuses to write bf16', () => {
    expect(() => writeNpz({ x: zeros('bf16', [1]) })).toThrow(ValueError);
  });
});

describe('an archive that is not what it should be', () => {
  const stored = writeNpz(arrays);
  const deflated = writeNpz({ x: zeros('int32', [1000]) }, { compress: true });
  const crcOf = uint32(deflated, 14);

  it('is refused wherever it is cut', () => {
    for (let length = 0; length < stored.length; length++) refusal(stored.slice(0, length));
  });

  it('is refused for one changed bit of data, stored or deflated', () => {
    for (const bytes of [stored, deflated]) {
      const changed = bytes.slice();
      changed[60]! ^= 1;
      expect(refusal(changed)).toMatch(/checksum|damaged|inflates/);
    }
    expect(refusal(withDirectory(deflated, CRC, 4, crcOf ^ 1))).toContain('does not match its checksum');
  });

  it('is refused as an unpulled Git LFS pointer', () => {
    expect(refusal(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1'))).toContain(
      'Git LFS',
    );
  });

  it('is refused for more than the allowed bytes before any is inflated', () => {
    expect(refusal(deflated, 4000)).toContain('declares 4128 uncompressed bytes; 4000 are allowed');
    expect(readNpz(deflated, 'x.npz', { maxBytes: 4128 }).size).toBe(1);
  });

  it('is refused for the sum of entries that would each be allowed', () => {
    expect(refusal(writeNpz({ a: zeros('int8', [100]), b: zeros('int8', [100]) }), 300)).toContain(
      'declares 456',
    );
  });

  it.each([
    ['a size no deflate stream of its length reaches', SIZE, 2 ** 30, 'cannot hold'],
    ['a smaller size', SIZE, 4127, 'declares 4127 bytes and inflates to more'],
    ['a larger size', SIZE, 4129, 'declares 4129 bytes and inflates to 4128'],
    ['data beyond the end', COMPRESSED, 60_000, 'are left'],
    ['a header beyond the end', OFFSET, 1_000_000, 'lies outside'],
    ['no header where it says', OFFSET, 1, 'no entry header at offset 1'],
    ['a zip64 size', SIZE, 0xffffffff, 'needs zip64'],
  ])('is refused for %s', (_, field, value, expected) => {
    expect(refusal(withDirectory(deflated, field, 4, value))).toContain(expected);
  });

  it.each([
    ['encryption', FLAGS, 1, 'is encrypted'],
    ['an unknown method', METHOD, 14, 'uses compression method 14'],
    ['a stored entry with two sizes', METHOD, 0, 'cannot hold'],
  ])('is refused for %s', (_, field, value, expected) => {
    expect(refusal(withDirectory(deflated, field, 2, value))).toContain(expected);
  });

  it('is refused for several disks', () => {
    const changed = stored.slice();
    changed[changed.length - 18] = 1;
    expect(refusal(changed)).toContain('several disks');
  });

  it('is refused for a damaged directory', () => {
    expect(refusal(withDirectory(stored, 0, 4, 0))).toContain('no directory entry');
  });

  it('is refused for two entries of one name', () => {
    const bytes = Uint8Array.from(archive({ 'a.npy': writeNpy(arrays.q), 'b.npy': writeNpy(arrays.q) }));
    const second = bytes.lastIndexOf('b'.charCodeAt(0), bytes.length - 22);
    bytes[second] = 'a'.charCodeAt(0);
    expect(refusal(bytes)).toContain("two entries named 'a.npy'");
  });

  it('is refused for an entry that is no array, by name', () => {
    expect(refusal(archive({ 'notes.txt': new Uint8Array(3) }))).toContain("'notes.txt' is no array");
    expect(refusal(archive({ 'x.npy': new Uint8Array(3) }))).toContain("entry 'x.npy'");
  });

  it('gives tensors or a FormatError, whatever was changed in it', () => {
    const edits = fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const cases = fc.constantFrom(stored, deflated);
    fc.assert(
      fc.property(cases, edits, fc.option(fc.nat(600)), (original, changes, cut) => {
        const bytes = original.slice(0, cut ?? undefined);
        for (const [position, value] of changes) bytes[position % bytes.length] = value;
        try {
          for (const t of readNpz(bytes, 'x.npz').values()) toFloat64(t);
        } catch (thrown) {
          if (!(thrown instanceof FormatError)) throw thrown;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('gives tensors or a FormatError when the checksum was changed to fit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(4000), (data, size) => {
        const made = zipSync({ 'x.npy': data }, { level: 0 });
        const claimed = withDirectory(withDirectory(made, METHOD, 2, 8), SIZE, 4, size);
        expect(refusal(claimed)).toContain("entry 'x.npy'");
      }),
      { numRuns: 1000 },
    );
  });
});

describe.skipIf(!numpyAvailable.ok)(numpyTitle, () => {
  it('reads what np.savez and np.savez_compressed write', () => {
    const { plain, packed } = runNumpy(`
import io
arrays = dict(q=np.arange(-6, 6, dtype=np.int8).reshape(3, 4), f=np.asfortranarray(np.arange(6.0).reshape(2, 3)),
              s=np.float32(2.5), e=np.zeros((0, 3), np.int16), big=np.zeros(5000, np.int32))
for name, save in [('plain', np.savez), ('packed', np.savez_compressed)]:
    b = io.BytesIO(); save(b, **arrays)
    out[name] = np.frombuffer(b.getvalue(), np.uint8)`);
    for (const bytes of [plain!, packed!]) {
      const read = readNpz(codesOf(bytes) as Uint8Array, 'x.npz');
      expect([...read].map(([name, t]) => [name, t.dtype, t.shape])).toEqual([
        ['q', 'int8', [3, 4]],
        ['f', 'f64', [2, 3]],
        ['s', 'f32', []],
        ['e', 'int16', [0, 3]],
        ['big', 'int32', [5000]],
      ]);
      expect([...codesOf(read.get('q')!)]).toEqual([-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
      expect([...codesOf(read.get('f')!)]).toEqual([0, 1, 2, 3, 4, 5]);
      expect([...codesOf(read.get('s')!)]).toEqual([2.5]);
    }
  });

  it.each([true, false])('is read by np.load, compress %s', (compress) => {
    const bytes = writeNpz(arrays, { compress });
    const read = runNumpy(
      `
import io
z = np.load(io.BytesIO(file.tobytes()))
assert sorted(z.files) == ['layer 0/weight', 'q', 'scale'], z.files
out['q'] = z['q']; out['scale'] = z['scale']; out['weight'] = z['layer 0/weight']`,
      { file: fromStorage('uint8', [bytes.length], bytes) },
    );
    expect(codesOf(read.q!)).toEqual(codesOf(arrays.q));
    expect([...toFloat64(read.scale!)]).toEqual([0.5]);
    expect([...toFloat64(read.weight!)]).toEqual([1, 2, 3]);
  });
});
