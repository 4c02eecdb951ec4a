import { codesOf, dtypeInfo, type Tensor } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';

const MOST_ENTRIES = 8;

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

/** The value all elements share, or undefined. */
function constantOf(t: Tensor): number | undefined {
  const codes = codesOf(t);
  const [first] = codes;
  return codes.length > 1 && codes.every((code) => code === first)
    ? dtypeInfo(t.dtype).decode(first!)
    : undefined;
}

/**
 * An input in one line, such as `q[17, 3] = 1, k[0, 3] = 64; all else 0`: parts of one value by that value, of the others
 * their non-zero elements, the first eight in all.
 */
export function describeSmallest(inputs: Tensors): string {
  const entries: string[] = [];
  let more = 0;
  let anythingElse = false;
  for (const [name, t] of Object.entries(inputs)) {
    const constant = constantOf(t);
    if (constant !== undefined && constant !== 0) {
      entries.push(`all of ${name} = ${constant}`);
      continue;
    }
    const codes = codesOf(t);
    const { decode } = dtypeInfo(t.dtype);
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] === 0) anythingElse = true;
      else if (entries.length >= MOST_ENTRIES) more++;
      else {
        const at = t.shape.length === 0 ? name : `${name}[${indexOf(i, t.shape).join(', ')}]`;
        entries.push(`${at} = ${decode(codes[i]!)}`);
      }
    }
  }
  if (entries.length === 0) return 'all 0';
  return [
    entries.join(', '),
    ...(more > 0 ? [` and ${more} more`] : []),
    ...(anythingElse ? ['; all else 0'] : []),
  ].join('');
}
