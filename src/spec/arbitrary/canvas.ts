import { type Simd, simd } from '../../simd/module.ts';
import {
  type DType,
  type DTypeInfo,
  dtypeInfo,
  fromStorage,
  type Shape,
  type StorageOf,
  sizeOf,
  type Tensor,
} from '../../tensor/index.ts';
import type { TensorType } from '../args.ts';
import type { Random } from './random.ts';

/** A tensor being drawn, seen as rows along its last axis. */
export interface Canvas {
  /** In C order, `rows * columns` of them; need not be whole or in range: {@link paint} rounds and saturates. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Range a kernel is tried with: all of an integer dtype, [-4, 4] of a float. */
  readonly min: number;
  readonly max: number;
  /** Greatest magnitude that both signs have; of an unsigned dtype its maximum. */
  readonly reach: number;
  /** -1 if values may be negative, else 0: `low * reach` is the lower end of a distribution around zero. */
  readonly low: -1 | 0;
  /** Distance of neighbouring values: 1 of an integer, 2^-6 of a float, whose neighbours lie nearer where it is small. */
  readonly step: number;
  readonly info: DTypeInfo;
}

/** One way to draw the values of a tensor. */
export interface Distribution {
  /** As it is printed with a case. */
  readonly name: string;
  /** Sets every value of the canvas, or leaves it 0. */
  readonly fill: (canvas: Canvas, random: Random) => void;
  /** Whether it gives every integer of the range alike, so that random bits do as well and far faster. */
  readonly isBits?: boolean;
}

const FLOAT_RANGE = 4;
const FLOAT_STEP = 2 ** -6;

/** Scratch of the last drawn size: a canvas lives only while its tensor is drawn. */
let scratch = new Float64Array(0);

/** Rows `start` to `end - 1` of `canvas`, sharing its values; of a vector, those elements. */
export function band(canvas: Canvas, start: number, end: number): Canvas {
  // A vector has one row, so that it is split along that.
  if (canvas.rows === 1)
    return { ...canvas, values: canvas.values.subarray(start, end), columns: end - start };
  const { columns } = canvas;
  return { ...canvas, values: canvas.values.subarray(start * columns, end * columns), rows: end - start };
}

/** Range of a dtype that kernels are tried with: all of an integer, [-4, 4] of a float. */
export function rangeOf(dtype: DType): { readonly min: number; readonly max: number } {
  const { integer, min, max } = dtypeInfo(dtype);
  return integer ? { min, max } : { min: -FLOAT_RANGE, max: FLOAT_RANGE };
}

/** Draws one tensor. Distributions are dtype-blind; here alone values become codes. */
export function paint({ dtype, shape }: TensorType, distribution: Distribution, random: Random): Tensor {
  const size = sizeOf(shape);
  const info = dtypeInfo(dtype);
  const codes = new info.storage(size);
  const result = fromStorage<DType, Shape>(dtype, shape, codes);
  if (info.integer && distribution.isBits) {
    fillBits(codes, random);
    return result;
  }
  if (scratch.length !== size) scratch = new Float64Array(size);
  else scratch.fill(0);
  const columns = shape.at(-1) ?? 1;
  const { min, max } = rangeOf(dtype);
  distribution.fill(
    {
      values: scratch,
      rows: columns === 0 ? 0 : size / columns,
      columns,
      min,
      max,
      reach: max,
      low: min < 0 ? -1 : 0,
      step: info.integer ? 1 : FLOAT_STEP,
      info,
    },
    random,
  );
  const fast = simd();
  if (dtype === 'int8' && fast !== null) storeInt8(fast, scratch, codes as Int8Array);
  else if (info.integer) storeWhole(scratch, codes as Int8Array, min, max);
  else storeFloat(scratch, codes as Float32Array, info);
  return result;
}

function fillBits(codes: StorageOf[DType], random: Random): void {
  const words = new Int32Array(codes.buffer, 0, codes.byteLength >> 2);
  for (let i = 0; i < words.length; i++) words[i] = random.word();
  for (let i = words.byteLength / codes.BYTES_PER_ELEMENT; i < codes.length; i++) codes[i] = random.word();
}

function storeWhole(values: Float64Array, codes: Int8Array, min: number, max: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    codes[i] = Math.floor((value < min ? min : value > max ? max : value) + 0.5);
  }
}

/** The same for int8. */
function storeInt8(fast: Simd, values: Float64Array, codes: Int8Array): void {
  // Vectors hold four values; what lies after the last one goes nowhere.
  const padded = Math.ceil(values.length / 4) * 4;
  fast.begin();
  const from = fast.alloc(8 * padded);
  const to = fast.alloc(padded);
  new Float64Array(fast.buffer, from).set(values);
  fast.run.narrow_int8(from, to, padded);
  codes.set(new Int8Array(fast.buffer, to, values.length));
}

function storeFloat(values: Float64Array, codes: Float32Array, info: DTypeInfo): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Adding 0 makes -0 the one zero; rounding up past the greatest finite value would give infinity.
    codes[i] = info.encode(value < info.min ? info.min : value > info.max ? info.max : value + 0);
  }
}
