import type { Finding } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 1.7 (ninstr) and 7.1 K6. */
export const instructionCount: Rule = {
  id: 'TC025',
  name: 'instruction-count',
  severity: 'error',
  summary: 'The instruction count of the call is not the number of 32-bit words of the stream.',
  check({ instructions, call }) {
    const count = call.instructionCount;
    // 0 is what TC004 reports.
    if (instructions === undefined || count === undefined || count === 0) return [];
    const { bytes, operations, name } = instructions.stream;
    const words = Math.ceil(bytes.length / 4);
    if (count === words) return [];
    const looks = [
      [bytes.length, 'the number of bytes'],
      [operations.length, 'the number of operations'],
      [Math.floor(words / 4), 'the number of words divided by 4 once more'],
    ] as const;
    const guess = looks.find(([value]) => value === count)?.[1];
    const finding: Finding = {
      title: `the instruction count is ${count}, but the stream has ${words} words`,
      evidence: [
        { file: name, text: `${bytes.length} bytes, ${words} words, ${operations.length} operations` },
        {
          file: 'host call',
          text: guess === undefined ? `argument 2 is ${count}` : `argument 2 is ${guess}: ${count}`,
        },
      ],
      fix: `pass ${words} as the third argument`,
    };
    // Newer host code passes bytes, and a TXN stream carries its own size.
    return [count === bytes.length ? { ...finding, severity: 'warning' } : finding];
  },
};
