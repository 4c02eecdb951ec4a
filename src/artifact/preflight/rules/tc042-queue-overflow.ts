import type { Transfer } from '../../txn/index.ts';
import { atPush } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Tasks a channel's queue holds (FORMATS.md 5.2). */
const QUEUE_DEPTH = 4;

/** FORMATS.md 7.1 W3. */
export const queueOverflow: Rule = {
  id: 'TC042',
  name: 'queue-overflow',
  severity: 'warning',
  summary: 'More tasks are pushed to a channel than its queue holds, without a wait in between.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { transfers, waits } = instructions.flow;
    const evidence: Evidence[] = [];
    const pushed = new Map<string, number>();
    let nextWait = 0;
    for (const transfer of transfers) {
      // Any wait shows that the array has moved on; which inputs are done is not known, so that all are forgiven.
      for (
        ;
        (waits[nextWait]?.operation ?? Number.POSITIVE_INFINITY) < transfer.pushOperation;
        nextWait += 1
      ) {
        pushed.clear();
      }
      const key = channelKey(transfer);
      const count = (pushed.get(key) ?? 0) + 1;
      pushed.set(key, count);
      if (count === QUEUE_DEPTH + 1) {
        evidence.push(atPush(instructions, transfer, `is push ${count} of its channel without a wait`));
      }
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: `a channel is given more than the ${QUEUE_DEPTH} tasks that its queue holds`,
        evidence: listed(evidence),
        fix: 'wait for an output after every 4 pushes of a channel, or join transfers by more dimensions or repeats',
      },
    ];
  },
};

const channelKey = ({ column, direction, channel }: Transfer): string => `${column} ${direction}${channel}`;
