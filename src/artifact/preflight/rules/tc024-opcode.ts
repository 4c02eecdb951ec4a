import type { Rule } from '../rule.ts';

/** FORMATS.md 1.7 and 7.1 K5. */
const OPCODES = { txn: 3, legacy: 1 } as const;

export const opcode: Rule = {
  id: 'TC024',
  name: 'opcode',
  severity: 'error',
  summary: 'The opcode of the call is not the one of this form of instruction stream.',
  check({ instructions, call }) {
    if (instructions === undefined || call.opcode === undefined) return [];
    const { form, name } = instructions.stream;
    const right = OPCODES[form];
    if (call.opcode === right) return [];
    return [
      {
        title: `the opcode must be ${right}, not ${call.opcode}`,
        evidence: [
          { file: name, offset: 0, text: `the stream has the ${form === 'txn' ? 'TXN' : 'legacy'} form` },
          { file: 'host call', text: `argument 0 is ${call.opcode}` },
        ],
        fix: `pass ${right} as the first argument`,
      },
    ];
  },
};
