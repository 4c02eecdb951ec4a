import { describe, expect, it } from 'vitest';
import {
  buildLegacy,
  buildTxn,
  encodeShimBd,
  type Instruction,
  type Lifted,
  lift,
  memcpyNd,
  readInstructions,
  shimBdAddress,
  shimChannel,
  wait,
} from './index.ts';
import { attention64 } from './testing/attention.ts';

const lifted = (...instructions: readonly Instruction[]): Lifted =>
  lift(readInstructions(buildTxn(instructions), 'insts.bin'));

const codes = (...instructions: readonly Instruction[]): string[] =>
  lifted(...instructions).problems.map(({ code }) => code);

const input = memcpyNd({ argument: 0, direction: 'MM2S', bd: 1, sizes: [64] });
const output = memcpyNd({ argument: 1, direction: 'S2MM', bd: 0, sizes: [64], issueToken: true });
const [outputBd, outputPatch, outputReport, outputPush] = output as [
  Instruction,
  Instruction,
  Instruction,
  Instruction,
];

const block = (words: Uint32Array, bd = 0): Instruction => ({
  kind: 'blockwrite',
  address: shimBdAddress(0, bd),
  words,
});

describe('lift', () => {
  it('makes transfers of descriptor, patch and push, and completes them by waits', () => {
    const { transfers, waits, problems } = lifted(...attention64);
    expect(problems).toEqual([]);
    expect(transfers).toMatchObject([
      {
        column: 0,
        channel: 0,
        direction: 'MM2S',
        argument: 0,
        byteOffset: 0,
        bd: 1,
        runs: 1,
        issuesToken: false,
        controllerId: undefined,
        operations: [0, 1, 2],
        completedBy: undefined,
      },
      {
        direction: 'S2MM',
        argument: 1,
        bd: 0,
        issuesToken: true,
        controllerId: 15,
        operations: [3, 4, 6],
        completedBy: 7,
      },
    ]);
    expect(transfers[1]?.parts).toMatchObject([{ bd: 0, argument: 1, fields: { length: 1024 } }]);
    expect(waits).toMatchObject([{ operation: 7, completes: [1] }]);
  });

  it('takes a descriptor as it stood at the push', () => {
    const again = memcpyNd({ argument: 2, direction: 'MM2S', bd: 1, sizes: [128], offset: 256 });
    expect(lifted(...input, ...again).transfers).toMatchObject([
      { argument: 0, byteOffset: 0, parts: [{ fields: { length: 16 } }] },
      { argument: 2, byteOffset: 256, parts: [{ fields: { length: 32 } }] },
    ]);
  });

  it('follows words written one by one, under a mask, and by a block that covers several descriptors', () => {
    const both = Uint32Array.of(
      ...encodeShimBd({ length: 4, validBd: true }),
      ...encodeShimBd({ length: 8, validBd: true }),
    );
    const { transfers } = lifted(
      { kind: 'blockwrite', address: shimBdAddress(2, 3), words: both },
      { kind: 'write', address: shimBdAddress(2, 4), value: 0xff },
      { kind: 'maskwrite', address: shimBdAddress(2, 4), value: 0, mask: 0xf },
      { kind: 'write', address: shimChannel(2, 'S2MM', 1).queue, value: 4 },
    );
    expect(transfers).toMatchObject([
      { column: 2, channel: 1, bd: 4, parts: [{ fields: { length: 0xf0 } }] },
    ]);
  });

  it('follows chains of descriptors', () => {
    const chain = encodeShimBd({ length: 4, validBd: true, useNextBd: true, nextBd: 1 });
    const { transfers } = lifted(...input.slice(0, 2), block(chain), outputPatch, {
      kind: 'write',
      address: shimChannel(0, 'MM2S', 0).queue,
      value: 0,
    });
    expect(transfers[0]?.parts).toMatchObject([
      { bd: 0, argument: 1, fields: { length: 4 } },
      { bd: 1, argument: 0, fields: { length: 16 } },
    ]);
  });

  it('completes pushes of a channel in order: those without a token by the next with one', () => {
    const quiet = memcpyNd({ argument: 1, direction: 'S2MM', bd: 2, sizes: [64] });
    const { transfers, waits } = lifted(
      ...quiet,
      ...output,
      ...output,
      wait({ direction: 'S2MM' }),
      ...quiet,
      wait({ direction: 'S2MM' }),
    );
    expect(waits.map(({ completes }) => completes)).toEqual([[0, 1], [2]]);
    expect(transfers.map(({ completedBy }) => completedBy)).toEqual([11, 11, 15, undefined]);
  });

  it('lets one sync wait for several columns', () => {
    const columns = [0, 1].flatMap((column) =>
      memcpyNd({ argument: column, direction: 'S2MM', bd: 0, column, sizes: [64], issueToken: true }),
    );
    const { waits, problems } = lifted(...columns, { ...wait({ direction: 'S2MM' }), columns: 2 });
    expect(problems).toEqual([]);
    expect(waits[0]?.completes).toEqual([0, 1]);
  });

  it('reads the legacy form with its descriptor and patch in one', () => {
    const bytes = buildLegacy([
      {
        kind: 'shimbd',
        column: 0,
        columns: 1,
        columnIncrement: 0,
        argument: 2,
        bd: 3,
        argumentOffset: 16,
        words: encodeShimBd({ length: 8, validBd: true }),
      },
      { kind: 'write', address: shimChannel(0, 'S2MM', 0).queue, value: 0x80000003 },
      wait({ direction: 'S2MM' }),
    ]);
    const { transfers, problems } = lift(readInstructions(bytes, 'insts.bin', { form: 'legacy' }));
    expect(problems).toEqual([]);
    expect(transfers).toMatchObject([{ argument: 2, byteOffset: 16, bd: 3, completedBy: 2 }]);
  });

  it('follows only the first column of a legacy descriptor for several, and says so', () => {
    const words = encodeShimBd({ length: 8, validBd: true });
    const of = {
      kind: 'shimbd',
      column: 0,
      columnIncrement: 64,
      argument: 2,
      bd: 3,
      argumentOffset: 0,
      words,
    } as const;
    const problemsOf = (columns: number): string[] => {
      const bytes = buildLegacy([{ ...of, columns }]);
      return lift(readInstructions(bytes, 'insts.bin', { form: 'legacy' })).problems.map(({ code }) => code);
    };
    expect(problemsOf(2)).toEqual(['MANY_COLUMNS']);
    expect(problemsOf(1)).toEqual([]);
  });

  it('ignores registers of other tiles', () => {
    expect(lifted({ kind: 'write', address: 0x11d204, value: 0 }).transfers).toEqual([]);
    expect(lifted({ kind: 'write', address: 2 ** 40 + 0x1d204, value: 0 }).transfers).toEqual([]);
  });

  it.each<[string, readonly Instruction[]]>([
    ['BD_NOT_WRITTEN', [outputPush]],
    ['BD_PARTLY_WRITTEN', [block(encodeShimBd({ length: 4 }).slice(0, 4)), outputPatch, outputPush]],
    ['BD_NOT_VALID', [block(encodeShimBd({ length: 4 })), outputPatch, outputPush]],
    ['BD_NOT_PATCHED', [outputBd, outputPush]],
    ['BD_NOT_PATCHED', [outputPatch, outputBd, outputPush]],
    [
      'BD_CHAIN_LOOP',
      [block(encodeShimBd({ length: 4, validBd: true, useNextBd: true })), outputPatch, outputPush],
    ],
    ['PATCH_OUTSIDE_BD', [{ kind: 'patch', address: 0x1d008, argument: 0, argumentOffset: 0 }]],
    ['PATCH_OUTSIDE_BD', [{ kind: 'patch', address: 0x1d204, argument: 0, argumentOffset: 0 }]],
    ['PATCH_BEFORE_BD', [outputPatch]],
    ['LENGTH_PATCH', [{ kind: 'patch', address: 0x1d000, argument: 0, argumentOffset: 0 }]],
    [
      'ITERATION_CARRIED',
      [
        block(encodeShimBd({ length: 4, validBd: true, iterationWrap: 2 })),
        outputPatch,
        outputPush,
        outputPush,
      ],
    ],
    ['NO_TOKEN', [...input, wait({ direction: 'MM2S' })]],
    ['NO_TOKEN', [...output, wait({ direction: 'S2MM' }), wait({ direction: 'S2MM' })]],
    ['NO_TOKEN', [{ ...wait({ direction: 'S2MM' }), channel: 7 }]],
    ['EMPTY_WAIT', [{ ...wait({ direction: 'S2MM' }), columns: 0 }]],
  ])('reports %s', (code, instructions) => {
    expect(codes(...instructions)).toContain(code);
  });

  it('has nothing to report of a sound stream, whatever Controller_ID is set by', () => {
    expect(
      codes(...input, outputBd, outputPatch, outputReport, outputPush, wait({ direction: 'S2MM' })),
    ).toEqual([]);
    const { transfers } = lifted(
      { kind: 'write', address: shimChannel(0, 'S2MM', 0).control, value: 0x1234 },
      { kind: 'maskwrite', address: shimChannel(0, 'S2MM', 0).control, value: 0xf00, mask: 0xf00 },
      outputPush,
    );
    expect(transfers[0]?.controllerId).toBe(0x1f);
  });
});
