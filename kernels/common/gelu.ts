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
import { geluMutants } from './mutants.ts';

const scale = 1 / 127;

/** GELU of n codes by table, code i standing for i / 127. */
export function geluKernel(dir: string, n: number) {
  return defineKernel({
    name: `gelu_${n}`,
    artifact: { dir },
    args: [input('x', int8(n)), out('y', int8(n))],
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
}
