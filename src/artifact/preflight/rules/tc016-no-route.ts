import { tileAt } from '../../array/index.ts';
import { atPush } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import { traceShimChannel } from '../route.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 R1. */
export const noRoute: Rule = {
  id: 'TC016',
  name: 'no-route',
  severity: 'error',
  summary: 'A transfer is pushed to a shim channel whose stream does not reach a started DMA channel.',
  check({ instructions, pdis }) {
    if (instructions === undefined || pdis.length === 0) return [];
    const evidence: Evidence[] = [];
    const seen = new Set<string>();
    for (const transfer of instructions.flow.transfers) {
      const { column, direction, channel } = transfer;
      const key = `${column} ${direction}${channel}`;
      // A column that is not configured at all is TC015's.
      const configured = pdis.filter(({ config }) => tileAt(config, column, 0) !== undefined);
      if (seen.has(key) || configured.length === 0) continue;
      seen.add(key);
      const traces = configured.map(({ config }) => traceShimChannel(config, column, direction, channel));
      const [first] = traces;
      if (first === undefined || first.complete || traces.some(({ complete }) => complete)) continue;
      evidence.push(atPush(instructions, transfer, `goes nowhere: ${first.where}`));
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'a transfer has no partner in the array and will hang',
        evidence: listed(evidence),
        fix: 'use the stream and the PDI of one build; check the routes with `tilecheck inspect`',
      },
    ];
  },
};
