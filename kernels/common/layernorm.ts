import {
  correlation,
  defineKernel,
  dequantize,
  deriveTolerance,
  exact,
  inLsb,
  int8,
  layernormLaws,
  out,
  packed,
} from 'tilecheck';
import { layernorm } from 'tilecheck/reference';
import { layernormMutants } from './mutants.ts';
import { offCentre } from './off-centre.ts';

/** x and beta from -4 to 4, gamma from -2 to 2, y from -8 to 8. */
const scale = { x: 1 / 32, gamma: 1 / 64, beta: 1 / 32, y: 1 / 16 };
/** A 64th of a squared step of x: 2^-16 = 1.53e-5. */
const epsilonInSteps = 1 / 64;

/** LayerNorm of one row of n codes with gamma and beta. */
export function layernormKernel(dir: string, n: number) {
  return defineKernel({
    name: `layernorm_${n}`,
    artifact: { dir },
    args: [packed('xgb', { x: int8(n), gamma: int8(n), beta: int8(n) }), out('y', int8(n))],
    tile: [32],
    model: ({ x, gamma, beta }) => layernorm.model({ x, gamma, beta, epsilon: epsilonInSteps }),
    ideal: ({ x, gamma, beta }) =>
      inLsb(
        layernorm.ideal({
          x: dequantize(x, { scale: scale.x }),
          gamma: dequantize(gamma, { scale: scale.gamma }),
          beta: dequantize(beta, { scale: scale.beta }),
          epsilon: epsilonInSteps * scale.x ** 2,
        }),
        { scale: scale.y, saturateTo: 'int8' },
      ),
    accept: {
      model: exact(),
      // |gamma * normalised| / 4 <= 128 + 64 where y, with beta / 2, does not saturate.
      ideal: deriveTolerance({ op: 'layernorm', output: 'half-away', rootBits: 15, term: 192 }),
      random: correlation(0.999),
    },
    fixtures: [{ name: 'mean far from 0', inputs: () => offCentre(n) }],
    mutants: layernormMutants(epsilonInSteps),
    properties: layernormLaws({ x: 'x', gamma: 'gamma', beta: 'beta' }, 'y', {
      epsilon: epsilonInSteps,
      steps: { gamma: scale.gamma / scale.y, beta: scale.beta / scale.y },
    }),
  });
}
