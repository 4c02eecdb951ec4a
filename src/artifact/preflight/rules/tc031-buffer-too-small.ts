import { argumentText, atPush, touchedText } from '../evidence.ts';
import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 B2. */
export const bufferTooSmall: Rule = {
  id: 'TC031',
  name: 'buffer-too-small',
  severity: 'error',
  summary: 'A transfer reaches beyond the end of the host buffer.',
  check({ instructions, call }) {
    if (instructions === undefined) return [];
    return instructions.flow.arguments.flatMap(({ argument, reads, writes, requiredBytes }) => {
      const size = call.buffers?.[argument]?.bytes;
      if (size === undefined || requiredBytes <= size) return [];
      const beyond = [reads, writes]
        .flatMap((side) => side?.transfers ?? [])
        .filter(({ touched }) => touched.end > size);
      return [
        {
          title: `${argumentText(argument)} has ${size} bytes, but the transfers need ${requiredBytes}`,
          evidence: listed(
            beyond.map(({ transfer, touched }) =>
              atPush(
                instructions,
                transfer,
                `${transfer.direction === 'MM2S' ? 'reads' : 'writes'} ${touchedText(touched)}`,
              ),
            ),
          ),
          fix: `make the buffer ${requiredBytes} bytes, or build the kernel for the smaller size`,
        },
      ];
    });
  },
};
