import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError, ValueError } from '../../errors.ts';
import { type Pdi, readCdo, readPdi, writePdi } from '../pdi/index.ts';
import { attributeWrites, buildArray, liftArray } from './index.ts';
import { elementwise, pdiOf } from './testing/kernel.ts';

/** The value, or undefined when an error of the class was thrown; any other error goes on. */
function unless<T>(refused: new (message: string) => Error, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof refused) return undefined;
    throw error;
  }
}

/** What must hold whatever the bytes are: typed errors only, and nothing larger than the file comes of it. */
function checkBytes(bytes: Uint8Array): void {
  const pdi: Pdi | undefined = unless(FormatError, () => readPdi(bytes, 'fuzzed.pdi'));
  if (pdi === undefined) return;
  const commands = pdi.images.flatMap((image) => image.partitions.flatMap(({ cdo }) => cdo.commands));
  expect(commands.length).toBeLessThanOrEqual(bytes.length / 4);
  const payload = commands.reduce((sum, command) => sum + ('data' in command ? command.data.length : 0), 0);
  expect(payload).toBeLessThanOrEqual(2 * bytes.length);
  for (const { offset } of attributeWrites(commands)) expect(offset).toBeLessThan(0x100000);
  const config = liftArray(commands);
  const words = config.tiles.reduce((sum, tile) => sum + tile.others.length + tile.locks.length, 0);
  expect(words).toBeLessThanOrEqual(bytes.length / 2);
  unless(ValueError, () => buildArray(config));
  // What was read without a complaint was understood whole, so it can be written again.
  if (pdi.issues.length === 0) expect(Buffer.compare(writePdi(pdi), bytes)).toBe(0);
}

const interesting = fc.oneof(
  fc.constantFrom(0, 1, 2, 0xff, 0x100, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x00ff0105, 0x00020103),
  fc.nat(0xffffffff),
);

/** Valid bytes with some words and bytes replaced, then cut or lengthened. */
function mutations(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      words: fc.array(fc.tuple(fc.nat(valid.length / 4 - 1), interesting), { maxLength: 4 }),
      bytes: fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }),
      length: fc.option(fc.nat(valid.length + 32), { freq: 4, nil: valid.length }),
    })
    .map(({ words, bytes, length }) => {
      const mutated = new Uint8Array(Math.max(length, valid.length));
      mutated.set(valid);
      const view = new DataView(mutated.buffer);
      for (const [at, value] of words) view.setUint32(at * 4, value, true);
      for (const [at, value] of bytes) mutated[at] = value;
      return mutated.slice(0, length);
    });
}

/** The same, aimed at the command stream: the words from the CDO on. */
function bodyMutations(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .array(fc.tuple(fc.integer({ min: 0x54, max: valid.length / 4 - 1 }), interesting), {
      minLength: 1,
      maxLength: 8,
    })
    .map((words) => {
      const mutated = valid.slice();
      const view = new DataView(mutated.buffer);
      for (const [at, value] of words) view.setUint32(at * 4, value, true);
      return mutated;
    });
}

const commands = buildArray(elementwise().config);
const plain = pdiOf(commands);
const transformed = pdiOf(commands, 400);

describe('PDI reader under arbitrary bytes', () => {
  it('the valid files themselves pass, and are read without an issue', () => {
    for (const valid of [plain, transformed]) {
      checkBytes(valid);
      expect(readPdi(valid, 'valid.pdi').issues).toEqual([]);
    }
  });

  it.each([
    ['plain', mutations(plain), 1500],
    ['transformed', mutations(transformed), 1500],
    ['plain commands', bodyMutations(plain), 1000],
    ['transformed commands', bodyMutations(transformed), 1000],
  ])('mutations of a valid file: %s', (_, arbitrary, numRuns) => {
    fc.assert(fc.property(arbitrary, checkBytes), { numRuns });
  });

  it('random bytes after valid start words, and as a CDO', () => {
    const start = plain.slice(0, 0x10);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        checkBytes(bytes);
        checkBytes(Uint8Array.from([...start, ...bytes]));
        unless(FormatError, () => readCdo(bytes, 'fuzzed.cdo'));
        unless(FormatError, () => readCdo(bytes, 'fuzzed.cdo', { transformedZone: bytes.length & ~3 }));
      }),
      { numRuns: 600 },
    );
  });
});
