import { ValueError } from '../../errors.ts';
import type { Acceptance } from '../acceptance.ts';
import { show } from '../numbers.ts';
import { lsb } from './elementwise.ts';

/**
 * The LSB tolerance that pays for a list of roundings, each given as the most it moves the actual output away from the
 * unrounded ideal, in LSBs: with |actual - ideal| <= s, the whole number |actual - round(ideal)| is at most
 * floor(s + 1/2). The result is `lsb` of that, and its `because` names each rounding. Throws {@link ValueError} for an
 * empty budget or an entry that is not a finite number of at least 0.
 */
export function derivedLsb(budget: Readonly<Record<string, number>>): Acceptance {
  const entries = Object.entries(budget);
  if (entries.length === 0) throw new ValueError('empty rounding budget', 'name what the tolerance pays for');
  for (const [name, cost] of entries) {
    if (!(Number.isFinite(cost) && cost >= 0)) {
      throw new ValueError(`rounding '${name}' costs ${cost} LSB`, 'a cost is a finite number, at least 0');
    }
  }
  const sum = entries.reduce((total, [, cost]) => total + cost, 0);
  const paid = entries.map(([name, cost]) => `${name} ${show(cost)}`).join(' + ');
  // 0.1 + 0.2 + 0.2 may come out a hair below 1/2 in float64.
  return lsb(Math.floor(sum + 0.5 + 1e-9), `${paid} = ${show(sum)} LSB`);
}
