import { ValueError } from '../../errors.ts';
import type { Acceptance } from '../acceptance.ts';
import { show } from '../numbers.ts';
import { lsb } from './elementwise.ts';

/**
 * The LSB tolerance that pays for a list of roundings: `lsb(ceil(sum))`, whose `because` names each of them.
 *
 * If |actual - ideal| <= s in LSBs of the output, then the whole number |actual - round(ideal)| is at most
 * floor(s + 1/2) <= ceil(s), so judging against the rounded ideal never needs more. Throws {@link ValueError} for an
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
  // 0.1 + 0.2 + 0.7 may come out a hair above 1 in float64.
  return lsb(Math.ceil(sum - 1e-9), `${paid} = ${show(sum)} LSB`);
}
