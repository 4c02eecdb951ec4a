import type { Finding } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 F5. */
export const noInstructions: Rule = {
  id: 'TC004',
  name: 'no-instructions',
  severity: 'error',
  summary:
    'There is no instruction file, it holds no operation or starts no transfer, or the host passes none of it.',
  check({ artifacts, instructions, call }) {
    const findings: Finding[] = [];
    const fix = 'without instructions no data moves: pass the stream that was built together with the xclbin';
    if (artifacts.instructions === 'missing') {
      const file = artifacts.xclbin?.name ?? 'the kernel';
      findings.push({
        title: 'there is no instruction file',
        evidence: [{ file, text: 'no instruction stream belongs to it (insts.bin, insts.txt)' }],
        fix,
      });
    }
    if (instructions !== undefined) {
      const { stream, flow } = instructions;
      const whole = stream.restOffset === stream.bytes.length;
      const text = stream.operations.length === 0 ? 'it has no operation' : 'it starts no transfer';
      if (whole && flow.transfers.length === 0) {
        findings.push({
          // Operations that only configure the array are lawful, if hardly what a kernel is.
          severity: stream.operations.length === 0 ? 'error' : 'warning',
          title: 'the instruction stream moves no data',
          evidence: [{ file: stream.name, offset: 0, text }],
          fix,
        });
      }
    }
    if (call.instructionCount === 0) {
      findings.push({
        title: 'the host passes an instruction count of 0',
        evidence: [{ file: 'host call', text: 'the third argument (ninstr) is 0' }],
        fix,
      });
    }
    return findings;
  },
};
