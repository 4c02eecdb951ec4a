import { type DType, dtypeInfo } from '../../tensor/index.ts';

/** `x` modulo 2^bits (at most 32), as a signed number where `signed`. */
export function wrapped(x: number, bits: number, signed: boolean): number {
  const spare = 32 - bits;
  // Shifts take their operand modulo 2^32 by themselves.
  const low = x << spare;
  return signed ? low >> spare : low >>> spare;
}

/** A whole number as an integer dtype stores it without saturation. */
export function wrapTo(dtype: DType, x: number): number {
  const { bytes, min } = dtypeInfo(dtype);
  return wrapped(x, bytes * 8, min < 0);
}
