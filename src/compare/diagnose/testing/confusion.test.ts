import { expect, it } from 'vitest';
import { hypotheses, locators, wholeOnly } from '../registry.ts';
import { confusionMatrix } from './confusion.ts';
import { faultKinds } from './faults.ts';

it('finds the fault that was put in, in at least 95 % of 500 cases and more', () => {
  const { cases, accuracy, rows, confused, text } = confusionMatrix(2);
  expect(cases).toBeGreaterThanOrEqual(500);
  expect(accuracy, text).toBeGreaterThanOrEqual(0.95);
  // No single hypothesis may be missed mostly.
  for (const [fault, found] of Object.entries(rows)) {
    const total = Object.values(found).reduce((sum, n) => sum + n, 0);
    expect((found[fault] ?? 0) / total, `${fault}\n${text}`).toBeGreaterThanOrEqual(0.8);
  }
  expect(confused.length).toBe(cases - Math.round(accuracy * cases));
});

it('tries every registered hypothesis', () => {
  // Locators that name one group or several count twice; `unexplained` is none.
  const kinds = new Set(faultKinds.map(({ hypothesis }) => hypothesis));
  kinds.delete('unexplained');
  const several = [...kinds].filter((kind) => kind.startsWith('several-')).length;
  expect(kinds.size - several).toBe(hypotheses.length + wholeOnly.length + locators.length);
});
