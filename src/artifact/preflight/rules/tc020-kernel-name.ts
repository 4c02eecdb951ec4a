import { distance } from 'fastest-levenshtein';
import { kernelPart } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 K1. */
export const kernelName: Rule = {
  id: 'TC020',
  name: 'kernel-name',
  severity: 'error',
  summary: 'The kernel the host asks for is not in the xclbin, or the xclbin has no kernel.',
  check({ xclbin, call }) {
    if (xclbin === undefined) return [];
    const { kernels = [] } = xclbin.xclbin;
    if (kernels.length === 0) {
      return [
        {
          title: 'the xclbin has no kernel',
          evidence: [{ file: xclbin.name, text: 'EMBEDDED_METADATA is absent or names none' }],
          fix: 'build the xclbin with --add-kernel kernels.json',
        },
      ];
    }
    if (call.kernel === undefined || xclbin.kernel !== undefined) return [];
    const wanted = kernelPart(call.kernel);
    const names = kernels
      .map(({ name }) => name)
      .sort((a, b) => distance(a, wanted) - distance(b, wanted))
      .slice(0, 5);
    return [
      {
        title: `the xclbin has no kernel '${wanted}'`,
        evidence: [{ file: xclbin.name, text: `EMBEDDED_METADATA names ${names.join(', ')}` }],
        fix: `ask for '${names[0]}'`,
      },
    ];
  },
};
