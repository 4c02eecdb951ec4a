import { ShapeError, ValueError } from '../../src/errors.ts';
import { type DType, describe, type Shape, sizeOf, type Tensor, toFloat64 } from '../../src/tensor/index.ts';
import { innerProducts, transposeInto } from '../inner-products.ts';
import { broadcastIndex, broadcastShapes } from '../shapes.ts';

/**
 * A quantisation parameter: one number for the whole operand, one for each row (of a or y) or column (of b), the
 * same in every matrix of a stack, or, as ONNX writes it for a stack, a tensor [..., M, 1] (rows) or [..., 1, N]
 * (columns) with the operand's own leading axes.
 */
export type Parameter = number | readonly number[] | Tensor;

export interface MatmulOperands<A extends Shape = Shape, B extends Shape = Shape> {
  /** [..., M, K], any dtype. */
  readonly a: Tensor<DType, A>;
  /** [..., K, N], any dtype. */
  readonly b: Tensor<DType, B>;
  /** Subtracted from a: one number, or one a row. Default 0. */
  readonly aZeroPoint?: Parameter;
  /** Subtracted from b: one number, or one a column. Default 0. */
  readonly bZeroPoint?: Parameter;
}

/** [M, N] for two matrices; for stacks the broadcast leading axes come before. */
export type MatmulShape<A extends Shape, B extends Shape> = A extends readonly [
  infer M extends number,
  number,
]
  ? B extends readonly [number, infer N extends number]
    ? readonly [M, N]
    : Shape
  : Shape;

/** How the matrices of two stacks pair up. */
export interface MatmulPlan {
  /** Shape of the result. */
  readonly shape: Shape;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** For each matrix of the result, which matrix of a and of b it multiplies. */
  readonly aOf: Int32Array;
  readonly bOf: Int32Array;
}

/** Pairs the operands up as `numpy.matmul` does for rank 2 and above. Throws {@link ShapeError}. */
export function planMatmul(a: Tensor, b: Tensor): MatmulPlan {
  const pair = `matmul: a ${describe(a)} and b ${describe(b)}`;
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new ShapeError(`${pair} must both have at least two axes`, 'reshape a vector to one row or column');
  }
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [depth, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== depth) {
    throw new ShapeError(
      `${pair} do not multiply: ${inner} columns against ${depth} rows`,
      'the last axis of a is the second-last of b',
    );
  }
  const aStack = a.shape.slice(0, -2);
  const bStack = b.shape.slice(0, -2);
  const stack = broadcastShapes(aStack, bStack);
  if (stack === undefined) throw new ShapeError(`${pair}: their leading axes do not broadcast`);
  return {
    shape: [...stack, rows, columns],
    rows,
    inner,
    columns,
    aOf: broadcastIndex(aStack, stack),
    bOf: broadcastIndex(bStack, stack),
  };
}

/**
 * One value for each row (or column) of each matrix of a stack shaped `shape`.
 * Throws {@link ShapeError} where the count fits neither, and {@link ValueError} for a value that is not finite.
 */
export function spreadParameter(
  name: string,
  parameter: Parameter,
  shape: Shape,
  along: 'row' | 'column',
): Float64Array {
  const values = valuesOf(parameter);
  const perMatrix = shape.at(along === 'row' ? -2 : -1)!;
  const stack = shape.slice(0, -2);
  const total = perMatrix * sizeOf(stack);
  const full = along === 'row' ? [...stack, perMatrix, 1] : [...stack, 1, perMatrix];
  const isFull =
    typeof parameter === 'object' && 'shape' in parameter && parameter.shape.join() === full.join();
  if (values.length !== 1 && values.length !== perMatrix && !isFull) {
    throw new ShapeError(
      `matmul: ${name} has ${values.length} values for an operand [${shape.join(', ')}]`,
      `give one number, ${perMatrix} (one a ${along}), or a tensor [${full.join(', ')}]`,
    );
  }
  for (const value of values) {
    if (!Number.isFinite(value)) throw new ValueError(`matmul: ${name} ${value} is not finite`);
  }
  const spread = new Float64Array(total);
  for (let i = 0; i < total; i++) spread[i] = values[i % values.length]!;
  return spread;
}

/** The numbers a parameter holds. */
export function valuesOf(parameter: Parameter): ArrayLike<number> & Iterable<number> {
  if (typeof parameter === 'number') return [parameter];
  return 'view' in parameter ? toFloat64(parameter) : parameter;
}

/** Values of `a` less its zero points, in C order. */
export function centredRows({ a, aZeroPoint = 0 }: MatmulOperands): Float64Array {
  const values = toFloat64(a);
  if (aZeroPoint === 0) return values;
  const zeroPoints = spreadParameter('aZeroPoint', aZeroPoint, a.shape, 'row');
  const length = a.shape.at(-1)!;
  for (let i = 0; i < values.length; i++) values[i]! -= zeroPoints[Math.floor(i / length)]!;
  return values;
}

/** Values of `b` less its zero points, in C order. */
export function centredColumns({ b, bZeroPoint = 0 }: MatmulOperands): Float64Array {
  const values = toFloat64(b);
  if (bZeroPoint === 0) return values;
  const zeroPoints = spreadParameter('bZeroPoint', bZeroPoint, b.shape, 'column');
  const columns = b.shape.at(-1)!;
  const matrix = columns * b.shape.at(-2)!;
  for (let i = 0; i < values.length; i++) {
    values[i]! -= zeroPoints[Math.floor(i / matrix) * columns + (i % columns)]!;
  }
  return values;
}

/** All products of the plan in C order; each sum runs in the order of the inner axis. */
export function multiply(plan: MatmulPlan, a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const { rows, inner, columns, aOf, bOf } = plan;
  const out = new Float64Array(sizeOf(plan.shape));
  const transposed = new Float64Array(inner * columns);
  let held = -1;
  for (let m = 0; m < aOf.length; m++) {
    if (bOf[m] !== held) {
      held = bOf[m]!;
      transposeInto(b, held * inner * columns, inner, columns, transposed);
    }
    for (let i = 0; i < rows; i++) {
      const rowStart = (aOf[m]! * rows + i) * inner;
      innerProducts(a, rowStart, transposed, 0, inner, columns, inner, out, (m * rows + i) * columns);
    }
  }
  return out;
}
