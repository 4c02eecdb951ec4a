import { dtypeInfo, type Tensor, toFloat64 } from '../../tensor/index.ts';
import { outside } from './agreement.ts';
import { batchIndependence, determinism } from './independence.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { orderBroken } from './order.ts';
import { elementEquivariance } from './permutation.ts';
import { mapValues } from './values.ts';
import { zeroGivesZero } from './zero.ts';

/**
 * Where GELU is least, and its value there: of the erf form (DLMF 7.2 for erf; the root of Phi(x) + x phi(x)). The
 * tanh form has -0.7525 and -0.17004, which no int8 format tells apart.
 */
const minimum = { x: -0.7518, y: -0.16997 };

/** Step of the input and, where it is another, of the output; 1 for float kernels. Zero points are 0. */
export interface GeluSteps {
  readonly scale: number;
  readonly outputScale?: number;
}

/** Right of its minimum at -0.7518, a greater x gives no smaller `y`. No follow-up run. */
export function monotoneRightOfMinimum(x: string, y: string, options: LawOptions & GeluSteps): Law {
  const { scale, tolerance = 0 } = options;
  return {
    name: `monotoneRightOfMinimum(${x}, ${y})`,
    because: `GELU rises from its minimum at ${minimum.x} on`,
    tolerance: toleranceText('exact: rounding keeps the order', options),
    runs: 0,
    async check({ inputs, outputs }) {
      const [input, actual] = [partOf(inputs, x), partOf(outputs, y)];
      const values = toFloat64(input);
      const right = Array.from(values.keys()).filter((i) => values[i]! * scale >= minimum.x);
      if (right.length < 2) return 'not-applicable';
      const broken = orderBroken({ name: x, tensor: input }, { name: y, tensor: actual }, tolerance, right);
      return broken === null
        ? null
        : { evidence: `order lost right of the minimum: ${broken}`, inputs, actual };
    },
  };
}

/** Ends of what rounding to nearest may make of a real number: whole for integer dtypes, the number itself for floats. */
function roundedEnds(t: Tensor, low: number, high: number): readonly [number, number] {
  return dtypeInfo(t.dtype).integer ? [Math.ceil(low - 0.5), Math.floor(high + 0.5)] : [low, high];
}

/** max(x, 0) - 0.17 <= GELU(x) <= max(x, 0), where the lower bound is the minimum of GELU. No follow-up run. */
export function boundedByRelu(x: string, y: string, options: LawOptions & GeluSteps): Law {
  const { scale, outputScale = scale, tolerance = 0 } = options;
  return {
    name: `boundedByRelu(${x}, ${y})`,
    because: 'max(x, 0) - GELU(x) = |x| Phi(-|x|), which lies between 0 and 0.17',
    tolerance: toleranceText('exact: the bounds are rounded as the output is', options),
    runs: 0,
    async check({ inputs, outputs }) {
      const [input, actual] = [partOf(inputs, x), partOf(outputs, y)];
      const ends = Array.from(toFloat64(input), (value) => {
        const relu = (Math.max(value, 0) * scale) / outputScale;
        return roundedEnds(actual, relu + minimum.y / outputScale, relu);
      });
      const low = ends.map(([end]) => end - tolerance);
      const high = ends.map(([, end]) => end + tolerance);
      const after = `${y} must lie at most 0.17 below max(${x}, 0) and never above it`;
      return outside({ after, inputs, output: y, actual }, low, high);
    },
  };
}

/** GELU(0) = 0. One follow-up run on zeros. */
export function mapsZeroToZero(x: string, y: string, options: LawOptions = {}): Law {
  return {
    ...zeroGivesZero([x], y, options),
    name: `mapsZeroToZero(${x}, ${y})`,
    because: 'GELU(0) = 0 Phi(0)',
  };
}

/**
 * GELU(x) - GELU(-x) = x, for Phi(x) + Phi(-x) = 1; of the erf, tanh and sigmoid forms alike. Where input and output
 * have one step both sides round the same fraction, and the law is exact: an entry of a table that is off by one
 * breaks it. One follow-up run on -x; the least code, which has no negative, is left out, and so is what saturates.
 */
export function reflection(x: string, y: string, options: LawOptions & GeluSteps): Law {
  const { scale, outputScale = scale } = options;
  const name = `reflection(${x}, ${y})`;
  const { tolerance = scale === outputScale ? 0 : 1 } = options;
  return {
    name,
    because: 'GELU(x) - GELU(-x) = x (Phi(x) + Phi(-x)) = x',
    tolerance: toleranceText(
      scale === outputScale
        ? 'exact: values a whole number of steps apart round alike'
        : '1 LSB: two roundings',
      options,
    ),
    runs: 1,
    async check({ inputs, outputs, run }) {
      const input = partOf(inputs, x);
      // The least integer has no negative; a float has one, and no such value.
      const { integer, min } = dtypeInfo(input.dtype);
      const followUp = {
        ...inputs,
        [x]: mapValues(input, (value) => (integer && value === min ? min : 0 - value)),
      };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, y);
      const range = dtypeInfo(actual.dtype);
      const [values, before] = [toFloat64(input), toFloat64(partOf(outputs, y))];
      const wanted = values.map((value, i) => before[i]! - (value * scale) / outputScale);
      const skip = (i: number): boolean =>
        values[i] === min ||
        [before[i]!, wanted[i]!].some((value) => value <= range.min || value >= range.max);
      const low = wanted.map((value, i) => (skip(i) ? -Infinity : value - tolerance));
      const high = wanted.map((value, i) => (skip(i) ? Infinity : value + tolerance));
      return outside({ after: `${x} negated`, inputs: followUp, output: y, actual }, low, high);
    },
  };
}

/** Every law of an elementwise GELU of any form, with zero points 0. */
export function geluLaws(x: string, y: string, steps: GeluSteps): readonly Law[] {
  return [
    monotoneRightOfMinimum(x, y, steps),
    boundedByRelu(x, y, steps),
    mapsZeroToZero(x, y),
    reflection(x, y, steps),
    elementEquivariance([x], y),
    batchIndependence([x], y, { axis: -1 }),
    determinism(y),
  ];
}
