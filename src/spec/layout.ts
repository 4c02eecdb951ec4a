import { ShapeError, ValueError } from '../errors.ts';
import {
  type DType,
  describe,
  dtypeInfo,
  type Shape,
  sizeOf,
  strided,
  type Tensor,
} from '../tensor/index.ts';
import type { Arg, TensorType } from './args.ts';

function bytesOfType(type: TensorType): number {
  return sizeOf(type.shape) * dtypeInfo(type.dtype).bytes;
}

/** Bytes of a buffer over all cores. */
export function bytesOfArg(arg: Arg): number {
  return Object.values<TensorType>(arg.parts).reduce((sum, type) => sum + bytesOfType(type), 0);
}

/**
 * The parts of a buffer as strided views over its bytes. Every core's share of the buffer holds that core's slice of
 * each part in turn; with one core that is simply one part after another.
 */
export function viewsOf(arg: Arg, cores: number, bytes: Uint8Array<ArrayBuffer>): Record<string, Tensor> {
  const share = bytes.byteLength / cores;
  const views: Record<string, Tensor> = {};
  let offset = bytes.byteOffset;
  for (const [name, type] of Object.entries<TensorType>(arg.parts)) {
    views[name] = coreStrided(type, cores, share, bytes.buffer, offset);
    offset += bytesOfType(type) / cores;
  }
  return views;
}

function coreStrided(
  { dtype, shape }: TensorType,
  cores: number,
  share: number,
  buffer: ArrayBuffer,
  offset: number,
): Tensor {
  const info = dtypeInfo<DType>(dtype);
  const storage = new info.storage(buffer, 0, Math.floor(buffer.byteLength / info.bytes));
  const inner = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  if (cores === 1) return strided<DType, Shape>(dtype, shape, storage, inner, offset / info.bytes);
  // One slice a core along the first axis; defineKernel has made sure that the first axis counts the cores.
  const stride = [share / info.bytes, ...inner.slice(1)];
  return strided<DType, Shape>(dtype, shape, storage, stride, offset / info.bytes);
}

/** Refuses a description whose buffers cannot be laid out. Throws {@link ValueError} or {@link ShapeError}. */
export function checkLayout(kernel: string, args: readonly Arg[], cores: number): void {
  const names = args.flatMap((arg) => Object.keys(arg.parts));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ValueError(`kernel ${kernel}: two tensors are named '${twice}'`);
  for (const direction of ['in', 'out'] as const) {
    if (!args.some((arg) => arg.direction === direction)) {
      throw new ValueError(`kernel ${kernel} has no ${direction === 'in' ? 'input' : 'output'}`);
    }
  }
  for (const arg of args) {
    let offset = 0;
    for (const [name, type] of Object.entries<TensorType>(arg.parts)) {
      const { bytes } = dtypeInfo(type.dtype);
      const where = `kernel ${kernel}, ${name}: ${describe(type)}`;
      if (sizeOf(type.shape) === 0) throw new ShapeError(`${where} is empty`);
      if (cores > 1 && type.shape[0] !== cores) {
        throw new ShapeError(
          `${where} on ${cores} cores`,
          `its first axis counts the cores: make it [${cores}, ...]`,
        );
      }
      if (offset % bytes !== 0 || (cores > 1 && (bytesOfArg(arg) / cores) % bytes !== 0)) {
        throw new ShapeError(
          `${where} starts at byte ${offset} of '${arg.name}', no multiple of ${bytes}`,
          'put wider dtypes first',
        );
      }
      offset += bytesOfType(type) / cores;
    }
    if (bytesOfArg(arg) % (4 * cores) !== 0) {
      const share = cores === 1 ? '' : ` over ${cores} cores`;
      throw new ShapeError(
        `kernel ${kernel}: buffer '${arg.name}' has ${bytesOfArg(arg)} bytes${share}`,
        'AIE DMA moves 32-bit words: pad it',
      );
    }
  }
}
