import {
  correlation,
  defineKernel,
  dequantize,
  derivedLsb,
  exact,
  inLsb,
  int8,
  out,
  packed,
} from 'tilecheck';
import { layernorm } from 'tilecheck/reference';

/** x and beta from -4 to 4, gamma from -2 to 2, y from -8 to 8. */
const scale = { x: 1 / 32, gamma: 1 / 64, beta: 1 / 32, y: 1 / 16 };
/** A 64th of a squared step of x: 2^-16 = 1.53e-5. */
const epsilonInSteps = 1 / 64;

export const layernorm256 = defineKernel({
  name: 'layernorm_256',
  artifact: { dir: import.meta.dirname },
  args: [packed('xgb', { x: int8(256), gamma: int8(256), beta: int8(256) }), out('y', int8(256))],
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
      { scale: scale.y },
    ),
  accept: {
    model: exact(),
    ideal: derivedLsb({
      'output rounding': 0.5,
      // Half a step of a root of at least 2^15, while |gamma * normalised| / 4 <= 128 + 64 where y does not saturate.
      'root of the variance: 192 / 2^16': 0.003,
    }),
    random: correlation(0.999),
  },
});
