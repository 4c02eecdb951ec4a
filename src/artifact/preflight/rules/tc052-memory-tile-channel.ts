import { type Evidence, type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Even channels of a memory tile use descriptors 0 to 23, odd ones 24 to 47 (FORMATS.md 6.3). */
const HALF = 24;

/** FORMATS.md 7.1 L2. */
export const memoryTileChannel: Rule = {
  id: 'TC052',
  name: 'memory-tile-channel',
  severity: 'error',
  summary: 'A DMA channel of a memory tile is given a descriptor that it cannot reach.',
  check({ pdis }) {
    return pdis.flatMap(({ name, config }): Finding[] => {
      const evidence = config.tiles.flatMap(({ kind, column, row, channels }): Evidence[] =>
        kind !== 'memory'
          ? []
          : channels.flatMap(({ direction, channel, queue }) =>
              queue
                .filter(({ bd }) => bd >= HALF !== (channel % 2 === 1))
                .map(({ bd }) => ({
                  file: name,
                  text: `${direction}${channel} of tile (${column},${row}) starts descriptor ${bd}`,
                })),
            ),
      );
      if (evidence.length === 0) return [];
      return [
        {
          title: 'a memory tile channel starts a descriptor of the other half',
          evidence: listed(evidence),
          fix: 'even channels take descriptors 0 to 23, odd channels 24 to 47',
        },
      ];
    });
  },
};
