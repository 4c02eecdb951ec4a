import { ValueError } from '../../src/errors.ts';
import {
  type DType,
  describe,
  dtypeInfo,
  fromStorage,
  type IntDType,
  type Quantized,
  round,
  type Shape,
  saturate,
  type Tensor,
  toFloat64,
} from '../../src/tensor/index.ts';
import {
  centredColumns,
  centredRows,
  type MatmulOperands,
  type MatmulShape,
  multiply,
  type Parameter,
  planMatmul,
  spreadParameter,
  valuesOf,
} from './operands.ts';

const INT32 = dtypeInfo('int32');

/**
 * Exact integer product: y[..., i, j] = sum over k of (a[..., i, k] - aZeroPoint) * (b[..., k, j] - bZeroPoint).
 * Source: ONNX MatMulInteger-10.
 *
 * a and b are int8 or uint8, each on its own; a zero point is a value of its operand's dtype. The sum is exact
 * whatever its order; a result outside int32 throws ValueError and names the element, where an accumulator of 32
 * bits would wrap. Other dtypes and zero points throw ValueError, shapes that do not multiply ShapeError.
 */
export function integer<A extends Shape, B extends Shape>(
  operands: MatmulOperands<A, B>,
): Tensor<'int32', MatmulShape<A, B>> {
  checkOperand('a', operands.a, operands.aZeroPoint);
  checkOperand('b', operands.b, operands.bZeroPoint);
  const plan = planMatmul(operands.a, operands.b);
  const sums = multiply(plan, centredRows(operands), centredColumns(operands));
  for (let i = 0; i < sums.length; i++) {
    const sum = sums[i]!;
    if (sum < INT32.min || sum > INT32.max) {
      throw new ValueError(
        `matmul: result ${sum} (element ${i} of [${plan.shape.join(', ')}]) does not fit an int32 accumulator`,
        `split the inner axis of ${plan.inner} or narrow the operands`,
      );
    }
  }
  return fromStorage('int32', plan.shape as MatmulShape<A, B>, Int32Array.from(sums));
}

export interface QlinearOptions<D extends IntDType, A extends Shape = Shape, B extends Shape = Shape>
  extends MatmulOperands<A, B> {
  readonly aScale: Parameter;
  readonly aZeroPoint: Parameter;
  readonly bScale: Parameter;
  readonly bZeroPoint: Parameter;
  readonly yScale: Parameter;
  readonly yZeroPoint: Parameter;
  /** Of the result; ONNX allows int8 and uint8. */
  readonly dtype: D;
}

/**
 * Product of quantised operands, quantised: y = saturate(round(acc * aScale * bScale / yScale) + yZeroPoint), with
 * `acc` that of {@link integer}, ties to even, scales multiplied in float64. Parameters of a and y are per tensor or
 * per row, those of b per tensor or per column. Source: ONNX QLinearMatMul-21.
 *
 * Throws what {@link integer} throws, and ValueError for a scale that is not positive or a dtype of y other than
 * int8 and uint8.
 */
export function qlinear<D extends IntDType, A extends Shape, B extends Shape>(
  options: QlinearOptions<D, A, B>,
): Quantized<D, MatmulShape<A, B>> {
  const { a, b, dtype, yZeroPoint } = options;
  if (!isByte(dtype))
    throw new ValueError(`matmul: dtype ${dtype} of y`, 'QLinearMatMul writes int8 or uint8');
  checkZeroPoint('yZeroPoint', yZeroPoint, dtype);
  const acc = integer(options);
  const shape: Shape = acc.shape;
  const codes = toFloat64(acc);
  const columns = shape.at(-1)!;
  const { aOf, bOf, rows } = planMatmul(a, b);
  const aScale = scales('aScale', options.aScale, a.shape, 'row');
  const bScale = scales('bScale', options.bScale, b.shape, 'column');
  const yScale = scales('yScale', options.yScale, shape, 'row');
  const offset = spreadParameter('yZeroPoint', yZeroPoint, shape, 'row');
  const { min, max } = dtypeInfo(dtype);
  let saturated = 0;
  for (let i = 0; i < codes.length; i++) {
    const row = Math.floor(i / columns);
    const matrix = Math.floor(row / rows);
    const scale =
      aScale[aOf[matrix]! * rows + (row % rows)]! * bScale[bOf[matrix]! * columns + (i % columns)]!;
    const code = round((codes[i]! * scale) / yScale[row]!, 'half-even') + offset[row]!;
    if (code < min || code > max) saturated++;
    codes[i] = saturate(code, min, max);
  }
  const storage = dtypeInfo(dtype).storage;
  const out = new storage(codes.length);
  out.set(codes);
  return { tensor: fromStorage(dtype, acc.shape, out), saturated };
}

function isByte(dtype: DType): boolean {
  return dtype === 'int8' || dtype === 'uint8';
}

function checkOperand(name: 'a' | 'b', operand: Tensor, zeroPoint: Parameter = 0): void {
  if (!isByte(operand.dtype)) {
    throw new ValueError(
      `matmul: ${name} is ${describe(operand)}; an integer product takes int8 or uint8`,
      'matmul.ideal multiplies every dtype',
    );
  }
  checkZeroPoint(`${name}ZeroPoint`, zeroPoint, operand.dtype);
}

function checkZeroPoint(name: string, zeroPoint: Parameter, dtype: DType): void {
  const { min, max } = dtypeInfo(dtype);
  for (const value of valuesOf(zeroPoint)) {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new ValueError(
        `matmul: ${name} ${value} is not a value of ${dtype}`,
        `it lies from ${min} to ${max}`,
      );
    }
  }
}

function scales(name: string, scale: Parameter, shape: Shape, along: 'row' | 'column'): Float64Array {
  const spread = spreadParameter(name, scale, shape, along);
  const wrong = spread.find((value) => value <= 0);
  if (wrong !== undefined) throw new ValueError(`matmul: ${name} ${wrong} is not positive`);
  return spread;
}
