import fc from 'fast-check';
import { FormatError } from '../../errors.ts';

/** Values at which a reader's arithmetic tends to break, besides random ones. */
const EDGES = [
  0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

type Change = (bytes: Uint8Array) => Uint8Array;

// Without fast-check's bias to the extremes: otherwise nearly every change hits the first bytes.
const position = fc.noBias(fc.nat({ max: 2 ** 30 - 1 })).map((n) => n / 2 ** 30);

const overwriteWord: fc.Arbitrary<Change> = fc
  .tuple(
    position,
    fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 0x4000 }), fc.integer({ min: 0, max: 0xffff_ffff })),
  )
  .map(([where, value]) => (bytes) => {
    if (bytes.length < 4) return bytes;
    const changed = bytes.slice();
    // Fields are aligned far more often than not.
    const at = Math.floor((where * (bytes.length - 3)) / 4) * 4;
    new DataView(changed.buffer).setUint32(at, value, true);
    return changed;
  });

const overwriteByte: fc.Arbitrary<Change> = fc
  .tuple(position, fc.nat({ max: 255 }))
  .map(([where, value]) => (bytes) => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[Math.floor(where * changed.length)] = value;
    return changed;
  });

const cut: fc.Arbitrary<Change> = position.map(
  (where) => (bytes) => bytes.slice(0, Math.floor(where * bytes.length)),
);

const remove: fc.Arbitrary<Change> = fc
  .tuple(position, fc.integer({ min: 1, max: 16 }))
  .map(([where, count]) => (bytes) => {
    const at = Math.floor(where * bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)]);
  });

const insert: fc.Arbitrary<Change> = fc
  .tuple(position, fc.uint8Array({ minLength: 1, maxLength: 16 }))
  .map(([where, added]) => (bytes) => {
    const at = Math.floor(where * bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at)]);
  });

/** Valid files with one to four changes: words and bytes overwritten, bytes put in or taken out, the end cut off. */
export function mutationsOf(...files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.oneof(
    { arbitrary: overwriteWord, weight: 6 },
    { arbitrary: overwriteByte, weight: 3 },
    { arbitrary: remove, weight: 1 },
    { arbitrary: insert, weight: 1 },
    { arbitrary: cut, weight: 1 },
  );
  return fc
    .tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([file, changes]) => changes.reduce((bytes, apply) => apply(bytes), file));
}

/** The value a reader gives, or undefined where it refuses with a FormatError; anything else it throws is passed on. */
export function valueOrFormatError<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof FormatError) return undefined;
    throw thrown;
  }
}
