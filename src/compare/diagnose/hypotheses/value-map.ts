import { type Hypothesis, tested } from '../claim.ts';
import { count } from '../text.ts';

/** The actual value depends on the expected one alone, by no simple rule. */
export const valueMap: Hypothesis = (mismatch) => {
  const { expected, actual, wrong, size, scale } = mismatch;
  if (wrong.length < 64) return null;
  const table = new Map<number, number>();
  let conflicts = 0;
  const sample = mismatch.sample(512);
  for (const i of sample) {
    const known = table.get(expected[i]!);
    if (known !== undefined && !mismatch.equal(known, actual[i]!)) conflicts++;
    table.set(expected[i]!, actual[i]!);
  }
  if (conflicts > sample.length / 16 || table.size > sample.length / 2) return null;
  const changed = new Set<number>();
  let last = Number.NaN;
  for (const i of wrong) {
    const e = expected[i]!;
    if (e === last || changed.has(e)) continue;
    last = e;
    changed.add(e);
    if (!table.has(e)) table.set(e, actual[i]!);
    if (changed.size > size / 8) return null;
  }
  return tested(
    {
      hypothesis: 'value-map',
      bits: 12 + changed.size * (1 + 2 * scale.valueBits),
      // Values that are never wrong map to themselves.
      predict: (i) => table.get(expected[i]!) ?? expected[i]!,
      text: `actual depends on expected alone (${count(changed.size)} different values are mapped wrongly): so it is`,
      hint: 'an elementwise function is wrong for some values: look at the lookup table (an entry off by one, the sign of its index), at the formula of the activation',
      share: 0.95,
    },
    mismatch,
  );
};
