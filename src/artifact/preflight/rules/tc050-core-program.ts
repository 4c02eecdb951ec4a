import { programBytes } from '../../array/index.ts';
import { type Evidence, type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 M4. */
export const coreProgram: Rule = {
  id: 'TC050',
  name: 'core-program',
  severity: 'error',
  summary: 'A core is enabled without a program, or has a program and is never enabled.',
  check({ pdis }) {
    return pdis.flatMap(({ name, config }): Finding[] => {
      const evidence = config.tiles.flatMap((tile): Evidence[] => {
        if (tile.kind !== 'core') return [];
        const size = programBytes(tile);
        const enabled = tile.core?.enabled === true;
        if (enabled === size > 0) return [];
        const text = enabled
          ? 'is enabled without a program'
          : `has ${size} bytes of program and is not enabled`;
        return [{ file: name, text: `core (${tile.column},${tile.row}) ${text}` }];
      });
      if (evidence.length === 0) return [];
      return [
        {
          title: 'cores and programs do not go together',
          evidence: listed(evidence),
          fix: 'build the PDI from elfs, init and enable together, in this order',
        },
      ];
    });
  },
};
