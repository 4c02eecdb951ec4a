import { describe, expect, it } from 'vitest';
import {
  buildTxn,
  encodeShimBd,
  type Instruction,
  memcpyNd,
  readInstructions,
  shimBdAddress,
  shimChannel,
  wait,
} from '../txn/index.ts';
import { attention64 } from '../txn/testing/attention.ts';
import { type DataFlow, dataFlow, knownComplete, OVERLAPS_LISTED } from './index.ts';

const flowOf = (...instructions: readonly Instruction[]): DataFlow =>
  dataFlow(readInstructions(buildTxn(instructions), 'insts.bin'));

const output = (offset: number, bytes: number, bd = 0): Instruction[] =>
  memcpyNd({ argument: 1, direction: 'S2MM', bd, offset, sizes: [bytes], issueToken: true });

const finish = wait({ direction: 'S2MM' });

describe('dataFlow', () => {
  it('gives each argument its direction, bytes, order and waits', () => {
    const flow = flowOf(...attention64);
    expect(flow.arguments).toMatchObject([
      {
        argument: 0,
        direction: 'in',
        writes: undefined,
        requiredBytes: 12288,
        reads: {
          touched: { intervals: [{ start: 0, end: 12288 }], bytes: 12288 },
          moved: 12288,
          repeated: 0,
        },
      },
      {
        argument: 1,
        direction: 'out',
        reads: undefined,
        requiredBytes: 4096,
        writes: { touched: { bytes: 4096 }, transfers: [{ transfer: { completedBy: 7 } }], overlaps: [] },
      },
    ]);
    expect(flow.neverWaited.map(({ argument }) => argument)).toEqual([0]);
    expect(flow.unattributed).toEqual([]);
    expect(knownComplete(flow, 6)).toEqual([]);
    expect(knownComplete(flow, 7).map(({ index }) => index)).toEqual([1]);
  });

  it('counts what is read again', () => {
    const flow = flowOf(
      ...memcpyNd({ argument: 0, direction: 'MM2S', bd: 0, sizes: [9, 1, 1, 576], strides: [0, 0, 0, 1] }),
      ...memcpyNd({ argument: 0, direction: 'MM2S', bd: 1, sizes: [576] }),
    );
    expect(flow.arguments[0]?.reads).toMatchObject({
      touched: { bytes: 576 },
      moved: 5760,
      repeated: 5184,
      overlaps: [{ first: 0, second: 1, bytes: 576, at: { start: 0, end: 576 } }],
    });
  });

  it('finds an argument both read and written', () => {
    const flow = flowOf(
      ...memcpyNd({ argument: 1, direction: 'MM2S', bd: 1, sizes: [8192] }),
      ...output(0, 64),
      finish,
    );
    expect(flow.arguments).toMatchObject([
      { direction: 'inout', requiredBytes: 8192, writes: { moved: 64 } },
    ]);
  });

  it('sees four quarter matrices written by columns as one whole', () => {
    const columns = [0, 1, 2, 3].flatMap((column) => [
      ...memcpyNd({
        argument: 1,
        direction: 'S2MM',
        column,
        bd: 0,
        offset: 16 * column,
        sizes: [64, 16],
        strides: [64, 1],
        issueToken: true,
      }),
      wait({ direction: 'S2MM', column }),
    ]);
    const flow = flowOf(...columns);
    expect(flow.arguments[0]?.writes).toMatchObject({
      touched: { bytes: 4096, intervals: [{ start: 0, end: 4096 }] },
      repeated: 0,
      overlaps: [],
    });
    expect(flow.neverWaited).toEqual([]);
  });

  it('names the pairs of writes that overlap, in order of their pushes', () => {
    const flow = flowOf(...output(64, 128), ...output(0, 96, 1), ...output(192, 64, 2), finish);
    expect(flow.arguments[0]?.writes).toMatchObject({
      touched: { bytes: 256 },
      repeated: 32,
      overlaps: [{ first: 0, second: 1, bytes: 32, at: { start: 64, end: 96 } }],
    });
    expect(flow.neverWaited.map(({ index }) => index)).toEqual([1, 2]);
  });

  it('bounds the list of overlaps', () => {
    const many = Array.from({ length: 40 }, () => output(0, 64)).flat();
    expect(flowOf(...many).arguments[0]?.writes?.overlaps).toHaveLength(OVERLAPS_LISTED);
  });

  it('credits the parts of a chain to their own arguments', () => {
    const chain = encodeShimBd({ length: 4, validBd: true, useNextBd: true, nextBd: 1 });
    const flow = flowOf(
      { kind: 'blockwrite', address: shimBdAddress(0, 0), words: chain },
      { kind: 'patch', address: shimBdAddress(0, 0, 1), argument: 2, argumentOffset: 6 },
      ...memcpyNd({ argument: 5, direction: 'MM2S', bd: 1, sizes: [32] }).slice(0, 2),
      { kind: 'write', address: shimChannel(0, 'MM2S', 0).queue, value: 0 },
    );
    expect(flow.arguments).toMatchObject([
      { argument: 2, requiredBytes: 20, reads: { touched: { start: 4 } } },
      { argument: 5, requiredBytes: 32 },
    ]);
  });

  it('sets apart what belongs to no argument', () => {
    const unpatched = output(0, 64).filter(({ kind }) => kind !== 'patch');
    const flow = flowOf(...unpatched, { kind: 'write', address: shimChannel(1, 'MM2S', 0).queue, value: 3 });
    expect(flow.arguments).toEqual([]);
    expect(flow.unattributed).toHaveLength(2);
  });

  it('stays within its bounds for thousands of large irregular transfers', () => {
    const words = encodeShimBd({
      length: 2 ** 31,
      d0Wrap: 7,
      d0Step: 3,
      d1Wrap: 11,
      d1Step: 5,
      d2Step: 2,
      validBd: true,
    });
    const instructions: Instruction[] = [{ kind: 'blockwrite', address: shimBdAddress(0, 0), words }];
    for (let index = 0; index < 2000; index += 1) {
      instructions.push(
        { kind: 'patch', address: shimBdAddress(0, 0, 1), argument: index % 3, argumentOffset: 52 * index },
        { kind: 'write', address: shimChannel(0, 'S2MM', 0).queue, value: 0x80000000 },
      );
    }
    const flow = flowOf(...instructions);
    expect(flow.arguments.map(({ writes }) => writes?.touched.exact)).toEqual([false, false, false]);
    expect(flow.arguments[0]?.writes?.touched.intervals).toHaveLength(1);
  });
});
