import { dtypeInfo } from '../../tensor/index.ts';
import type { Mismatch } from './mismatch.ts';

/** actual = slope * expected + offset. */
export interface Line {
  readonly slope: number;
  readonly offset: number;
}

/** Elements used for a fit, at most about. */
const FITTED = 4096;

/** Ordinals for a fit: evenly spread, without those at a limit of the dtype, which saturation has moved. */
function fitted({ expected, actual, dtype, integer, size }: Mismatch): number[] {
  const { min, max } = dtypeInfo(dtype);
  const step = Math.max(1, Math.floor(size / FITTED));
  const ordinals: number[] = [];
  for (let i = 0; i < size; i += step) {
    const a = actual[i]!;
    if (!Number.isFinite(a) || !Number.isFinite(expected[i]!)) continue;
    if (!integer || (a > min && a < max)) ordinals.push(i);
  }
  return ordinals;
}

/** Least squares of actual = slope * expected; null where nothing is to be fitted. */
export function proportion(mismatch: Mismatch): number | null {
  const { expected, ideal, actual } = mismatch;
  const x = ideal ?? expected;
  let xx = 0;
  let xy = 0;
  for (const i of fitted(mismatch)) {
    xx += x[i]! * x[i]!;
    xy += x[i]! * actual[i]!;
  }
  return xx > 0 ? xy / xx : null;
}

/** Least squares of actual = slope * expected + offset; null where the expected values do not vary. */
export function line(mismatch: Mismatch): Line | null {
  const { expected, ideal, actual } = mismatch;
  const x = ideal ?? expected;
  const ordinals = fitted(mismatch);
  let meanX = 0;
  let meanY = 0;
  for (const i of ordinals) {
    meanX += x[i]! / ordinals.length;
    meanY += actual[i]! / ordinals.length;
  }
  let xx = 0;
  let xy = 0;
  for (const i of ordinals) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (actual[i]! - meanY);
  }
  return xx > 0 ? { slope: xy / xx, offset: meanY - (xy / xx) * meanX } : null;
}
