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

const shift = 10;

export const matmul64 = defineKernel({
  name: 'matmul_64x64',
  artifact: { dir: import.meta.dirname },
  args: [packed('ab', { a: int8(64, 64), b: int8(64, 64) }), out('c', int8(64, 64))],
  tile: [16, 16],
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
