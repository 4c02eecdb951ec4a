import { argumentText, atPush, rangeText } from '../evidence.ts';
import { type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 B5, first half. */
export const overlappingWrites: Rule = {
  id: 'TC034',
  name: 'overlapping-writes',
  severity: 'error',
  summary: 'Bytes of an output are written more than once.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { flow } = instructions;
    return flow.arguments.flatMap(({ argument, writes }): Finding[] => {
      if (writes === undefined) return [];
      const between = writes.overlaps.map(({ first, second, bytes, at }) => {
        const [a, b] = [flow.transfers[first]!, flow.transfers[second]!];
        const where = at === undefined ? `${bytes} bytes` : `${bytes} bytes, first ${rangeText(at)},`;
        return {
          ordered: a.completedBy !== undefined && a.completedBy < b.pushOperation,
          evidence: atPush(instructions, b, `writes ${where} that transfer ${first} writes too`),
        };
      });
      const within = writes.transfers
        .filter(({ touched, moved }) => touched.exact && moved > touched.bytes)
        .map(({ transfer, touched, moved }) => ({
          ordered: false,
          evidence: atPush(instructions, transfer, `writes ${moved} bytes to ${touched.bytes} places`),
        }));
      const found = [...between, ...within];
      if (found.length === 0) return [];
      return [
        {
          // A second pass after a wait for the first is defined, if hardly meant.
          severity: found.every(({ ordered }) => ordered) ? 'warning' : 'error',
          title: `${writes.repeated} bytes of ${argumentText(argument)} are written more than once`,
          evidence: listed(found.map(({ evidence }) => evidence)),
          fix: 'check offsets, sizes and strides of the output transfers',
        },
      ];
    });
  },
};
