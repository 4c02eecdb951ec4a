import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { buildTxn, decodeShimBd, type MemcpyNd, memcpyNd, wait } from './index.ts';
import { attention64 } from './testing/attention.ts';

const wordsOf = (bytes: Uint8Array): number[] => [
  ...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
];

const transfer = (of: Partial<MemcpyNd>): MemcpyNd => ({
  argument: 0,
  direction: 'MM2S',
  bd: 0,
  sizes: [16],
  ...of,
});

const descriptorOf = (of: Partial<MemcpyNd>): ReturnType<typeof decodeShimBd> => {
  const [block] = memcpyNd(transfer(of));
  if (block?.kind !== 'blockwrite') throw new Error('no descriptor');
  return decodeShimBd(block.words);
};

const pushOf = (of: Partial<MemcpyNd>): number => {
  const push = memcpyNd(transfer(of)).at(-1);
  if (push?.kind !== 'write') throw new Error('no push');
  return push.value;
};

describe('memcpyNd and wait', () => {
  it('build the example of FORMATS.md 4.4 word for word', () => {
    const bytes = buildTxn(attention64);
    expect(bytes).toHaveLength(300);
    const bd = (length: number): number[] => [length, 0, 0, 0, 0x80000000, 0x02000000, 0, 0x02000000];
    const patch = (address: number, argument: number): number[] => [
      ...[0x81, 48, 0, 0, 0, 0],
      ...[address, 0, argument, 0, 0, 0],
    ];
    expect(wordsOf(bytes)).toEqual([
      ...[0x06030100, 0x00000104, 8, 300],
      ...[1, 0, 0x1d020, 48, ...bd(0xc00)],
      ...patch(0x1d024, 0),
      ...[0, 0, 0x1d214, 0, 1, 24],
      ...[1, 0, 0x1d000, 48, ...bd(0x400)],
      ...patch(0x1d004, 1),
      ...[3, 0, 0x1d200, 0, 0xf00, 0x1f00, 28],
      ...[0, 0, 0x1d204, 0, 0x80000000, 24],
      ...[0x80, 16, 0, 0x00010100],
    ]);
  });

  it('build the transfers of the v1.0 example: repeated, iterated, and with another column and channel', () => {
    // 9 runs of the same 576 bytes.
    expect(descriptorOf({ sizes: [9, 1, 1, 288], strides: [0, 0, 0, 1], elementBytes: 2 })).toMatchObject({
      length: 0x90,
      d0Wrap: 0,
      d1Wrap: 0,
      iterationWrap: 1,
      iterationStep: 1,
    });
    expect(pushOf({ bd: 2, sizes: [9, 1, 1, 288], strides: [0, 0, 0, 1], elementBytes: 2 })).toBe(0x00080002);
    // 9 runs of 9 blocks of 32 rows of 32 16-bit elements, each run further down the matrix.
    const [block] = memcpyNd(
      transfer({ bd: 1, sizes: [9, 9, 32, 32], strides: [9216, 32, 288, 1], elementBytes: 2, axCache: 0 }),
    );
    expect(block).toMatchObject({
      words: Uint32Array.of(0x1200, 0, 0, 0x01000000, 0x8200008f, 0xf, 0x008011ff, 0x02000000),
    });
    const moved = memcpyNd(transfer({ column: 3, channel: 1, bd: 15, offset: 64, issueToken: true }));
    expect(moved).toMatchObject([
      { kind: 'blockwrite', address: 0x0601d1e0 },
      { kind: 'patch', address: 0x0601d1e4, argument: 0, argumentOffset: 64 },
      { kind: 'maskwrite', address: 0x0601d218, value: 0xf00 },
      { kind: 'write', address: 0x0601d21c, value: 0x8000000f },
    ]);
    expect(wait({ direction: 'MM2S', column: 3, channel: 1 })).toMatchObject({
      column: 3,
      channel: 1,
      row: 0,
    });
  });

  it('make a v1.0 stream of the size FORMATS.md 4.4 gives', () => {
    const matrixVector = [
      ...memcpyNd(transfer({ argument: 1, channel: 1, bd: 2, sizes: [9, 1, 1, 576], strides: [0, 0, 0, 1] })),
      ...memcpyNd(transfer({ bd: 1, sizes: [9, 9, 32, 64], strides: [18432, 64, 576, 1] })),
      ...memcpyNd(transfer({ argument: 2, direction: 'S2MM', sizes: [1152], issueToken: true })),
      wait({ direction: 'S2MM' }),
    ];
    expect(matrixVector).toHaveLength(11);
    expect(buildTxn(matrixVector, { version: '1.0' })).toHaveLength(288);
  });

  it('take sizes alone as dense row-major data', () => {
    expect(descriptorOf({ sizes: [4, 8, 16] })).toMatchObject({
      length: 128,
      d0Wrap: 4,
      d1Wrap: 8,
      d1Step: 4,
      d2Step: 32,
      iterationWrap: 1,
    });
    expect(descriptorOf({ sizes: [8, 16], strides: [64, 1] })).toMatchObject({
      d1Wrap: 8,
      d1Step: 16,
      d2Step: 1,
    });
  });

  it.each<[string, Partial<MemcpyNd>]>([
    ['an odd size', { sizes: [3] }],
    ['an odd offset', { offset: 2 }],
    ['an odd stride', { sizes: [2, 4], strides: [6, 1] }],
    ['a stride of 0 inside', { sizes: [2, 4], strides: [0, 1] }],
    ['a wrap above 1023', { sizes: [2, 4096], strides: [8192, 1] }],
    ['a size of 0', { sizes: [0] }],
    ['five dimensions', { sizes: [1, 1, 1, 1, 4] }],
    ['strides that do not fit the sizes', { sizes: [4], strides: [1, 1] }],
    ['an innermost stride', { sizes: [4], strides: [2] }],
    ['257 runs', { sizes: [257, 1, 1, 4], strides: [0, 0, 0, 1] }],
    ['65 iterations', { sizes: [65, 1, 1, 4], strides: [4, 0, 0, 1] }],
    ['a channel 2', { channel: 2 }],
    ['a descriptor 16', { bd: 16 }],
  ])('refuse %s', (_, of) => {
    expect(() => memcpyNd(transfer(of))).toThrow(ValueError);
  });
});
