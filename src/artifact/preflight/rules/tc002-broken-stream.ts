import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 F4. */
export const brokenStream: Rule = {
  id: 'TC002',
  name: 'broken-stream',
  severity: 'error',
  summary:
    'The header of the instruction stream and its operations do not agree, or the stream is cut short.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { name, problems, bytes, restOffset } = instructions.stream;
    const evidence = (of: typeof problems) =>
      listed(of.map(({ offset, message }) => ({ file: name, offset, text: message })));
    const unknown = problems.filter(({ code }) => code === 'UNKNOWN_OPCODE');
    const broken = problems.filter(
      ({ code }) => code !== 'UNKNOWN_OPCODE' && code !== 'GENERATION' && !code.startsWith('NAME_'),
    );
    return [
      ...(broken.length === 0
        ? []
        : [
            {
              title: 'the instruction stream is not whole',
              evidence: evidence(broken),
              fix: 'build the stream again; if it was copied, compare the sizes',
            },
          ]),
      ...(unknown.length === 0
        ? []
        : [
            {
              severity: 'warning' as const,
              title: 'the stream has operations that tilecheck does not know',
              evidence: evidence(unknown),
              fix:
                restOffset < bytes.length
                  ? `what stands from byte ${restOffset} on is not checked; check it by hand`
                  : 'what these operations do is not checked; check it by hand',
            },
          ]),
    ];
  },
};
