import fc from 'fast-check';
import { type Shape, sizeOf, type Tensor, tensor } from '../../src/tensor/index.ts';

/** int8 tensors of one shape, extremes included. */
export function int8Tensor<const S extends Shape>(...shape: S): fc.Arbitrary<Tensor<'int8', S>> {
  const size = sizeOf(shape);
  return fc.int8Array({ minLength: size, maxLength: size }).map((codes) => tensor('int8', shape, codes));
}

/** f64 tensors of one shape with finite values of magnitude up to `max`. */
export function f64Tensor<const S extends Shape>(max: number, ...shape: S): fc.Arbitrary<Tensor<'f64', S>> {
  const size = sizeOf(shape);
  return fc
    .array(fc.double({ min: -max, max, noNaN: true }), { minLength: size, maxLength: size })
    .map((values) => tensor('f64', shape, values));
}
