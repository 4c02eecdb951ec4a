import type { Rule } from '../rule.ts';

type Kind = 'scalar' | 'buffer';

const HOST = 'host call';

/** Opcode, instruction buffer, instruction count, then buffers (FORMATS.md 1.4), where no xclbin says otherwise. */
const conventional = (index: number): Kind => (index === 0 || index === 2 ? 'scalar' : 'buffer');

/** FORMATS.md 7.1 K3. */
export const callArguments: Rule = {
  id: 'TC022',
  name: 'call-arguments',
  severity: 'error',
  summary: 'The host passes a buffer where the kernel takes a scalar, or the reverse.',
  check({ xclbin, call }) {
    const passed = call.arguments;
    if (passed === undefined) return [];
    const declared = xclbin?.kernel?.args;
    const evidence = passed.flatMap((kind, index) => {
      const argument = declared?.find(({ id }, position) => (id ?? position) === index);
      if (declared !== undefined && argument === undefined) {
        return [{ file: HOST, text: `argument ${index} is a ${kind}, but the kernel has no such argument` }];
      }
      const takes: Kind =
        argument === undefined ? conventional(index) : argument.qualifier === 'SCALAR' ? 'scalar' : 'buffer';
      if (takes === kind) return [];
      const name = argument === undefined ? '' : ` (${argument.name})`;
      return [{ file: HOST, text: `argument ${index}${name} takes a ${takes}, but a ${kind} is passed` }];
    });
    if (passed.length < 4) {
      evidence.push({ file: HOST, text: `${passed.length} arguments; the first data buffer is argument 3` });
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'the arguments of the call are not in their places',
        evidence,
        fix: 'call kernel(3, instruction buffer, instruction count, data buffers...)',
      },
    ];
  },
};
