import { toFloat64 } from '../../tensor/index.ts';
import { differs, outside } from './agreement.ts';
import { batchIndependence, determinism } from './independence.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { columnEquivariance, jointPermutation, rowEquivariance } from './permutation.ts';
import { unchangedByShift } from './shift.ts';
import { oddSymmetry } from './symmetry.ts';
import { alongAxis, cycleOf, integerRange, mapValues, realLike, reorder, uniformLike } from './values.ts';

/** Every element of `output` lies between the least and the greatest value of its column of `v`. No follow-up run. */
export function convexHull(v: string, output: string, options: LawOptions = {}): Law {
  const { tolerance = 0 } = options;
  return {
    name: `convexHull(${v}, ${output})`,
    because: `${output} is a weighted mean of the rows of ${v}, with weights from 0 that sum to one`,
    tolerance: toleranceText(
      'exact: the ends are whole steps, so rounding to nearest stays between them',
      options,
    ),
    runs: 0,
    async check({ inputs, outputs }) {
      const [values, actual] = [partOf(inputs, v), partOf(outputs, output)];
      const { outer, extent, inner } = alongAxis(values, -2);
      const ends = Array.from({ length: outer * inner }, () => ({ low: Infinity, high: -Infinity }));
      toFloat64(values).forEach((x, i) => {
        const end = ends[Math.floor(i / (extent * inner)) * inner + (i % inner)]!;
        end.low = Math.min(end.low, x);
        end.high = Math.max(end.high, x);
      });
      const block = alongAxis(actual, -2).extent * inner;
      const endOf = (i: number) => ends[Math.floor(i / block) * inner + (i % inner)]!;
      const low = realLike(actual, (i) => endOf(i).low - tolerance).view.data;
      const high = realLike(actual, (i) => endOf(i).high + tolerance).view.data;
      const after = `${output} must stay between the ends of its column of ${v}`;
      return outside({ after, inputs, output, actual }, low, high);
    },
  };
}

/** Where all rows of `v` are equal, every row of `output` is that row, whatever the weights: they sum to one. */
export function constantValues(v: string, output: string, options: LawOptions = {}): Law {
  return {
    name: `constantValues(${v}, ${output})`,
    because: `a weighted mean of equal rows of ${v} is that row, because the weights sum to one`,
    tolerance: toleranceText('exact: the sum of the weights divides out', options),
    runs: 1,
    async check({ inputs, random, run }) {
      const drawn = uniformLike(partOf(inputs, v), random);
      const first = new Array<number>(alongAxis(drawn, -2).extent).fill(0);
      const followUp = { ...inputs, [v]: reorder(drawn, -2, first) };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, output);
      const order = new Array<number>(alongAxis(actual, -2).extent).fill(0);
      const expected = realLike(actual, valueAt(followUp[v]!, actual, order));
      const demand = { after: `all rows of ${v} equal`, inputs: followUp, output, actual };
      return differs(demand, expected, options.tolerance ?? 0);
    },
  };
}

/** For an element of `actual`, [.., rows, d], the value of `v`, [.., keys, d], in its column and row `order[row]`. */
function valueAt(v: Parameters<typeof toFloat64>[0], actual: typeof v, order: readonly number[]) {
  const values = toFloat64(v);
  const { extent: rows, inner } = alongAxis(actual, -2);
  const { extent: keys } = alongAxis(v, -2);
  return (i: number): number => {
    const line = Math.floor(i / inner);
    const key = Math.floor(line / rows) * keys + order[line % rows]!;
    return values[key * inner + (i % inner)]!;
  };
}

/** With all of `q` zero every key weighs the same, and every row of `output` is the mean of the rows of `v`. */
export function zeroQueryAverages(q: string, v: string, output: string, options: LawOptions = {}): Law {
  return {
    name: `zeroQueryAverages(${q}, ${v}; ${output})`,
    because: 'all scores are 0, so that all keys weigh the same',
    tolerance: toleranceText(
      '0.5 LSB: the rounding of the output alone, for equal weights are exact',
      options,
    ),
    runs: 1,
    async check({ inputs, run }) {
      const values = partOf(inputs, v);
      const followUp = { ...inputs, [q]: mapValues(partOf(inputs, q), () => 0) };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, output);
      const { outer, extent, inner } = alongAxis(values, -2);
      const means = new Float64Array(outer * inner);
      toFloat64(values).forEach((x, i) => {
        means[Math.floor(i / (extent * inner)) * inner + (i % inner)]! += x / extent;
      });
      const block = alongAxis(actual, -2).extent * inner;
      const expected = realLike(actual, (i) => means[Math.floor(i / block) * inner + (i % inner)]!);
      const demand = { after: `${q} all zero`, inputs: followUp, output, actual };
      // The mean itself is rounded in float64.
      return differs(demand, expected, options.tolerance ?? 0.5 + 1e-9);
    },
  };
}

/** Adding one vector to every row of `k` adds a constant to all scores of a row of queries, and changes nothing. */
export function scoreShiftInvariance(k: string, output: string, options: LawOptions = {}): Law {
  const law = {
    name: `scoreShiftInvariance(${k}, ${output})`,
    because: `q.(k_j + c) = q.k_j + q.c, and softmax does not change when all scores of a row move alike`,
    part: k,
    axis: -2,
    output,
  };
  return unchangedByShift(law, options);
}

/**
 * Queries that meet one key each copy its row of `v`. Row j of `k` holds the bits of j as plus and minus the greatest
 * code, over and over along the row, and every query is one of these rows: any other key then scores at least
 * 2 * 127^2 = 32,258 less, which leaves it no weight for any scale from 1/1000.
 */
export function oneHotCopiesRow(
  q: string,
  k: string,
  v: string,
  output: string,
  options: LawOptions = {},
): Law {
  const name = `oneHotCopiesRow(${q}, ${k}, ${v}; ${output})`;
  return {
    name,
    because: 'one score of a row stands so far above the others that its key has all the weight',
    tolerance: toleranceText('exact: a single weight divides out', options),
    runs: 1,
    async check({ inputs, random, run }) {
      const [queries, keys] = [partOf(inputs, q), partOf(inputs, k)];
      const { extent, inner } = alongAxis(keys, -2);
      const { max } = integerRange(keys, name);
      const bits = Math.max(1, Math.ceil(Math.log2(extent)));
      if (inner < bits) return 'not-applicable';
      const cycle = cycleOf(extent, random);
      const rows = alongAxis(queries, -2).extent;
      const keyOf = Array.from({ length: rows }, (_, row) => cycle[row % extent]!);
      const code = (key: number, column: number): number => ((key >> (column % bits)) & 1 ? max : -max);
      const followUp = {
        ...inputs,
        [q]: mapValues(queries, (_, i) => code(keyOf[Math.floor(i / inner) % rows]!, i % inner)),
        [k]: mapValues(keys, (_, i) => code(Math.floor(i / inner) % extent, i % inner)),
        [v]: uniformLike(partOf(inputs, v), random),
      };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, output);
      const expected = realLike(actual, valueAt(followUp[v]!, actual, keyOf));
      const demand = { after: `each query meets one key`, inputs: followUp, output, actual };
      return differs(demand, expected, options.tolerance ?? 0);
    },
  };
}

/** Every law of scaled dot-product attention without a mask; q, k, v `[.., rows, depth]` of zero point 0. */
export function attentionLaws(q: string, k: string, v: string, output: string): readonly Law[] {
  return [
    rowEquivariance(q, output),
    columnEquivariance(v, output),
    jointPermutation([k, v], output),
    jointPermutation([q, k], output, { axes: [-1, -1] }),
    convexHull(v, output),
    constantValues(v, output),
    zeroQueryAverages(q, v, output),
    scoreShiftInvariance(k, output),
    oneHotCopiesRow(q, k, v, output),
    oddSymmetry([v], output),
    batchIndependence([q], output, { axis: -2 }),
    determinism(output),
  ];
}
