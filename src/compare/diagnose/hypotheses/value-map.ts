import { type Hypothesis, tested } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { count } from '../text.ts';

/** Tables of more values explain nothing. */
const MAX_RANGE = 2 ** 16;

/** The actual value depends on the expected one alone, by no simple rule. */
export const valueMap: Hypothesis = (mismatch) => {
  const { expected, actual, wrong, size, scale, integer } = mismatch;
  const { least, greatest } = scale;
  if (!integer || wrong.length < 64 || greatest - least >= MAX_RANGE || !consistent(mismatch)) return null;
  // Values that are never wrong map to themselves.
  const table = Float64Array.from({ length: greatest - least + 1 }, (_, k) => k + least);
  const seen = new Uint8Array(table.length);
  let changed = 0;
  for (const i of wrong) {
    const entry = expected[i]! - least;
    if (seen[entry] === 1) continue;
    seen[entry] = 1;
    table[entry] = actual[i]!;
    changed++;
  }
  if (changed > size / 8) return null;
  return tested(
    {
      hypothesis: 'value-map',
      bits: 12 + changed * (1 + 2 * scale.valueBits),
      predict: (i) => table[expected[i]! - least]!,
      text: `actual depends on expected alone (${count(changed)} different values are mapped wrongly): so it is`,
      hint: 'an elementwise function is wrong for some values: look at the lookup table (an entry off by one, the sign of its index), at the formula of the activation',
      share: 0.95,
    },
    mismatch,
  );
};

/** Whether wrong elements of one expected value have one actual value, as far as a sample shows. */
function consistent(mismatch: Mismatch): boolean {
  const { expected, actual } = mismatch;
  const table = new Map<number, number>();
  let conflicts = 0;
  const sample = mismatch.sample(512);
  for (const i of sample) {
    const known = table.get(expected[i]!);
    if (known !== undefined && !mismatch.equal(known, actual[i]!)) conflicts++;
    table.set(expected[i]!, actual[i]!);
  }
  return conflicts <= sample.length / 16 && table.size <= sample.length / 2;
}
