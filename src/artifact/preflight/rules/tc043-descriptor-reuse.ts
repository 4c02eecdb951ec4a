import type { Transfer } from '../../txn/index.ts';
import { atOperation } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/**
 * For each transfer, the earliest wait that completes it or an output of its column pushed later: real designs conclude
 * from such an output that the inputs before it are done (FORMATS.md 7.1 W4).
 */
function believedDone(transfers: readonly Transfer[]): number[] {
  const done = new Array<number>(transfers.length);
  const outputs = new Map<number, number>();
  for (let index = transfers.length - 1; index >= 0; index -= 1) {
    const { column, direction, completedBy = Number.POSITIVE_INFINITY } = transfers[index]!;
    const later = outputs.get(column) ?? Number.POSITIVE_INFINITY;
    done[index] = Math.min(completedBy, later);
    if (direction === 'S2MM') outputs.set(column, done[index]!);
  }
  return done;
}

/** FORMATS.md 7.1 W4. */
export const descriptorReuse: Rule = {
  id: 'TC043',
  name: 'descriptor-reuse',
  severity: 'warning',
  summary: 'A buffer descriptor is written again while the transfer that uses it may still run.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { transfers } = instructions.flow;
    const done = believedDone(transfers);
    const evidence: Evidence[] = [];
    const users = new Map<string, { index: number; written: number }>();
    for (const { index, column, parts } of transfers) {
      for (const { bd, bdOperation, patchOperation } of parts) {
        const key = `${column} ${bd}`;
        const written = Math.max(bdOperation, patchOperation ?? bdOperation);
        const before = users.get(key);
        if (before !== undefined && before.written !== written && done[before.index]! > written) {
          const text = `descriptor ${bd} of column ${column} is written again; transfer ${before.index} may still use it`;
          evidence.push(atOperation(instructions, bdOperation, text));
        }
        users.set(key, { index, written });
      }
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'a buffer descriptor is reused too early',
        evidence: listed(evidence),
        fix: 'use another of the 16 descriptors, or wait for the transfer before its descriptor is written again',
      },
    ];
  },
};
