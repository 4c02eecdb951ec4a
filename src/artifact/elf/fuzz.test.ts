import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutationsOf, valueOrFormatError } from '../testing/fuzz.ts';
import { buildElf, readElf } from './index.ts';

const core = buildElf({
  sections: [
    { name: '.text', bytes: new Uint8Array(32), address: 0, executable: true },
    { name: '.data', bytes: new Uint8Array(16), address: 0x7_8000 },
    { name: '.stack_sizes', bytes: Uint8Array.of(0x20, 0, 0, 0, 0xc0, 0x20, 0x90, 0, 0, 0, 0x40) },
  ],
  symbols: [
    { name: 'core_0_2', value: 0x20, type: 2 },
    { name: '_sp_start_value_DM_stack', value: 0x7_0000 },
    { name: 'buffer', value: 0x7_0400 },
  ],
});
const controlCode = buildElf({
  header: { machine: 1, osAbi: 0x45, abiVersion: 2 },
  sections: [{ name: '.ctrltext', bytes: new Uint8Array(16) }],
});

describe('fuzzing the ELF reader', () => {
  it('gives a value or a FormatError for damaged files', () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutationsOf(core, controlCode), (bytes) => {
        if (valueOrFormatError(() => readElf(bytes, 'fuzzed')) !== undefined) accepted += 1;
      }),
      { numRuns: 5000, seed: 8 },
    );
    // Otherwise only the first checks were tried.
    expect(accepted).toBeGreaterThan(500);
  });

  it('gives a value or a FormatError for random bytes', () => {
    const headed = fc.uint8Array({ maxLength: 400 }).map((bytes) => {
      const copy = bytes.slice();
      copy.set(core.subarray(0, Math.min(7, copy.length)));
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), headed), (bytes) => {
        valueOrFormatError(() => readElf(bytes, 'fuzzed'));
      }),
      { numRuns: 1000, seed: 9 },
    );
  });
});
