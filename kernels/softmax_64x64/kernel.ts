import {
  correlation,
  defineKernel,
  dequantize,
  deriveTolerance,
  exact,
  inLsb,
  input,
  int8,
  out,
  softmaxLaws,
} from 'tilecheck';
import { fixedExp, softmax } from 'tilecheck/reference';
import { fixedExpError } from '../common/exponential.ts';
import { softmaxMutants } from '../common/mutants.ts';

const scale = 1 / 8;
/** The usual int8 format of a probability: all 256 codes for [0, 1). */
const probability = { scale: 1 / 256, zeroPoint: -128, saturateTo: 'int8' } as const;

export const softmax64 = defineKernel({
  name: 'softmax_64x64',
  artifact: { dir: import.meta.dirname },
  args: [input('x', int8(64, 64)), out('p', int8(64, 64))],
  tile: [16, 16],
  model: ({ x }) => softmax.model({ x, exp: fixedExp(scale) }),
  ideal: ({ x }) => inLsb(softmax.ideal({ x: dequantize(x, { scale }) }), probability),
  accept: {
    model: exact(),
    ideal: deriveTolerance({
      op: 'softmax',
      output: 'half-away',
      columns: 64,
      exponential: fixedExpError,
      steps: 256,
    }),
    random: correlation(0.999),
  },
  mutants: softmaxMutants(scale),
  properties: softmaxLaws('x', 'p', { ...probability, inputScale: scale }),
});
