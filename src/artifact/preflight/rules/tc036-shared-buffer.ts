import { type ArgumentFlow, intersection } from '../../dataflow/index.ts';
import { argumentText, rangeText } from '../evidence.ts';
import type { Finding } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 B6. */
export const sharedBuffer: Rule = {
  id: 'TC036',
  name: 'shared-buffer',
  severity: 'warning',
  summary: 'One buffer object is passed for two arguments, and what one writes the other touches.',
  check({ instructions, call }) {
    if (instructions === undefined || call.buffers === undefined) return [];
    const { flow, stream } = instructions;
    const byObject = new Map<string, ArgumentFlow[]>();
    for (const [argument, { object }] of call.buffers.entries()) {
      const used = flow.arguments.find((each) => each.argument === argument);
      if (object === undefined || used === undefined) continue;
      byObject.set(object, [...(byObject.get(object) ?? []), used]);
    }
    const findings: Finding[] = [];
    for (const [object, users] of byObject) {
      for (const writer of users) {
        for (const other of users) {
          // Two writers are one pair.
          if (other === writer || (other.writes !== undefined && other.argument < writer.argument)) continue;
          const sides = [other.reads, other.writes].filter((side) => side !== undefined);
          const common =
            writer.writes && sides.flatMap((side) => intersection(writer.writes!.touched, side.touched))[0];
          if (common === undefined) continue;
          findings.push({
            title: `${object} is passed as ${argumentText(writer.argument)} and as ${argumentText(other.argument)}`,
            evidence: [{ file: stream.name, text: `both touch ${rangeText(common)}, one of them writing` }],
            fix: 'pass a buffer of its own for each argument',
          });
        }
      }
    }
    return findings;
  },
};
