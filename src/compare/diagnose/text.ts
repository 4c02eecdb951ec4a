/** Numbers of a diagnosis as people read them. */

export function count(n: number): string {
  return n.toLocaleString('en');
}

/** `4,093 of 4,096 elements`. */
export function elements(some: number, all: number): string {
  return `${count(some)} of ${count(all)} ${all === 1 ? 'element' : 'elements'}`;
}

/** At most `limit` items of a list, and how many more there are. */
export function listed(items: readonly string[], limit = 6): string {
  const shown = items.slice(0, limit).join(', ');
  return items.length > limit ? `${shown} and ${count(items.length - limit)} more` : shown;
}

export function hex(value: number, digits = 2): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Index of the element at `ordinal` in C order. */
export function indexOf(shape: readonly number[], ordinal: number): number[] {
  const index = new Array<number>(shape.length);
  let rest = ordinal;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
