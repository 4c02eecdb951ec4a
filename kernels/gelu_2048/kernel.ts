import {
  defineKernel,
  dequantize,
  deriveTolerance,
  exact,
  geluLaws,
  inLsb,
  input,
  int8,
  out,
} from 'tilecheck';
import { gelu } from 'tilecheck/reference';
import { geluMutants } from '../common/mutants.ts';

const scale = 1 / 127;

export const gelu2048 = defineKernel({
  name: 'gelu_2048',
  artifact: { dir: import.meta.dirname },
  args: [input('x', int8(2048)), out('y', int8(2048))],
  tile: [64],
  elementwise: true,
  model: ({ x }) => gelu.model({ x, table: gelu.lut('tanh', scale) }),
  ideal: ({ x }) => inLsb(gelu.ideal({ x: dequantize(x, { scale }), form: 'erf' }), { scale }),
  accept: {
    model: exact(),
    ideal: deriveTolerance({ op: 'gelu', output: 'half-even', form: 4.8e-4, steps: 1 / scale }),
  },
  mutants: geluMutants(scale),
  properties: geluLaws('x', 'y', { scale }),
});
