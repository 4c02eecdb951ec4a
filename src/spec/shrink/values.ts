import { codesOf, dtypeInfo, type Tensor } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { edited } from './blocks.ts';

/** One element of one part, by its number in C order. */
export interface Element {
  readonly part: string;
  readonly index: number;
}

/**
 * `inputs` with the non-zero values (of one part, or of one element) replaced; null if that changes none. `change` gives
 * what the dtype holds.
 */
export function changed(
  inputs: Tensors,
  change: (value: number, t: Tensor) => number,
  only?: { readonly part: string; readonly index?: number },
): Tensors | null {
  const names = only === undefined ? Object.keys(inputs) : [only.part];
  const touched = new Set<string>();
  const result = edited(inputs, new Set(names), (part, codes) => {
    const t = inputs[part]!;
    const { decode, encode } = dtypeInfo(t.dtype);
    const old = codesOf(t);
    const [from, to] = only?.index === undefined ? [0, old.length] : [only.index, only.index + 1];
    for (let i = from; i < to; i++) {
      if (old[i] === 0) continue;
      const value = decode(old[i]!);
      const next = change(value, t);
      if (Object.is(next, value) || Number.isNaN(next)) continue;
      codes[i] = encode(next);
      touched.add(part);
    }
  });
  if (touched.size === 0) return null;
  // Parts that stay the same keep their storage.
  return Object.fromEntries(
    Object.entries(inputs).map(([part, t]) => [part, touched.has(part) ? result[part]! : t]),
  );
}

/** The elements that are not zero; null if there are more than `most`. */
export function elementsOf(inputs: Tensors, most: number): Element[] | null {
  const found: Element[] = [];
  for (const [part, t] of Object.entries(inputs)) {
    const codes = codesOf(t);
    for (let index = 0; index < codes.length; index++) {
      if (codes[index] === 0) continue;
      if (found.length === most) return null;
      found.push({ part, index });
    }
  }
  return found;
}

export function valueAt(inputs: Tensors, { part, index }: Element): number {
  const t = inputs[part]!;
  return dtypeInfo(t.dtype).decode(codesOf(t)[index]!);
}
