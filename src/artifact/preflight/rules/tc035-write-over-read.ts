import { intersection } from '../../dataflow/index.ts';
import { argumentText, atPush, rangeText } from '../evidence.ts';
import { type Evidence, type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Pairs looked at for one argument: bounds the time whatever the stream says. */
const PAIRS = 4096;

/** FORMATS.md 7.1 B5, second half. A warning, because a kernel may well compute in place, element by element. */
export const writeOverRead: Rule = {
  id: 'TC035',
  name: 'write-over-read',
  severity: 'warning',
  summary: 'Bytes are written while a transfer that reads them may still run.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    return instructions.flow.arguments.flatMap(({ argument, reads, writes }): Finding[] => {
      if (reads === undefined || writes === undefined) return [];
      const evidence: Evidence[] = [];
      let pairs = 0;
      for (const read of reads.transfers) {
        for (const write of writes.transfers) {
          pairs += 1;
          if (pairs > PAIRS) break;
          const [earlier, later] = read.transfer.index < write.transfer.index ? [read, write] : [write, read];
          if ((earlier.transfer.completedBy ?? Number.POSITIVE_INFINITY) < later.transfer.pushOperation)
            continue;
          const [common] = intersection(read.touched, write.touched);
          if (common === undefined) continue;
          const text = `writes ${rangeText(common)}, which transfer ${read.transfer.index} reads`;
          evidence.push(atPush(instructions, write.transfer, text));
        }
      }
      if (evidence.length === 0) return [];
      return [
        {
          title: `${argumentText(argument)} is read and written at once`,
          evidence: listed(evidence),
          fix: 'write to another buffer, or wait for the read before the write is pushed',
        },
      ];
    });
  },
};
