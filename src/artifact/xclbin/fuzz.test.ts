import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutationsOf, valueOrFormatError } from '../testing/fuzz.ts';
import { encodeEmbeddedMetadata, readEmbeddedMetadata } from './embedded-metadata.ts';
import { buildNpuXclbin, findSection, npuArguments, readXclbin, writeXclbin } from './index.ts';

const file = buildNpuXclbin({
  columns: 4,
  pdi: Uint8Array.from({ length: 64 }, (_, i) => i),
  args: npuArguments(1),
});
const whole = readXclbin(file, 'k.xclbin');
/** Most of the file is key block, XML and mirror; without them changes hit the tables. */
const bare = writeXclbin({
  header: whole.header,
  sections: whole.sections.map(({ kind, name, bytes }) => ({ kind, name, bytes })),
});

/** Makes the total length true, so that a change of size is not all that the reader sees. */
function relengthed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length >= 0x138) new DataView(copy.buffer).setBigUint64(0x130, BigInt(copy.length), true);
  return copy;
}

describe('fuzzing the xclbin reader', () => {
  it('gives a value or a FormatError for damaged files, and what it accepts survives writing', () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutationsOf(file, bare).map(relengthed), (bytes) => {
        const read = valueOrFormatError(() => readXclbin(bytes, 'fuzzed'));
        if (read === undefined) return;
        accepted += 1;
        expect(readXclbin(writeXclbin(read), 'fuzzed').partitions).toEqual(read.partitions);
      }),
      { numRuns: 4000, seed: 4 },
    );
    // Otherwise only the first checks were tried.
    expect(accepted).toBeGreaterThan(500);
  });

  it('gives a value or a FormatError for damaged partitions', () => {
    const { offset, bytes: section } = findSection(readXclbin(bare, 'bare'), 'AIE_PARTITION')!;
    let accepted = 0;
    fc.assert(
      fc.property(mutationsOf(section), (changed) => {
        const bytes = bare.slice();
        bytes.set(changed.subarray(0, section.length), offset);
        if (valueOrFormatError(() => readXclbin(bytes, 'fuzzed')) !== undefined) accepted += 1;
      }),
      { numRuns: 1500, seed: 5 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('gives a value or a FormatError for damaged and random XML', () => {
    const xml = encodeEmbeddedMetadata(whole.kernels!);
    const token = fc.constantFrom(
      '<',
      '>',
      '/',
      '</',
      '<?',
      '?>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '=',
      '"',
      "'",
      '&',
      '&#',
      ';',
      'a',
      ' ',
    );
    const words = fc
      .array(token, { maxLength: 40 })
      .map((tokens) => new TextEncoder().encode(tokens.join('')));
    fc.assert(
      fc.property(fc.oneof(mutationsOf(xml), words), (bytes) => {
        valueOrFormatError(() => readEmbeddedMetadata(bytes, 'fuzzed'));
      }),
      { numRuns: 2000, seed: 6 },
    );
  });

  it('gives a value or a FormatError for random bytes', () => {
    const headed = fc.uint8Array({ maxLength: 900 }).map((bytes) => {
      const copy = bytes.slice();
      copy.set(file.subarray(0, Math.min(8, copy.length)));
      return relengthed(copy);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 900 }), headed), (bytes) => {
        valueOrFormatError(() => readXclbin(bytes, 'fuzzed'));
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
