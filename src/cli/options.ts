import { InvalidArgumentError } from 'commander';

/** Parser of an option that takes a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`give a whole number from ${min} to ${max}.`);
  };
}

/** Parser of an option that takes a finite number. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('give a finite number, e.g. 0.125.');
}

/** Parser of a tile: extents joined by x, e.g. `16x16`. */
export function tileExtents(text: string): number[] {
  const extents = text.split('x').map(Number);
  if (/^\d+(x\d+)*$/.test(text) && extents.every((extent) => extent >= 1)) return extents;
  throw new InvalidArgumentError('give the rows and columns of a tile joined by x, e.g. 16x16.');
}
