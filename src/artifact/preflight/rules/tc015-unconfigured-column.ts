import { tileAt } from '../../array/index.ts';
import { atPush } from '../evidence.ts';
import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 G3. */
export const unconfiguredColumn: Rule = {
  id: 'TC015',
  name: 'unconfigured-column',
  severity: 'error',
  summary: 'The instruction stream moves data through a column whose shim tile no PDI configures.',
  check({ instructions, pdis }) {
    if (instructions === undefined || pdis.length === 0) return [];
    const lost = instructions.flow.transfers.filter(({ column }) =>
      pdis.every(({ config }) => tileAt(config, column, 0) === undefined),
    );
    if (lost.length === 0) return [];
    return [
      {
        title: 'the stream uses a column that the PDI never configures',
        evidence: listed(
          lost.map((transfer) =>
            atPush(instructions, transfer, `has no route: ${pdis[0]!.name} writes nothing to its shim tile`),
          ),
        ),
        fix: 'use the stream and the PDI of one build',
      },
    ];
  },
};
