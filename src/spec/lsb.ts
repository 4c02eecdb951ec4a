import {
  dtypeInfo,
  type IntDType,
  type Shape,
  saturate,
  type Tensor,
  tensor,
  toFloat64,
} from '../tensor/index.ts';

export interface LsbOptions {
  /** Step of the output. */
  readonly scale: number;
  readonly zeroPoint?: number;
  /**
   * Clamps to the range of this dtype, for a kernel whose format saturates by design on ordinary inputs. Without it a
   * saturated output counts as the error it is.
   */
  readonly saturateTo?: IntDType;
}

/**
 * Real values as an ideal states them: in steps of a quantised output, x / scale + zeroPoint, not rounded. A
 * comparison with the output's codes then speaks of LSBs.
 */
export function inLsb<S extends Shape>(t: Tensor<'f64', S>, options: LsbOptions): Tensor<'f64', S> {
  const { scale, zeroPoint = 0, saturateTo } = options;
  const { min, max } = saturateTo === undefined ? { min: -Infinity, max: Infinity } : dtypeInfo(saturateTo);
  return tensor(
    'f64',
    t.shape,
    toFloat64(t).map((x) => saturate(x / scale + zeroPoint, min, max)),
  );
}
