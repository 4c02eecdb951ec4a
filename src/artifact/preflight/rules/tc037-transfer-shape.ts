import { atOperation, atPush } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 B7. Wraps, steps and repeats beyond their range cannot be written into the fields of 5.1. */
export const transferShape: Rule = {
  id: 'TC037',
  name: 'transfer-shape',
  severity: 'error',
  summary: 'A transfer has length 0, or an address, offset or register is not a multiple of 4 bytes.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { flow, stream } = instructions;
    const evidence: Evidence[] = [];
    for (const transfer of flow.transfers) {
      for (const { bd, fields } of transfer.parts) {
        if (fields.length === 0)
          evidence.push(atPush(instructions, transfer, `descriptor ${bd} has length 0`));
      }
    }
    for (const operation of stream.operations) {
      if ('argumentOffset' in operation && operation.argumentOffset % 4 !== 0) {
        const text = `offset ${operation.argumentOffset} of argument ${operation.argument} is no multiple of 4`;
        evidence.push(atOperation(instructions, operation.index, `${text}: the DMA drops the low bits`));
      }
      if ('address' in operation && operation.address % 4 !== 0) {
        const text = `register address 0x${operation.address.toString(16)} is no multiple of 4`;
        evidence.push(atOperation(instructions, operation.index, text));
      }
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'a transfer is not in whole words',
        evidence: listed(evidence),
        fix: 'the shim DMA moves 32-bit words: make offsets and sizes multiples of 4 bytes',
      },
    ];
  },
};
