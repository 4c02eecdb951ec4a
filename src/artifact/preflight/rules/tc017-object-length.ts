import type { Transfer } from '../../txn/index.ts';
import { atPush } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import { objectBytes, traceShimChannel } from '../route.ts';
import type { Rule } from '../rule.ts';

/** Bytes a transfer moves, all runs together. */
const movedBytes = ({ parts, runs }: Transfer): number =>
  4 * runs * parts.reduce((sum, { fields }) => sum + fields.length, 0);

/** FORMATS.md 7.1 R2. */
export const objectLength: Rule = {
  id: 'TC017',
  name: 'object-length',
  severity: 'error',
  summary: 'What is moved through a channel is no whole number of the objects at its far end.',
  check({ instructions, pdis }) {
    const [only, another] = pdis;
    // Which of several configurations is loaded is not told.
    if (instructions === undefined || only === undefined || another !== undefined) return [];
    const channels = new Map<string, Transfer[]>();
    for (const transfer of instructions.flow.transfers) {
      const key = `${transfer.column} ${transfer.direction}${transfer.channel}`;
      const known = channels.get(key);
      if (known === undefined) channels.set(key, [transfer]);
      else known.push(transfer);
    }
    const evidence: Evidence[] = [];
    for (const transfers of channels.values()) {
      const { column, direction, channel } = transfers[0]!;
      const trace = traceShimChannel(only.config, column, direction, channel);
      const bytes = trace.complete ? objectBytes(trace.end, direction) : undefined;
      if (!trace.complete || bytes === undefined) continue;
      const moved = transfers.reduce((sum, transfer) => sum + movedBytes(transfer), 0);
      if (moved % bytes === 0) continue;
      const { tile } = trace.end;
      const text = `ends a total of ${moved} bytes, but tile (${tile.column},${tile.row}) handles ${bytes} at a time`;
      evidence.push(atPush(instructions, transfers.at(-1)!, text));
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'a channel moves no whole number of objects',
        evidence: listed(evidence),
        fix: 'make the transfers a multiple of the object size; else the kernel hangs or data stays in the array for the next run',
      },
    ];
  },
};
