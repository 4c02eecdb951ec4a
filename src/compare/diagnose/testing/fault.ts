import { type DType, dtypeInfo, type Tensor, toFloat64 } from '../../../tensor/index.ts';
import type { DiagnosisContext } from '../types.ts';
import { type DataKind, type Draw, type Real, realOutput, stored } from './samples.ts';

/** What a fault is put into. */
export interface Sample {
  readonly kind: DataKind;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Before rounding, in units of the output. */
  readonly real: Real;
  readonly expected: Tensor;
  /** What a right kernel writes: the values of `expected`, or within an LSB of them if that is real-valued. */
  readonly values: Float64Array;
  readonly context: DiagnosisContext;
  readonly draw: Draw;
}

export interface Faulty {
  readonly expected: Tensor;
  readonly actual: Tensor;
  readonly context: DiagnosisContext;
}

/** A fault named by the hypothesis that should be found; null where it cannot be put into the sample. */
export interface FaultKind {
  readonly hypothesis: string;
  readonly make: (sample: Sample) => Faulty | null;
  /** dtypes it needs. Default int8. */
  readonly dtypes?: readonly DType[];
  /** Shapes it needs. Default a matrix. */
  readonly batched?: boolean;
  /** It cannot be told from a real-valued `expected` (or makes its own). */
  readonly modelOnly?: boolean;
}

const CANARY = 0xa5;
const CORES = [0, 1, 2, 3].map((column) => ({ column, row: 2 }));

/** All that is known of a run with such an output. */
export function contextOf(sample: Omit<Sample, 'context' | 'expected'>): DiagnosisContext {
  const { draw, kind, shape, dtype } = sample;
  const size = sample.values.length;
  const other = (): Tensor =>
    stored(dtype, [size], scaled(dtype, realOutput(kind, size / shape.at(-1)!, shape.at(-1)!, draw)));
  return {
    tile: [16, 16],
    canary: CANARY,
    inputs: { q: other(), k: other() },
    previous: stored(dtype, shape, toFloat64(other())),
    ...(shape.length > 2 ? { cores: CORES } : {}),
  };
}

/** Values of int8 size as they are usual in another dtype. */
export function scaled(dtype: DType, real: Real): Real {
  const factor = dtype === 'int32' || dtype === 'int16' ? 37 : dtype === 'int8' ? 1 : 1 / 32;
  return real.map((x) => x * factor);
}

export function written(sample: Sample, actual: ArrayLike<number>, context = sample.context): Faulty {
  return { expected: sample.expected, actual: stored(sample.dtype, sample.shape, actual), context };
}

/** A fault that makes each value from the expected one. */
export function pointwise(sample: Sample, value: (e: number, x: number, i: number) => number): Faulty {
  return written(
    sample,
    sample.values.map((e, i) => value(e, sample.real[i]!, i)),
  );
}

/** A fault that takes each value from elsewhere. */
export function gathered(sample: Sample, from: (i: number) => number): Faulty {
  return pointwise(sample, (_, __, i) => sample.values[from(i)]!);
}

export const canaryOf = (dtype: DType): number => {
  const { bytes, storage, decode } = dtypeInfo(dtype);
  return decode(new storage(new Uint8Array(bytes).fill(CANARY).buffer)[0]!);
};
