import { ValueError } from '../../src/errors.ts';
import { codesOf, round, type Shape, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';
import { geluErf, geluSigmoid, geluTanh } from './ideal.ts';

const FORMS = { erf: geluErf, tanh: geluTanh, sigmoid: geluSigmoid };

/**
 * The 256-entry table of an int8 GELU kernel: code i, from -128 to 127, stands for i * scale, and its entry at index
 * i + 128 is round(gelu(i * scale) / scale), ties to even, saturated. The shipped Whisper kernels have scale 1/127.
 */
export function lut(form: keyof typeof FORMS, scale = 1 / 127): Int8Array<ArrayBuffer> {
  return Int8Array.from({ length: 256 }, (_, index) => {
    return saturate(round(FORMS[form]((index - 128) * scale) / scale, 'half-even'), -128, 127);
  });
}

/** Bit-exact model of a table GELU: every code replaced by its entry of `table` ({@link lut}). */
export function model<S extends Shape>(args: {
  readonly x: Tensor<'int8', S>;
  readonly table: Int8Array;
}): Tensor<'int8', S> {
  if (args.table.length !== 256)
    throw new ValueError(`a GELU table has 256 entries, got ${args.table.length}`);
  const result = zeros('int8', args.x.shape);
  result.view.data.set(codesOf<'int8'>(args.x).map((code) => args.table[code + 128]!));
  return result;
}
