import { type ArgumentFlow, gaps, type Interval, mergeIntervals } from '../../dataflow/index.ts';
import { argumentText, rangeText } from '../evidence.ts';
import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** The bytes neither read nor written. */
function untouched({ reads, writes }: ArgumentFlow, size: number): Interval[] {
  const [a, b] = [reads?.touched, writes?.touched];
  if (a === undefined || b === undefined) return gaps(a ?? b, size);
  const either = {
    ...a,
    end: Math.max(a.end, b.end),
    intervals: mergeIntervals([...a.intervals, ...b.intervals]),
    complete: a.complete && b.complete,
  };
  return gaps(either, size);
}

/** FORMATS.md 7.1 B3, and 7.2 A for how well it tells failures. */
export const untouchedBytes: Rule = {
  id: 'TC032',
  name: 'untouched-bytes',
  severity: 'warning',
  summary: 'The host buffer is larger than what the transfers touch, or they leave gaps in it.',
  check({ instructions, call }) {
    if (instructions === undefined) return [];
    return instructions.flow.arguments.flatMap((flow) => {
      const { argument, writes, requiredBytes } = flow;
      const size = call.buffers?.[argument]?.bytes;
      // Without a size only gaps between the bytes of an output can be told.
      if (size === undefined && writes === undefined) return [];
      const missing = untouched(flow, size ?? requiredBytes);
      if (missing.length === 0) return [];
      const bytes = missing.reduce((sum, { start, end }) => sum + end - start, 0);
      const verb = flow.direction === 'in' ? 'read' : flow.direction === 'out' ? 'written' : 'touched';
      const of = size === undefined ? `${requiredBytes} bytes up to the last one written` : `${size} bytes`;
      const file = instructions.stream.name;
      return [
        {
          title: `${bytes} of the ${of} of ${argumentText(argument)} are never ${verb}`,
          evidence: listed(missing.map((gap) => ({ file, text: `${rangeText(gap)} are never ${verb}` }))),
          fix: 'give host program and kernel the same sizes; padded dimensions count too',
        },
      ];
    });
  },
};
