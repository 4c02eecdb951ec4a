import {
  correlation,
  defineKernel,
  deriveTolerance,
  exact,
  inLsb,
  int8,
  matmulLaws,
  out,
  packed,
} from 'tilecheck';
import { matmul } from 'tilecheck/reference';
import { matmulMutants } from '../common/mutants.ts';

const shift = 9;

export const matmul16 = defineKernel({
  name: 'matmul_16x16',
  artifact: { dir: import.meta.dirname },
  args: [packed('ab', { a: int8(16, 16), b: int8(16, 16) }), out('c', int8(16, 16))],
  tile: [4, 4],
  model: ({ a, b }) => matmul.model({ a, b, shift }),
  ideal: ({ a, b }) => inLsb(matmul.ideal({ a, b }), { scale: 2 ** shift, saturateTo: 'int8' }),
  accept: {
    model: exact(),
    ideal: deriveTolerance({ op: 'matmul', output: 'half-even' }),
    random: correlation(0.999),
  },
  mutants: matmulMutants(shift),
  properties: matmulLaws('a', 'b', 'c', { shift }),
});
