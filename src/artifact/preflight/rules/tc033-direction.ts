import { argumentText, atPush } from '../evidence.ts';
import type { Evidence, Finding } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 B4. */
export const direction: Rule = {
  id: 'TC033',
  name: 'direction',
  severity: 'error',
  summary: 'A declared output is never written, a declared input is never read or is overwritten.',
  check({ instructions, call }) {
    if (instructions === undefined) return [];
    const { flow, stream } = instructions;
    // Transfers without a known argument may be the ones that are missed; TC030 names them.
    if (flow.unattributed.length > 0) return [];
    return (call.buffers ?? []).flatMap(({ direction: declared }, argument): Finding[] => {
      if (declared === undefined) return [];
      const used = flow.arguments.find((each) => each.argument === argument);
      const evidence: Evidence[] = [];
      const file = stream.name;
      if (declared !== 'in' && used?.writes === undefined) {
        evidence.push({ file, text: 'no S2MM transfer writes it' });
      }
      if (declared !== 'out' && used?.reads === undefined) {
        evidence.push({ file, text: 'no MM2S transfer reads it' });
      }
      if (declared === 'in' && used?.writes !== undefined) {
        const [first] = used.writes.transfers;
        if (first !== undefined) evidence.push(atPush(instructions, first.transfer, 'writes it'));
      }
      if (evidence.length === 0) return [];
      return [
        {
          title: `${argumentText(argument)} is declared ${declared}, but the stream does not use it so`,
          evidence,
          fix: 'pass the buffers in the order of the runtime sequence, one for each of its arguments',
        },
      ];
    });
  },
};
