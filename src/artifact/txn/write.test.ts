import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import {
  buildLegacy,
  buildTxn,
  type Instruction,
  type Operation,
  readInstructions,
  writeInstructions,
} from './index.ts';
import { anyLegacyInstruction, anyTxnInstruction } from './testing/arbitraries.ts';

const said = ({ index: _, offset: __, size: ___, ...instruction }: Operation): unknown => instruction;

describe('buildTxn', () => {
  it.each(['0.1', '1.0'] as const)(
    'v%s: reading gives back what was built, and writing the same bytes',
    (version) => {
      fc.assert(
        fc.property(fc.array(anyTxnInstruction, { maxLength: 12 }), fc.nat(255), (instructions, columns) => {
          const bytes = buildTxn(instructions, { version, generation: 4, columns });
          const read = readInstructions(bytes, 'insts.bin');
          expect(read.problems).toEqual([]);
          expect(read.header).toMatchObject({ version, columns, opCount: instructions.length });
          expect(read.operations.map(said)).toEqual(instructions);
          expect(writeInstructions(read)).toEqual(bytes);
          expect(buildTxn(read.operations, { version, generation: 4, columns })).toEqual(bytes);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('keeps reserved bytes and longer operations of a file', () => {
    const bytes = buildTxn([
      { kind: 'raw', opcode: 3, name: '', bytes: new Uint8Array(32).fill(0xee) },
      { kind: 'write', address: 4, value: 5 },
    ]);
    bytes[16] = 3;
    new DataView(bytes.buffer).setUint32(16 + 12, 0, true);
    new DataView(bytes.buffer).setUint32(16 + 24, 32, true);
    bytes.fill(0xcc, 49, 52);
    bytes[6] = 0xab;
    const read = readInstructions(bytes, 'insts.bin');
    expect(read.operations).toMatchObject([
      { kind: 'maskwrite', size: 32, value: 0xeeee_eeee },
      { kind: 'write', address: 4 },
    ]);
    expect(read.problems).toEqual([]);
    expect(writeInstructions(read)).toEqual(bytes);
  });

  it('writes changed operations over the original', () => {
    const read = readInstructions(buildTxn([{ kind: 'write', address: 4, value: 5 }]), 'insts.bin');
    const [operation] = read.operations;
    const changed = { ...read, operations: [{ ...operation!, value: 6 } as Operation] };
    expect(writeInstructions(changed)).toEqual(buildTxn([{ kind: 'write', address: 4, value: 6 }]));
  });

  it.each<[string, Instruction, ('0.1' | '1.0')?]>([
    ['a value beyond 32 bits', { kind: 'write', address: 0, value: 2 ** 32 }],
    ['a negative value', { kind: 'write', address: 0, value: -1 }],
    ['a fraction', { kind: 'write', address: 0.5, value: 0 }],
    [
      'an argument beyond the byte of v1.0',
      { kind: 'patch', address: 0, argument: 256, argumentOffset: 0 },
      '1.0',
    ],
    [
      'a legacy operation',
      {
        kind: 'shimbd',
        column: 0,
        columns: 1,
        columnIncrement: 0,
        argument: 0,
        bd: 0,
        argumentOffset: 0,
        words: new Uint32Array(8),
      },
    ],
  ])('refuses %s', (_, instruction, version = '0.1') => {
    expect(() => buildTxn([instruction], { version })).toThrow(ValueError);
  });

  it('refuses a header that does not fit', () => {
    expect(() => buildTxn([], { columns: 256 })).toThrow(ValueError);
  });
});

describe('buildLegacy', () => {
  it('reading gives back what was built', () => {
    fc.assert(
      fc.property(fc.array(anyLegacyInstruction, { maxLength: 12 }), (instructions) => {
        const bytes = buildLegacy(instructions);
        if (bytes.length === 0) return;
        const read = readInstructions(bytes, 'insts.bin', { form: 'legacy' });
        expect(read.problems).toEqual([]);
        expect(read.operations.map(said)).toEqual(instructions);
        expect(writeInstructions(read)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what only TXN has', () => {
    expect(() => buildLegacy([{ kind: 'preempt', level: 0 }])).toThrow(ValueError);
  });
});
