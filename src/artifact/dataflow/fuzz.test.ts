import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import {
  buildLegacy,
  buildTxn,
  disassemble,
  formatHexLines,
  type InstructionStream,
  lift,
  readInstructions,
  writeInstructions,
} from '../txn/index.ts';
import { anyLegacyInstruction, anyShimInstruction, anyTxnInstruction } from '../txn/testing/arbitraries.ts';
import { ARGUMENT_INTERVALS, dataFlow } from './index.ts';

/** Reads, and does everything with the stream that can be done; what is refused must be so by a FormatError. */
function exercise(
  bytes: Uint8Array,
  options: { form?: 'txn' | 'legacy' } = {},
): InstructionStream | undefined {
  let stream: InstructionStream;
  try {
    stream = readInstructions(bytes, 'insts', options);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
  let at = stream.operations[0]?.offset ?? stream.restOffset;
  for (const { offset, size } of stream.operations) {
    expect(offset).toBe(at);
    at += size;
  }
  expect(at).toBe(stream.restOffset);
  expect(stream.restOffset).toBeLessThanOrEqual(stream.bytes.length);
  if (stream.encoding === 'binary') expect(writeInstructions(stream)).toEqual(bytes);
  const lines = disassemble(stream);
  expect(lines.length).toBeGreaterThanOrEqual(stream.operations.length);
  const lifted = lift(stream);
  const flow = dataFlow(stream, lifted);
  for (const { reads, writes, requiredBytes } of flow.arguments) {
    for (const side of [reads, writes]) {
      if (side === undefined) continue;
      expect(side.touched.end).toBeLessThanOrEqual(requiredBytes);
      expect(side.touched.bytes).toBeLessThanOrEqual(side.touched.end - side.touched.start);
      expect(side.touched.intervals.length).toBeLessThanOrEqual(ARGUMENT_INTERVALS);
    }
  }
  return stream;
}

/** Overwrites, cuts, or doubles bytes. */
const anyMutation = fc.record({
  edits: fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }),
  cut: fc.option(fc.nat(2000), { freq: 3 }),
  insert: fc.option(fc.tuple(fc.nat(2000), fc.uint8Array({ maxLength: 9 })), { freq: 3 }),
});

function mutate(
  bytes: Uint8Array,
  { edits, cut, insert }: typeof anyMutation extends fc.Arbitrary<infer T> ? T : never,
): Uint8Array {
  let result = bytes.slice();
  for (const [at, value] of edits) if (result.length > 0) result[at % result.length] = value;
  if (insert !== null) {
    const at = insert[0] % (result.length + 1);
    result = Uint8Array.of(...result.subarray(0, at), ...insert[1], ...result.subarray(at));
  }
  return cut === null ? result : result.subarray(0, cut % (result.length + 1));
}

const version = fc.constantFrom('0.1' as const, '1.0' as const);
const anyMixed = fc.array(fc.oneof({ weight: 3, arbitrary: anyShimInstruction }, anyTxnInstruction), {
  maxLength: 16,
});

describe('any bytes give a stream or a FormatError', () => {
  it('mutated TXN files', () => {
    let read = 0;
    fc.assert(
      fc.property(anyMixed, version, anyMutation, (instructions, of, mutation) => {
        if (exercise(mutate(buildTxn(instructions, { version: of }), mutation))) read += 1;
      }),
      { numRuns: 3000 },
    );
    // Most mutations must get past the header, or the test would try nothing.
    expect(read).toBeGreaterThan(1500);
  });

  it('mutated text', () => {
    fc.assert(
      fc.property(anyMixed, anyMutation, (instructions, mutation) => {
        exercise(mutate(new TextEncoder().encode(formatHexLines(buildTxn(instructions))), mutation));
      }),
      { numRuns: 600 },
    );
  });

  it('mutated legacy sequences', () => {
    fc.assert(
      fc.property(fc.array(anyLegacyInstruction, { maxLength: 8 }), anyMutation, (instructions, mutation) => {
        exercise(mutate(buildLegacy(instructions), mutation), { form: 'legacy' });
      }),
      { numRuns: 800 },
    );
  });

  it('random bytes, bare and behind each kind of start', () => {
    const header = (major: number, minor: number): number[] => [major, minor, 3, 6, 4, 1, 0, 0, 0, 0, 0, 0];
    const start = fc.constantFrom([], header(0, 1), header(1, 0), [0x11, 0, 0, 0, 5, 4, 0, 1]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (first, rest) => {
        exercise(Uint8Array.of(...first, ...rest));
      }),
      { numRuns: 1500 },
    );
  });
});
