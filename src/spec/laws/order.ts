import { type Tensor, toFloat64 } from '../../tensor/index.ts';
import { elementName, numeral } from './agreement.ts';

interface Named {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * The first pair among `indices` (default: all) that breaks "a greater x has no smaller y, and equal x have equal y"
 * by more than `tolerance`, as evidence; null where it holds. NaN breaks it.
 */
export function orderBroken(
  x: Named,
  y: Named,
  tolerance: number,
  indices: readonly number[] = Array.from(toFloat64(x.tensor).keys()),
): string | null {
  const [from, to] = [toFloat64(x.tensor), toFloat64(y.tensor)];
  const sorted = indices.toSorted((i, j) => from[i]! - from[j]!);
  const pair = (a: number, b: number): string =>
    [a, b]
      .map((i) => {
        const [input, output] = [x, y].map(({ name, tensor }) => elementName(name, tensor.shape, i));
        return `${input} = ${numeral(from[i]!)} gives ${output} = ${numeral(to[i]!)}`;
      })
      .join(', but ');
  // Index of the greatest y so far, which no later one may fall below.
  let peak = sorted[0]!;
  for (let at = 1; at < sorted.length; at++) {
    const [before, here] = [sorted[at - 1]!, sorted[at]!];
    if (!(to[here]! >= to[peak]! - tolerance)) return pair(peak, here);
    if (from[before] === from[here] && !(Math.abs(to[before]! - to[here]!) <= tolerance))
      return pair(before, here);
    if (to[here]! > to[peak]!) peak = here;
  }
  return null;
}
