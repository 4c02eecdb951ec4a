import { ValueError } from '../../errors.ts';
import { encodeShimBd } from './bd.ts';
import type { Direction, Instruction, Sync } from './operations.ts';
import { encodeQueuePush, SHIM_BD_COUNT, shimBdAddress, shimChannel } from './registers.ts';

/** Controller_ID that the PDI's switch routes to the host (FORMATS.md 5.6); without it a wait never ends. */
const CONTROLLER_ID = 15;

/** The bits of Controller_ID that mlir-aie sets in v0.1 streams (v1.0: 0xF00); the field itself is bits 15:8. */
const CONTROLLER_ID_MASK = 0x1f00;

export interface MemcpyNd {
  /** Data argument: 0 is the first buffer after opcode, instructions and instruction count. */
  readonly argument: number;
  /** MM2S: the array reads the argument. S2MM: the array writes it. */
  readonly direction: Direction;
  /** Shim buffer descriptor, 0 to 15. */
  readonly bd: number;
  /** Column of the partition; default 0. */
  readonly column?: number;
  /** DMA channel, 0 (the default) or 1. */
  readonly channel?: number;
  /** Byte offset of the first element in the argument, a multiple of 4; default 0. */
  readonly offset?: number;
  /** Bytes of an element; default 1. */
  readonly elementBytes?: number;
  /** One to four sizes in elements, outermost first. With four, the first is the number of runs (1 to 256). */
  readonly sizes: readonly number[];
  /**
   * Strides in elements, one for each size; the last must be 1, the first of four may be 0 (every run moves the same
   * bytes). Default: row-major, without gaps.
   */
  readonly strides?: readonly number[];
  /** Whether the channel reports the end with a token, which a {@link wait} needs; default false. */
  readonly issueToken?: boolean;
  /** AXI cache code; default 2, what current compilers write. */
  readonly axCache?: number;
}

/**
 * The operations of one transfer between an argument and a shim DMA channel, as mlir-aie makes them of
 * `dma_memcpy_nd` (FORMATS.md 4.4, 5.4): descriptor, address patch, for a reporting channel its Controller_ID, and the
 * push to the task queue. Throws {@link ValueError} where the hardware cannot do it: more than 4 dimensions, sizes or
 * strides that are no multiple of 4 bytes, a wrap above 1023, a step beyond 20 bits.
 */
export function memcpyNd(transfer: MemcpyNd): Instruction[] {
  const { argument, direction, bd, column = 0, channel = 0, offset = 0, issueToken = false } = transfer;
  if (channel !== 0 && channel !== 1)
    throw new ValueError(`a shim tile has DMA channels 0 and 1, not ${channel}`);
  if (!Number.isInteger(bd) || bd < 0 || bd >= SHIM_BD_COUNT) {
    throw new ValueError(`a shim tile has buffer descriptors 0 to ${SHIM_BD_COUNT - 1}, not ${bd}`);
  }
  if (!Number.isInteger(offset) || offset < 0 || offset % 4 !== 0) {
    throw new ValueError(`the offset of a transfer must be a multiple of 4 bytes, not ${offset}`);
  }
  const { descriptor, runs } = shimDescriptor(transfer);
  const { control, queue } = shimChannel(column, direction, channel);
  const report: Instruction = {
    kind: 'maskwrite',
    address: control,
    value: CONTROLLER_ID << 8,
    mask: CONTROLLER_ID_MASK,
  };
  return [
    { kind: 'blockwrite', address: shimBdAddress(column, bd), words: descriptor },
    { kind: 'patch', address: shimBdAddress(column, bd, 1), argument, argumentOffset: offset },
    ...(issueToken ? [report] : []),
    { kind: 'write', address: queue, value: encodeQueuePush({ bd, runs, issuesToken: issueToken }) },
  ];
}

export interface WaitFor {
  readonly direction: Direction;
  readonly column?: number;
  readonly channel?: number;
}

/** Waits for one token of a shim DMA channel: the end of its oldest transfer with `issueToken` not yet waited for. */
export function wait({ direction, column = 0, channel = 0 }: WaitFor): Sync {
  return { kind: 'sync', direction, column, row: 0, channel, columns: 1, rows: 1 };
}

/** The descriptor's eight words and the number of runs, by the rules of FORMATS.md 5.4. */
function shimDescriptor(transfer: MemcpyNd): { readonly descriptor: Uint32Array; readonly runs: number } {
  const { elementBytes = 1, axCache = 2 } = transfer;
  const { sizes, strides } = fourDimensions(transfer);
  const [s3, s2, s1, s0] = sizes;
  const [t3, t2, t1] = strides;
  const words = (elements: number, what: string): number => {
    const count = (elements * elementBytes) / 4;
    if (!Number.isInteger(count)) {
      throw new ValueError(
        `${what} of ${elements} elements of ${elementBytes} bytes is not a multiple of 4 bytes`,
        'the shim DMA moves 32-bit words',
      );
    }
    return count;
  };
  const step = (size: number, stride: number, what: string): number => {
    if (size === 1) return 1;
    if (stride <= 0) throw new ValueError(`${what} is ${stride}: only the outermost of four may be 0`);
    return words(stride, what);
  };
  const row = words(s0, 'the innermost size');
  const linear = s1 === 1 && s2 === 1;
  const iterates = s3 > 1 && t3 > 0;
  if (s3 > 256) throw new ValueError(`a task runs at most 256 times, not ${s3}`);
  const descriptor = encodeShimBd({
    length: row * s1 * s2,
    ...(linear
      ? {}
      : { d0Wrap: row, d1Wrap: s1, d1Step: step(s1, t1, 'the stride of the second dimension') }),
    d2Step: step(s2, t2, 'the stride of the third dimension'),
    ...(iterates ? { iterationWrap: s3, iterationStep: words(t3, 'the outermost stride') } : {}),
    burstLength: 2,
    axCache,
    validBd: true,
  });
  return { descriptor, runs: s3 };
}

type Four = readonly [number, number, number, number];

function fourDimensions(transfer: MemcpyNd): { readonly sizes: Four; readonly strides: Four } {
  const { sizes, strides } = transfer;
  if (sizes.length < 1 || sizes.length > 4) {
    throw new ValueError(`a transfer has 1 to 4 sizes, not ${sizes.length}`);
  }
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new ValueError(`sizes [${sizes.join(', ')}] are not all positive integers`);
  }
  const padding = 4 - sizes.length;
  const full = [...Array<number>(padding).fill(1), ...sizes] as unknown as Four;
  const dense: Four = [full[1] * full[2] * full[3], full[2] * full[3], full[3], 1];
  if (strides === undefined) return { sizes: full, strides: dense };
  if (strides.length !== sizes.length) {
    throw new ValueError(`${sizes.length} sizes need as many strides, not ${strides.length}`);
  }
  if (strides.some((stride) => !Number.isInteger(stride) || stride < 0) || strides.at(-1) !== 1) {
    throw new ValueError(`strides [${strides.join(', ')}] must be non-negative integers, the last one 1`);
  }
  return { sizes: full, strides: [...Array<number>(padding).fill(0), ...strides] as unknown as Four };
}
