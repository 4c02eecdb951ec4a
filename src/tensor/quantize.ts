import { ShapeError, ValueError } from '../errors.ts';
import { type DType, type DTypeInfo, dtypeInfo, type IntDType } from './dtype.ts';
import { type Rounding, round, saturate, shiftDivisor } from './rounding.ts';
import { describe, fromStorage, type Shape, type Tensor, toFloat64 } from './tensor.ts';

/**
 * real = scale * (code - zeroPoint), per tensor or, where `scale` or `zeroPoint` is an array, per channel: one entry
 * for each index of `axis`. The scheme of ONNX QuantizeLinear and of Jacob et al., "Quantization and Training of
 * Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018), computed in float64.
 */
export interface Quantization {
  /** Real distance of two neighbouring codes; finite and above 0. */
  readonly scale: number | readonly number[];
  /** Code that stands for real 0; whole and within the integer dtype. Default 0. */
  readonly zeroPoint?: number | readonly number[];
  /** Axis of the channels. Needed exactly when an array is given. */
  readonly axis?: number;
}

/** How an int32 accumulator becomes a narrow code: an arithmetic shift, or a real multiplier per tensor or channel. */
export type Requantization = { readonly shift: number } | Quantization;

/** Where codes go and how they get there; nothing is implied. */
export interface QuantizeOptions<D extends IntDType = IntDType> {
  readonly dtype: D;
  readonly rounding: Rounding;
}

export interface Quantized<D extends IntDType = IntDType, S extends Shape = Shape> {
  readonly tensor: Tensor<D, S>;
  /** How many elements lay beyond the dtype and were clamped. */
  readonly saturated: number;
}

/** Channels of a shape in C order: element `i` belongs to channel `floor(i / inner) % count`. */
export interface Channels {
  readonly count: number;
  readonly inner: number;
}

export function channelsOf(shape: Shape, axis: number | undefined): Channels {
  if (axis === undefined) return { count: 1, inner: Number.POSITIVE_INFINITY };
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new ShapeError(`axis ${axis} is none of shape [${shape.join(', ')}]`);
  }
  return {
    count: shape[axis]!,
    inner: shape.slice(axis + 1).reduce((product, extent) => product * extent, 1),
  };
}

export function channelAt(ordinal: number, { count, inner }: Channels): number {
  return count === 1 ? 0 : Math.floor(ordinal / inner) % count;
}

interface Parameters {
  readonly channels: Channels;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
}

/** One scale and one zero point for each channel, checked. */
function parametersOf(
  t: Tensor,
  { scale, zeroPoint = 0, axis }: Quantization,
  { name, min, max }: DTypeInfo,
): Parameters {
  const perChannel = typeof scale !== 'number' || typeof zeroPoint !== 'number';
  if (perChannel !== (axis !== undefined)) {
    throw new ShapeError(
      perChannel ? 'quantisation per channel names no axis' : `axis ${axis} needs one scale for each channel`,
      'give `axis` together with an array of scales, or neither',
    );
  }
  const channels = channelsOf(t.shape, axis);
  const spread = (given: number | readonly number[], what: string): readonly number[] => {
    if (typeof given === 'number') return new Array<number>(channels.count).fill(given);
    if (given.length === channels.count) return given;
    throw new ShapeError(`${given.length} ${what} for the ${channels.count} channels of ${describe(t)}`);
  };
  const scales = spread(scale, 'scales');
  const zeroPoints = spread(zeroPoint, 'zero points');
  for (const each of scales) {
    if (!(Number.isFinite(each) && each > 0)) {
      throw new ValueError(`scale ${each} is not finite and above 0`);
    }
  }
  for (const each of zeroPoints) {
    if (!(Number.isInteger(each) && each >= min && each <= max)) {
      throw new ValueError(`zero point ${each} is not a ${name} (${min} to ${max})`);
    }
  }
  return { channels, scales, zeroPoints };
}

/** Clamps `values` (whole numbers or infinities) into `dtype`, counting what did not fit. */
function narrowed<D extends IntDType, S extends Shape>(
  values: Float64Array,
  shape: S,
  dtype: D,
): Quantized<D, S> {
  const { min, max, storage } = dtypeInfo(dtype);
  const codes = new storage(values.length);
  let saturated = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const code = saturate(value, min, max);
    if (code !== value) saturated++;
    codes[i] = code;
  }
  return { tensor: fromStorage(dtype, shape, codes), saturated };
}

function requireInteger(dtype: DType): void {
  if (!dtypeInfo(dtype).integer) {
    throw new ValueError(`${dtype} is not an integer dtype`, 'quantise to int8, uint8, int16 or int32');
  }
}

/**
 * code = saturate(round(x / scale) + zeroPoint). `t` of any dtype and shape; infinities saturate, NaN is a
 * {@link ValueError}, and so is a bad scale or zero point; a wrong number of channels is a {@link ShapeError}.
 */
export function quantize<D extends IntDType, S extends Shape>(
  t: Tensor<DType, S>,
  q: Quantization,
  { dtype, rounding }: QuantizeOptions<D>,
): Quantized<D, S> {
  requireInteger(dtype);
  const { channels, scales, zeroPoints } = parametersOf(t, q, dtypeInfo(dtype));
  const values = toFloat64(t);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value))
      throw new ValueError(`NaN at index ${i} (C order) of ${describe(t)} has no code`);
    const channel = channelAt(i, channels);
    values[i] = round(value / scales[channel]!, rounding) + zeroPoints[channel]!;
  }
  return narrowed(values, t.shape, dtype);
}

/**
 * x = scale * (code - zeroPoint) in float64. `t` of an integer dtype. Throws {@link ValueError} or {@link ShapeError}
 * as {@link quantize} does.
 */
export function dequantize<S extends Shape>(t: Tensor<IntDType, S>, q: Quantization): Tensor<'f64', S> {
  requireInteger(t.dtype);
  const { channels, scales, zeroPoints } = parametersOf(t, q, dtypeInfo(t.dtype));
  const values = toFloat64(t);
  for (let i = 0; i < values.length; i++) {
    const channel = channelAt(i, channels);
    values[i] = scales[channel]! * (values[i]! - zeroPoints[channel]!);
  }
  return fromStorage('f64', t.shape, values);
}

/**
 * A narrow code from an int32 accumulator: `saturate(round(acc / 2^shift))`, or
 * `saturate(round(acc * scale) + zeroPoint)` where `scale` is the multiplier scaleA * scaleB / scaleOut (ONNX
 * QLinearMatMul), per tensor or per channel. `acc * scale` is rounded once to float64 before `rounding` sees it.
 */
export function requantize<D extends IntDType, S extends Shape>(
  acc: Tensor<'int32', S>,
  how: Requantization,
  { dtype, rounding }: QuantizeOptions<D>,
): Quantized<D, S> {
  requireInteger(dtype);
  if (acc.dtype !== 'int32')
    throw new ValueError(`requantize takes an int32 accumulator, not ${describe(acc)}`);
  // A shift is the multiplier 2^-shift, whose product with an int32 is exact.
  const multiplier = 'shift' in how ? { scale: 1 / shiftDivisor(how.shift) } : how;
  const { channels, scales, zeroPoints } = parametersOf(acc, multiplier, dtypeInfo(dtype));
  const values = toFloat64(acc);
  for (let i = 0; i < values.length; i++) {
    const channel = channelAt(i, channels);
    values[i] = round(values[i]! * scales[channel]!, rounding) + zeroPoints[channel]!;
  }
  return narrowed(values, acc.shape, dtype);
}
