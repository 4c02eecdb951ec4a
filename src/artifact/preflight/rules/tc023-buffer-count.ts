import { argumentText } from '../evidence.ts';
import type { Evidence } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** On npu1 the direct execute payload has 19 words: a register map of at most 76 bytes (FORMATS.md 1.7). */
const MOST_BUFFERS = 7;
const NPU1 = 3;
/** Opcode, instructions and their count come before the data buffers. */
const DATA_FROM = 3;

/** FORMATS.md 7.1 K4. */
export const bufferCount: Rule = {
  id: 'TC023',
  name: 'buffer-count',
  severity: 'error',
  summary:
    'The instruction stream uses more data buffers than the xclbin declares, the host passes, or a call can hold.',
  check({ instructions, xclbin, call, device }) {
    const last = instructions?.flow.arguments.at(-1)?.argument;
    const used = last === undefined ? 0 : last + 1;
    const passed = call.bufferCount ?? 0;
    const evidence: Evidence[] = [];
    const who =
      used >= passed && instructions !== undefined
        ? { file: instructions.stream.name, text: `the stream uses ${argumentText(used - 1)}` }
        : { file: 'host call', text: `the call passes ${passed} buffers` };
    const most = Math.max(used, passed);
    const declared = xclbin?.kernel?.args.filter(
      ({ qualifier, id }, position) => qualifier === 'GLOBAL' && (id ?? position) >= DATA_FROM,
    ).length;
    if (xclbin !== undefined && declared !== undefined && most > declared) {
      evidence.push(who, { file: xclbin.name, text: `the kernel declares ${declared} data buffers` });
    }
    if (call.bufferCount !== undefined && used > call.bufferCount) {
      evidence.push(who, { file: 'host call', text: `the call passes ${call.bufferCount} data buffers` });
    }
    const generation = device?.generation ?? instructions?.stream.header?.generation ?? NPU1;
    if (most > MOST_BUFFERS && generation === NPU1) {
      evidence.push(who, {
        file: who.file,
        text: `a call on npu1 holds at most ${MOST_BUFFERS} data buffers`,
      });
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'there are more data buffers than the call can take',
        evidence: [...new Set(evidence)],
        fix: 'declare every buffer in kernels.json and pass it, or pack several into one',
      },
    ];
  },
};
