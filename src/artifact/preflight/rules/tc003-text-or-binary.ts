import type { Rule } from '../rule.ts';

/** Host programs choose how to read the stream by its name; issue 4, section 3. */
export const textOrBinary: Rule = {
  id: 'TC003',
  name: 'text-or-binary',
  severity: 'warning',
  summary: 'The name of the instruction file says text and it holds binary words, or the reverse.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { name, problems, encoding } = instructions.stream;
    return problems
      .filter(({ code }) => code.startsWith('NAME_'))
      .map(({ message }) => ({
        title: 'the name of the instruction file belies its content',
        evidence: [{ file: name, offset: 0, text: message }],
        fix:
          encoding === 'text'
            ? 'name it .txt, or read its lines as hex words in the host program'
            : 'name it .bin, or read it as binary words in the host program',
      }));
  },
};
