import { dtypeInfo, type Tensor } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { changed, type Element, elementsOf, valueAt } from './values.ts';

/** Elements whose magnitudes are shrunk one by one; more are shrunk together only. */
const MOST_ELEMENTS = 16;
/** Halvings of the search for the least magnitude between two powers of two. */
const HALVINGS = 6;

/** The greatest power of two up to |x|, with the sign of x; x not zero. */
function powerBelow(x: number): number {
  if (!Number.isFinite(x)) return x;
  let exponent = Math.floor(Math.log2(Math.abs(x)));
  if (2 ** exponent > Math.abs(x)) exponent--; // the logarithm may round up
  return Math.sign(x) * 2 ** exponent;
}

const toOne = (x: number): number => (Math.abs(x) > 1 ? Math.sign(x) : x);
const finite = (x: number, t: Tensor): number => {
  if (Number.isNaN(x)) return dtypeInfo(t.dtype).max;
  return Number.isFinite(x) ? x : Math.sign(x) * dtypeInfo(t.dtype).max;
};
/** -128 has no positive in int8. */
const positive = (x: number, t: Tensor): number => (x < 0 && -x <= dtypeInfo(t.dtype).max ? -x : x);

/**
 * Brings magnitudes nearer to 0: all at once to 1, to powers of two, to positive; then, where few are left, each to the
 * least power of two that still fails, or the least value above one that does not.
 *
 * Yields candidates; takes whether each still fails; returns the last that did.
 */
export function* magnitudes(inputs: Tensors): Generator<Tensors, Tensors, boolean> {
  let current = inputs;
  for (const change of [finite, toOne, powerBelow, positive]) {
    const candidate = changed(current, change);
    if (candidate !== null && (yield candidate)) current = candidate;
  }
  const elements = elementsOf(current, MOST_ELEMENTS);
  if (elements === null) return current;
  for (const element of elements) {
    current = yield* leastPower(current, element);
    const candidate = changed(current, positive, element);
    if (candidate !== null && (yield candidate)) current = candidate;
  }
  return current;
}

function* leastPower(inputs: Tensors, element: Element): Generator<Tensors, Tensors, boolean> {
  let current = inputs;
  const value = valueAt(inputs, element);
  if (!Number.isFinite(value) || value === 0) return current;
  const sign = Math.sign(value);
  const top = Math.abs(powerBelow(value));
  // Exponents from 0; a fraction has but the power of two below itself.
  const exponents = top >= 1 ? Math.log2(top) : 0;
  const powerOf = (exponent: number): number => (top >= 1 ? 2 ** exponent : top);
  let fails: number | null = null;
  let holds = -1;
  if (Math.abs(value) === top) {
    fails = exponents;
  } else {
    const candidate = changed(current, () => sign * top, element)!;
    if (yield candidate) {
      current = candidate;
      fails = exponents;
    }
  }
  if (fails === null) return yield* leastAbove(current, element, top);
  for (let at = 0; fails - holds > 1; at = (holds + fails) >> 1) {
    const candidate: Tensors = changed(current, () => sign * powerOf(at), element)!;
    if (yield candidate) {
      current = candidate;
      fails = at;
    } else {
      holds = at;
    }
  }
  return current;
}

/** Halves the distance to `holds`, a magnitude below that does not fail, as far as the dtype has values between. */
function* leastAbove(inputs: Tensors, element: Element, holds: number): Generator<Tensors, Tensors, boolean> {
  let current = inputs;
  const { integer, encode, decode } = dtypeInfo(inputs[element.part]!.dtype);
  const sign = Math.sign(valueAt(inputs, element));
  let low = holds;
  let high = Math.abs(valueAt(inputs, element));
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    const next = integer ? Math.floor(middle) : decode(encode(middle));
    if (next <= low || next >= high) break;
    const candidate = changed(current, () => sign * next, element)!;
    if (yield candidate) {
      current = candidate;
      high = next;
    } else {
      low = next;
    }
  }
  return current;
}
