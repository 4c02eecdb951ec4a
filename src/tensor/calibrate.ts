import { ValueError } from '../errors.ts';
import { dtypeInfo, type IntDType } from './dtype.ts';
import { channelAt, channelsOf, type Quantization } from './quantize.ts';
import { round, saturate } from './rounding.ts';
import { describe, type Tensor, toFloat64 } from './tensor.ts';

/** Chooses quantisation parameters from the range of the data. */

export interface CalibrateOptions {
  /** Parameters per channel of this axis; without it, per tensor. */
  readonly axis?: number;
}

interface Range {
  low: number;
  high: number;
}

/** Range of each channel, widened to hold 0. */
function rangesOf(t: Tensor, axis: number | undefined): Range[] {
  const channels = channelsOf(t.shape, axis);
  const ranges = Array.from({ length: channels.count }, (): Range => ({ low: 0, high: 0 }));
  const values = toFloat64(t);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      throw new ValueError(`${value} at index ${i} (C order) of ${describe(t)} leaves no range to quantise`);
    }
    const range = ranges[channelAt(i, channels)]!;
    if (value < range.low) range.low = value;
    if (value > range.high) range.high = value;
  }
  return ranges;
}

function collected(
  parameters: readonly { scale: number; zeroPoint: number }[],
  axis: number | undefined,
): Quantization {
  if (axis === undefined) return parameters[0]!;
  return { scale: parameters.map((p) => p.scale), zeroPoint: parameters.map((p) => p.zeroPoint), axis };
}

/** A scale is never 0: an all-zero channel has scale 1, and a range too small to divide has the smallest number. */
function scaleOf(step: number, { low, high }: Range): number {
  return low === 0 && high === 0 ? 1 : Math.max(step, Number.MIN_VALUE);
}

/**
 * Symmetric parameters: zero point 0, scale = max|x| / dtype.max (127 for int8, so that -x always has the code of x
 * negated). A signed dtype only. NaN and infinities in `t` are a {@link ValueError}.
 */
export function symmetric(t: Tensor, dtype: IntDType, options: CalibrateOptions = {}): Quantization {
  const { min, max } = dtypeInfo(dtype);
  if (min === 0) {
    throw new ValueError(
      `symmetric quantisation to ${dtype} would lose every negative value`,
      'use affine()',
    );
  }
  const parameters = rangesOf(t, options.axis).map((range) => ({
    scale: scaleOf(Math.max(-range.low, range.high) / max, range),
    zeroPoint: 0,
  }));
  return collected(parameters, options.axis);
}

/**
 * Affine parameters over the whole range of `dtype`, with real 0 exactly representable: scale = (max - min) / (codes
 * - 1) of the range widened to hold 0, zero point = the half-even rounding of dtype.min - min / scale (ONNX
 * DynamicQuantizeLinear). NaN and infinities in `t` are a {@link ValueError}.
 */
export function affine(t: Tensor, dtype: IntDType, options: CalibrateOptions = {}): Quantization {
  const { min, max } = dtypeInfo(dtype);
  const parameters = rangesOf(t, options.axis).map((range) => {
    // Divided before they are subtracted, because the range of large float64 data may overflow.
    const scale = scaleOf(range.high / (max - min) - range.low / (max - min), range);
    return { scale, zeroPoint: saturate(round(min - range.low / scale, 'half-even'), min, max) };
  });
  return collected(parameters, options.axis);
}
