import { memoryGroup } from '../../xclbin/index.ts';
import { argumentText } from '../evidence.ts';
import type { Evidence } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Low 16 bits: the bank; a scalar has none (FORMATS.md 1.6). */
const NO_BANK = 0xffff;
const DATA_FROM = 3;

/** FORMATS.md 7.1 K7. */
export const groupId: Rule = {
  id: 'TC026',
  name: 'group-id',
  severity: 'warning',
  summary: 'A data buffer was allocated with the group id of a scalar or of another argument.',
  check({ xclbin, call }) {
    const evidence = (call.buffers ?? []).flatMap(({ groupId: given }, index): Evidence[] => {
      if (given === undefined) return [];
      const bank = given & 0xffff;
      const text = `${argumentText(index)} was allocated with group id 0x${given.toString(16)}`;
      if (bank === NO_BANK) return [{ file: 'host call', text: `${text}, which is that of a scalar` }];
      const own = xclbin?.kernel && memoryGroup(xclbin.xclbin, xclbin.kernel.name, index + DATA_FROM);
      if (own === undefined || own === bank) return [];
      return [{ file: 'host call', text: `${text}: bank ${bank}, but the argument is connected to ${own}` }];
    });
    if (evidence.length === 0) return [];
    return [
      {
        title: 'buffers are allocated with the group id of another argument',
        evidence,
        fix: 'allocate each buffer with group_id(its own argument index): 1 for the instructions, 3 and up for data',
      },
    ];
  },
};
