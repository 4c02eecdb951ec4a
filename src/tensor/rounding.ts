import { ValueError } from '../errors.ts';

/**
 * How a real number becomes a whole one. Never implied: every quantisation names its mode.
 * - `half-even`: nearest, ties to the even neighbour (IEEE 754 roundTiesToEven, NumPy `rint`, ONNX QuantizeLinear)
 * - `half-away`: nearest, ties away from zero (C `round`)
 * - `floor`: toward minus infinity (an arithmetic right shift)
 * - `truncate`: toward zero (C integer division)
 */
export type Rounding = 'half-even' | 'half-away' | 'floor' | 'truncate';

export const roundings: readonly Rounding[] = ['half-even', 'half-away', 'floor', 'truncate'];

function halfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function halfAway(x: number): number {
  // floor(|x| + 0.5) is wrong for 0.49999999999999994, whose sum rounds up to 1.
  const magnitude = Math.abs(x);
  const below = Math.floor(magnitude);
  return Math.sign(x) * (magnitude - below < 0.5 ? below : below + 1);
}

/** `x` as a whole number under `mode`; NaN and infinities stay what they are. */
export function round(x: number, mode: Rounding): number {
  switch (mode) {
    case 'half-even':
      return Number.isFinite(x) ? halfEven(x) : x;
    case 'half-away':
      return Number.isFinite(x) ? halfAway(x) : x;
    case 'floor':
      return Math.floor(x);
    case 'truncate':
      return Math.trunc(x);
    default:
      throw new ValueError(`unknown rounding mode '${String(mode)}'`, `use one of ${roundings.join(', ')}`);
  }
}

/** 2^bits for a shift of 0 to 52 bits; any other is a {@link ValueError}. */
export function shiftDivisor(bits: number): number {
  if (!Number.isInteger(bits) || bits < 0 || bits > 52) {
    throw new ValueError(`shift of ${bits} bits`, 'a shift is a whole number from 0 to 52');
  }
  return 2 ** bits;
}

/**
 * `x / 2^bits` rounded to a whole number; exact for whole |x| < 2^53 and 0 <= bits <= 52, which covers every int32
 * accumulator. `floor` is the arithmetic right shift `x >> bits`.
 */
export function shiftRight(x: number, bits: number, mode: Rounding): number {
  return round(x / shiftDivisor(bits), mode);
}

/** Clamps to [min, max]; NaN stays NaN. */
export function saturate(x: number, min: number, max: number): number {
  return x < min ? min : Math.min(x, max);
}
