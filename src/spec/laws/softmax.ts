import { dtypeInfo, saturate, toFloat64 } from '../../tensor/index.ts';
import { differs, numeral } from './agreement.ts';
import { batchIndependence, determinism } from './independence.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { orderBroken } from './order.ts';
import { columnEquivariance, rowEquivariance } from './permutation.ts';
import { unchangedByShift } from './shift.ts';
import { alongAxis, choose, drawInt, integerRange, mapValues, realLike } from './values.ts';

/** The output's format: probability = scale * (code - zeroPoint). */
export interface ProbabilityFormat {
  readonly scale: number;
  /** Default 0. */
  readonly zeroPoint?: number;
}

/**
 * Each row of `p` sums to one. A row of n codes is off by up to n / 2 steps, and by one more for each saturated code,
 * as 256/256 is in a format that ends at 255/256: weak for many columns ({@link evenShares} is not). No follow-up run.
 */
export function rowsSumToOne(p: string, options: LawOptions & ProbabilityFormat): Law {
  const { scale, zeroPoint = 0, tolerance } = options;
  return {
    name: `rowsSumToOne(${p})`,
    because: 'the numerators sum to the denominator',
    tolerance: toleranceText(
      'n / 2 LSB: the roundings of n outputs, and 1 LSB for each saturated one',
      options,
    ),
    runs: 0,
    async check({ inputs, outputs }) {
      const actual = partOf(outputs, p);
      const { outer, extent } = alongAxis(actual, -1);
      const { max } = dtypeInfo(actual.dtype);
      const values = toFloat64(actual);
      for (let row = 0; row < outer; row++) {
        const codes = values.subarray(row * extent, (row + 1) * extent);
        const sum = codes.reduce((total, code) => total + code - zeroPoint, 0);
        const saturated = codes.reduce((count, code) => count + (code === max ? 1 : 0), 0);
        const allowed = tolerance ?? extent / 2 + saturated;
        if (Math.abs(sum - 1 / scale) <= allowed) continue;
        const evidence =
          `row ${row} of ${p} sums to ${numeral(sum * scale)} (${numeral(sum)} steps), ` +
          `${numeral(Math.abs(sum - 1 / scale))} steps from 1 where ${allowed} are allowed`;
        return { evidence, inputs, actual };
      }
      return null;
    },
  };
}

/** Within a row, a greater score has no smaller probability, and equal scores have equal ones. No follow-up run. */
export function orderPreserving(x: string, p: string, options: LawOptions = {}): Law {
  return {
    name: `orderPreserving(${x}, ${p})`,
    because: 'exp rises, all of a row is divided by one sum, and rounding keeps the order',
    tolerance: toleranceText('exact', options),
    runs: 0,
    async check({ inputs, outputs }) {
      const [input, actual] = [partOf(inputs, x), partOf(outputs, p)];
      const { outer, extent } = alongAxis(input, -1);
      for (let row = 0; row < outer; row++) {
        const indices = Array.from({ length: extent }, (_, i) => row * extent + i);
        const [scores, shares] = [
          { name: x, tensor: input },
          { name: p, tensor: actual },
        ];
        const broken = orderBroken(scores, shares, options.tolerance ?? 0, indices);
        if (broken !== null) return { evidence: `order lost in row ${row}: ${broken}`, inputs, actual };
      }
      return null;
    },
  };
}

/** Adding a constant to every row of `x` leaves `p` as it was. */
export function softmaxShiftInvariance(x: string, p: string, options: LawOptions = {}): Law {
  const law = {
    name: `softmaxShiftInvariance(${x}, ${p})`,
    because: 'numerator and denominator grow by the same factor; a kernel subtracts the maximum first',
    part: x,
    axis: -1,
    output: p,
  };
  return unchangedByShift(law, options);
}

/** Distance in units of the exponent past which a key has no weight: exp(-24) = 4e-11. */
const farBelow = 24;

/**
 * In a row of m equal scores far above the rest, each of them gets 1/m and the rest nothing. m, the places and the
 * level are drawn for each row; `inputScale` is the step of `x` (where its range spans no distance of 24, all scores
 * of a row are equal). One follow-up run.
 */
export function evenShares(
  x: string,
  p: string,
  options: LawOptions & ProbabilityFormat & { readonly inputScale: number },
): Law {
  const { scale, zeroPoint = 0, inputScale, tolerance = 0.501 } = options;
  const name = `evenShares(${x}, ${p})`;
  return {
    name,
    because: 'equal scores share the row evenly, and scores far below have no weight',
    tolerance: toleranceText(
      '0.501 LSB: the rounding of the output, and 256 * 64 * exp(-24) < 0.001',
      options,
    ),
    runs: 1,
    async check({ inputs, random, run }) {
      const input = partOf(inputs, x);
      const { min, max } = integerRange(input, name);
      const { outer, extent } = alongAxis(input, -1);
      const gap = Math.ceil(farBelow / inputScale);
      const rows = Array.from({ length: outer }, () => {
        const sharing = gap > max - min ? extent : drawInt(random, 1, extent);
        const level = drawInt(random, sharing === extent ? min : min + gap, max);
        return { level, sharing: choose(sharing, extent, random) };
      });
      const rowOf = (i: number) => rows[Math.floor(i / extent)]!;
      const scores = mapValues(input, (_, i) => {
        const { level, sharing } = rowOf(i);
        return sharing.has(i % extent) ? level : level - gap;
      });
      const followUp = { ...inputs, [x]: scores };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, p);
      const range = dtypeInfo(actual.dtype);
      const expected = realLike(actual, (i) => {
        const { sharing } = rowOf(i);
        const share = sharing.has(i % extent) ? 1 / sharing.size : 0;
        return saturate(share / scale + zeroPoint, range.min, range.max);
      });
      const demand = { after: 'equal scores far above the rest', inputs: followUp, output: p, actual };
      return differs(demand, expected, tolerance);
    },
  };
}

/** Every law of softmax over the last axis, x `[rows, columns]`. */
export function softmaxLaws(
  x: string,
  p: string,
  format: ProbabilityFormat & { readonly inputScale: number },
): readonly Law[] {
  return [
    rowsSumToOne(p, format),
    evenShares(x, p, format),
    orderPreserving(x, p),
    softmaxShiftInvariance(x, p),
    rowEquivariance(x, p),
    columnEquivariance(x, p),
    batchIndependence([x], p),
    determinism(p),
  ];
}
