import { codesOf, type Shape, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';
import { divideNearest, expNegative, type FixedExp } from '../exp/model.ts';

/**
 * Bit-exact model of the int8 softmax kernel over the last axis: with the unnormalised weights w of
 * {@link expNegative}, code = saturate(divideNearest(256 w, sum w) - 128): scale 1/256 and zero point -128, as
 * TensorFlow Lite's int8 quantisation specification fixes them for softmax.
 */
export function model<S extends Shape>(args: {
  readonly x: Tensor<'int8', S>;
  readonly exp: FixedExp;
}): Tensor<'int8', S> {
  const { x, exp } = args;
  const columns = x.shape.at(-1) ?? 1;
  const codes = codesOf<'int8'>(x);
  const result = zeros('int8', x.shape);
  for (let start = 0; start < codes.length; start += columns) {
    const line = Array.from(codes.subarray(start, start + columns));
    const max = Math.max(...line);
    const weights = line.map((code) => expNegative(max - code, exp));
    const total = weights.reduce((sum, w) => sum + w, 0);
    weights.forEach((w, j) => {
      result.view.data[start + j] = saturate(divideNearest(256 * w, total) - 128, -128, 127);
    });
  }
  return result;
}
