import { round, type Tensor, toFloat64 } from '../../tensor/index.ts';
import { differs, numeral, unitOf } from './agreement.ts';
import { batchIndependence, determinism } from './independence.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { orderBroken } from './order.ts';
import { elementEquivariance } from './permutation.ts';
import { outputOf, unchangedByShift, withPart } from './shift.ts';
import { oddSymmetry } from './symmetry.ts';
import { drawInt, integerRange, mapValues } from './values.ts';

/** Adding a constant to every row of `x` leaves `output` as it was. */
export function shiftInvariance(x: string, output: string, options: LawOptions = {}): Law {
  const law = {
    name: `shiftInvariance(${x}, ${output})`,
    because: 'the mean is subtracted',
    part: x,
    axis: -1,
    output,
  };
  return unchangedByShift(law, options);
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

function momentsOf(values: Float64Array): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

function rowsOf(t: Tensor): Float64Array[] {
  const values = toFloat64(t);
  const length = t.shape.at(-1) ?? 1;
  return Array.from({ length: values.length / length }, (_, i) =>
    values.subarray(i * length, (i + 1) * length),
  );
}

/** Epsilon as the kernel adds it to the variance, in squared steps of x. */
export interface EpsilonOption {
  readonly epsilon: number;
}

function reachOf(t: Tensor): number {
  return toFloat64(t).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * Multiplying `x` by a positive whole number leaves `output` as it was. Epsilon breaks the law a little: it moves a
 * normalised value by epsilon / (2 variance) of itself at most, so rows whose variance is below 512 epsilon (but not 0)
 * say nothing. x is first made small (which may cost a second follow-up run), to leave room and because a kernel's
 * mistakes show at small variances. The factor is odd: by powers of two, a kernel that normalises by shifts is
 * invariant even where it is wrong.
 */
export function positiveScaleInvariance(
  x: string,
  output: string,
  { epsilon, ...options }: LawOptions & EpsilonOption,
): Law {
  const name = `positiveScaleInvariance(${x}, ${output})`;
  const enough = 512 * epsilon;
  return {
    name,
    because: 'mean and deviation grow with x, and the quotient does not',
    tolerance: toleranceText(
      '1 LSB: two roundings of values less than 0.2 LSB apart (epsilon: 192 / 1024; root of the variance: 192 / 2^15)',
      options,
    ),
    runs: 2,
    async check(c) {
      const part = partOf(c.inputs, x);
      const { max } = integerRange(part, name);
      const least = Math.min(...rowsOf(part).map((row) => momentsOf(row).deviation));
      // Deviations of twice the least that says something, and room for a factor of 3.
      const divisor = Math.max(1, least / (2 * Math.sqrt(enough + 1)), (3 * reachOf(part)) / max);
      const small = mapValues(part, (value) => round(value / divisor, 'half-even'));
      const variances = rowsOf(small).map((row) => momentsOf(row).deviation ** 2);
      const reach = reachOf(small);
      if (reach === 0 || variances.some((variance) => variance > 0 && variance < enough))
        return 'not-applicable';
      const factor =
        2 * drawInt(c.random, 1, Math.max(1, Math.min(7, Math.floor((max / reach - 1) / 2)))) + 1;
      const expected = await outputOf(c, withPart(c.inputs, x, small), output);
      if (expected === null) return 'not-applicable';
      const followUp = { ...c.inputs, [x]: mapValues(small, (value) => factor * value) };
      const actual = await outputOf(c, followUp, output);
      if (actual === null) return 'not-applicable';
      const demand = { after: `${x} times ${factor}`, inputs: followUp, output, actual };
      return differs(demand, expected, options.tolerance ?? 1);
    },
  };
}

/** Steps of `output` in one step of gamma (times a normalised value) and in one step of beta. */
export interface AffineSteps {
  readonly gamma: number;
  readonly beta: number;
}

/**
 * With one gamma and one beta for all elements, the mean of `output` is beta and its deviation |gamma| times that of
 * the normalised x, sqrt(variance / (variance + epsilon)). Gamma is drawn as large as the output holds without
 * saturating. One follow-up run.
 */
export function meanAndDeviation(
  parts: { readonly x: string; readonly gamma: string; readonly beta: string },
  output: string,
  { epsilon, steps, ...options }: LawOptions & EpsilonOption & { readonly steps: AffineSteps },
): Law {
  const { x, gamma, beta } = parts;
  const name = `meanAndDeviation(${x}, ${gamma}, ${beta}; ${output})`;
  const { tolerance = 0.501 } = options;
  return {
    name,
    because: 'normalised values have mean 0 and deviation 1, or less by epsilon',
    tolerance: toleranceText(
      '0.501 LSB: an output is off by 0.5 at most, and so are its mean and (by the triangle inequality) its ' +
        'deviation; root of the variance: 0.001',
      options,
    ),
    runs: 1,
    async check({ inputs, random, run }) {
      const rows = rowsOf(partOf(inputs, x));
      const [gammas, betas] = [partOf(inputs, gamma), partOf(inputs, beta)];
      const range = integerRange(gammas, name).max;
      const moments = rows.map(momentsOf);
      const reach = rows.reduce((most, row, r) => {
        const { mean, deviation } = moments[r]!;
        const furthest = row.reduce((far, value) => Math.max(far, Math.abs(value - mean)), 0);
        return Math.max(most, deviation === 0 ? 0 : furthest / deviation);
      }, 0);
      const offset = drawInt(random, -range >> 1, range >> 1);
      const room = range - 1 - Math.abs(offset) * steps.beta;
      const size = Math.max(
        1,
        Math.min(range, Math.floor(reach === 0 ? range : room / (steps.gamma * reach))),
      );
      const slope = random.double() < 0.5 ? -size : size;
      const followUp = {
        ...inputs,
        [gamma]: mapValues(gammas, () => slope),
        [beta]: mapValues(betas, () => offset),
      };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, output);
      for (const [r, row] of rowsOf(actual).entries()) {
        const { deviation } = moments[r]!;
        const wanted: Moments = {
          mean: offset * steps.beta,
          deviation:
            deviation === 0
              ? 0
              : (size * steps.gamma * deviation) / Math.hypot(deviation, Math.sqrt(epsilon)),
        };
        const seen = momentsOf(row);
        for (const moment of ['mean', 'deviation'] as const) {
          if (Math.abs(seen[moment] - wanted[moment]) <= tolerance) continue;
          const where = moments.length > 1 ? ` of row ${r}` : '';
          const evidence =
            `${gamma} all ${slope}, ${beta} all ${offset}: the ${moment}${where} of ${output} should be ` +
            `${numeral(wanted[moment])}${unitOf(actual)} and is ${numeral(seen[moment])}${unitOf(actual)}`;
          return { evidence, inputs: followUp, actual };
        }
      }
      return null;
    },
  };
}

/**
 * With the greatest gamma, and the greatest or the least beta, for all elements, a greater x has no smaller `output`,
 * however many outputs saturate. One in 32 elements of x is made the greatest and the others a quarter, for only
 * outliers reach the ends of the output. One follow-up run.
 */
export function saturatesInOrder(
  parts: { readonly x: string; readonly gamma: string; readonly beta: string },
  output: string,
  options: LawOptions = {},
): Law {
  const { x, gamma, beta } = parts;
  const name = `saturatesInOrder(${x}, ${gamma}, ${beta}; ${output})`;
  return {
    name,
    because: 'one positive factor and one summand keep the order, and so do rounding and saturation',
    tolerance: toleranceText('exact', options),
    runs: 1,
    async check({ inputs, random, run }) {
      const { min, max } = integerRange(partOf(inputs, gamma), name);
      const offset = random.double() < 0.5 ? min : max;
      const isOutlier = (): boolean => random.double() < 1 / 32;
      const input = mapValues(partOf(inputs, x), (value) => (isOutlier() ? max : Math.trunc(value / 4)));
      const followUp = {
        ...inputs,
        [x]: input,
        [gamma]: mapValues(partOf(inputs, gamma), () => max),
        [beta]: mapValues(partOf(inputs, beta), () => offset),
      };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, output);
      const length = input.shape.at(-1) ?? 1;
      for (let row = 0; row < rowsOf(input).length; row++) {
        const indices = Array.from({ length }, (_, i) => row * length + i);
        const [from, to] = [
          { name: x, tensor: input },
          { name: output, tensor: actual },
        ];
        const broken = orderBroken(from, to, options.tolerance ?? 0, indices);
        if (broken === null) continue;
        return {
          evidence: `${gamma} all ${max}, ${beta} all ${offset}: ${broken}`,
          inputs: followUp,
          actual,
        };
      }
      return null;
    },
  };
}

/** Every law of LayerNorm over the last axis; x, gamma, beta `[n]`, zero point 0. */
export function layernormLaws(
  parts: { readonly x: string; readonly gamma: string; readonly beta: string },
  output: string,
  options: EpsilonOption & { readonly steps: AffineSteps },
): readonly Law[] {
  const { x, gamma, beta } = parts;
  return [
    shiftInvariance(x, output),
    positiveScaleInvariance(x, output, { epsilon: options.epsilon }),
    meanAndDeviation(parts, output, options),
    saturatesInOrder(parts, output),
    elementEquivariance([x, gamma, beta], output),
    oddSymmetry([x, beta], output),
    oddSymmetry([gamma, beta], output),
    batchIndependence([gamma, beta], output, { axis: -1 }),
    determinism(output),
  ];
}
