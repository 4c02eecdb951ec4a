import { atOperation } from '../evidence.ts';
import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 W5. */
export const serialColumns: Rule = {
  id: 'TC044',
  name: 'serial-columns',
  severity: 'info',
  summary: 'Each column is waited for before the next one is started: the columns run one after the other.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { transfers, waits } = instructions.flow;
    const columns = new Map<number, { first: number; last: number }>();
    for (const { column, pushOperation, completedBy } of transfers) {
      const span = columns.get(column);
      const end = Math.max(pushOperation, completedBy ?? pushOperation);
      if (span === undefined) columns.set(column, { first: pushOperation, last: end });
      else span.last = Math.max(span.last, end);
    }
    const spans = [...columns.values()].sort((a, b) => a.first - b.first);
    const between = spans.slice(1).map(({ first }, index) => {
      const previous = spans[index]!;
      return previous.last < first ? waits.find(({ operation }) => operation === previous.last) : undefined;
    });
    if (between.length === 0 || between.some((wait) => wait === undefined)) return [];
    return [
      {
        title: `the ${spans.length} columns run one after the other`,
        evidence: listed(
          between.flatMap((wait) =>
            wait === undefined
              ? []
              : [
                  atOperation(
                    instructions,
                    wait.operation,
                    `waits for column ${wait.column} before the next column is started`,
                  ),
                ],
          ),
        ),
        fix: 'push the transfers of all columns first, then wait for all outputs',
      },
    ];
  },
};
