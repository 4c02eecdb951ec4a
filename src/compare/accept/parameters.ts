import { ValueError } from '../../errors.ts';

/** Throws {@link ValueError} unless `x` is a finite number of at least 0. */
export function checkTolerance(name: string, x: number): void {
  if (!(Number.isFinite(x) && x >= 0)) {
    throw new ValueError(`${name} of ${x}`, 'a tolerance is a finite number, at least 0');
  }
}

/** Throws {@link ValueError} unless `low <= x <= high`. */
export function checkRange(name: string, x: number, low: number, high: number): void {
  if (!(x >= low && x <= high)) {
    throw new ValueError(`${name} of ${x}`, `it lies between ${low} and ${high}`);
  }
}
