import { codesOf, dtypeInfo, type Tensor } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { changed, type Element, elementsOf, valueAt } from './values.ts';

/** Up to as many elements, clearing them one by one is all it takes. */
const FEW = 3;

const toEnd = (x: number, t: Tensor): number => {
  const { min, max } = dtypeInfo(t.dtype);
  return x < 0 ? min : max;
};
/** The greatest power of two that the dtype has of that sign. */
const toPower = (x: number, t: Tensor): number => {
  const { min, max } = dtypeInfo(t.dtype);
  return x < 0 ? min : (max + 1) / 2;
};
const toOne = (x: number): number => (Math.abs(x) > 1 ? Math.sign(x) : x);

/** The commonest value but zero; 0 where there is none. */
function commonest(t: Tensor): number {
  const counts = new Map<number, number>();
  for (const code of codesOf(t)) if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  let [best, most] = [0, 0];
  for (const [code, count] of counts) if (count > most) [best, most] = [code, count];
  return dtypeInfo(t.dtype).decode(best);
}

/** The non-zero element nearest to 0 (of one part, if named): the one least likely to be missed. */
function least(inputs: Tensors, part?: string): Element {
  const elements = elementsOf(part === undefined ? inputs : { [part]: inputs[part]! }, Infinity)!;
  return elements.reduce((a, b) => (Math.abs(valueAt(inputs, b)) < Math.abs(valueAt(inputs, a)) ? b : a));
}

/** Values as large as they get, and the least of them cleared, so that the candidate is smaller. */
function enlarged(inputs: Tensors, how: typeof toEnd, part?: string): Tensors | null {
  // A float is left alone: its ends are no values that a kernel promises anything of.
  const change = (x: number, t: Tensor): number => (dtypeInfo(t.dtype).integer ? how(x, t) : x);
  const larger = changed(inputs, change, part === undefined ? undefined : { part });
  return larger === null ? null : changed(larger, () => 0, least(inputs, part));
}

/** The commonest value of a part becomes 0, as softmax and layer norm allow. */
function centred(inputs: Tensors, part: string): Tensors | null {
  const t = inputs[part]!;
  const { integer, min, max } = dtypeInfo(t.dtype);
  const middle = commonest(t);
  if (!integer || middle === 0) return null;
  const moved = changed(inputs, (x) => Math.max(min, Math.min(max, x - middle)), { part });
  return moved;
}

/**
 * Changes all values at once where many are left, so that few of them can do what many did: sums of small values need
 * many terms, scores of large ones need many that cancel, and a row far below zero needs all of its elements.
 * `together`: tries the largest values in all parts before it goes part by part.
 *
 * Yields candidates; takes whether each still fails; returns the last that did.
 */
export function* wholesale(inputs: Tensors, together: boolean): Generator<Tensors, Tensors, boolean> {
  let current = inputs;
  if (elementsOf(inputs, FEW) !== null) return inputs;
  const large = Object.keys(inputs).filter((part) => elementsOf({ [part]: inputs[part]! }, 1) === null);
  for (const part of large) {
    const candidate = centred(current, part);
    if (candidate !== null && (yield candidate)) current = candidate;
  }
  const all = together ? enlarged(current, toEnd) : null;
  if (all !== null && (yield all)) return all;
  for (const part of large) {
    for (const change of together ? [toPower, toEnd, toOne] : [toPower, toOne]) {
      const candidate =
        change === toOne ? changed(current, toOne, { part }) : enlarged(current, change, part);
      if (candidate === null || !(yield candidate)) continue;
      if (!together) return candidate;
      current = candidate;
      break;
    }
  }
  return current;
}
