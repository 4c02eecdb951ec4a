import { defineKernel, dequantize, derivedLsb, exact, inLsb, input, int8, out } from 'tilecheck';
import { gelu } from 'tilecheck/reference';

const scale = 1 / 127;

export const gelu2048 = defineKernel({
  name: 'gelu_2048',
  artifact: { dir: import.meta.dirname },
  args: [input('x', int8(2048)), out('y', int8(2048))],
  tile: [64],
  model: ({ x }) => gelu.model({ x, table: gelu.lut('tanh', scale) }),
  ideal: ({ x }) => inLsb(gelu.ideal({ x: dequantize(x, { scale }), form: 'erf' }), { scale }),
  accept: {
    model: exact(),
    ideal: derivedLsb({
      'table rounding': 0.5,
      'tanh form for erf: 4.8e-4 * 127': 0.061,
    }),
  },
});
