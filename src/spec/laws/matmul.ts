import { ValueError } from '../../errors.ts';
import { copyOf, dtypeInfo, saturate, type Tensor, toFloat64, transpose } from '../../tensor/index.ts';
import { differs } from './agreement.ts';
import { batchIndependence, determinism } from './independence.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { columnEquivariance, jointPermutation, rowEquivariance } from './permutation.ts';
import { oddSymmetry } from './symmetry.ts';
import { alongAxis, cycleOf, drawInt, integerRange, mapValues, realLike, uniformLike } from './values.ts';
import { zeroGivesZero } from './zero.ts';

/**
 * (A1 + A2) B = A1 B + A2 B. A of the case is split at random into two parts that sum to it; elements that saturate in
 * any of the three products say nothing. Two follow-up runs.
 */
export function linearity(a: string, b: string, c: string, options: LawOptions = {}): Law {
  const name = `linearity(${a}, ${b}; ${c})`;
  return {
    name,
    because: 'a product is linear in its left operand, and the accumulator is exact',
    tolerance: toleranceText('1 LSB: three roundings of at most 0.5, of which whole steps leave 1', options),
    runs: 2,
    async check({ inputs, outputs, random, run }) {
      const whole = partOf(inputs, a);
      integerRange(whole, name);
      const first = mapValues(whole, (x) => drawInt(random, Math.min(x, 0), Math.max(x, 0)));
      const taken = toFloat64(first);
      const second = mapValues(whole, (x, i) => x - taken[i]!);
      const one = await run({ ...inputs, [a]: first });
      const followUp = { ...inputs, [a]: second };
      const two = one === null ? null : await run(followUp);
      if (one === null || two === null) return 'not-applicable';
      const [sum, left] = [toFloat64(partOf(outputs, c)), toFloat64(partOf(one, c))];
      const actual = partOf(two, c);
      const right = toFloat64(actual);
      const { min, max } = dtypeInfo(actual.dtype);
      const saturates = (y: number): boolean => y <= min || y >= max;
      const skip = (i: number): boolean => saturates(sum[i]!) || saturates(left[i]!) || saturates(right[i]!);
      const expected = realLike(actual, (i) => sum[i]! - left[i]!);
      const after = `${a} split into two matrices, and their products into ${c}`;
      return differs({ after, inputs: followUp, output: c, actual }, expected, options.tolerance ?? 1, skip);
    },
  };
}

/** The right shift between the accumulator and the output; 0 where the output is the accumulator. */
export interface ShiftOption {
  readonly shift: number;
}

/**
 * A multiple of a permutation matrix in place of A picks rows of B, in place of B columns of A: every element of C is
 * one product, shifted. Two follow-up runs.
 */
export function identityLaw(a: string, b: string, c: string, options: LawOptions & ShiftOption): Law {
  const { shift, tolerance = 0.5 } = options;
  const name = `identityLaw(${a}, ${b}; ${c})`;
  return {
    name,
    because: `the sum has one term: a factor times an element of the other operand, over 2^${shift}`,
    tolerance: toleranceText('0.5 LSB: the one rounding of the shift', options),
    runs: 2,
    async check({ inputs, random, run }) {
      for (const side of ['left', 'right'] as const) {
        const [replaced, kept] = side === 'left' ? [a, b] : [b, a];
        const part = partOf(inputs, replaced);
        const { max } = integerRange(part, name);
        const { outer: rows, extent: columns } = alongAxis(part, -1);
        // One entry in each row of A, or in each column of B: `picked[i]` is where, `factors[i]` what.
        const lines = side === 'left' ? rows : columns;
        const others = side === 'left' ? columns : rows;
        const cycle = cycleOf(others, random);
        const picked = Array.from({ length: lines }, (_, i) => cycle[i % others]!);
        const factors = picked.map(() => drawInt(random, max >> 1, max) * (random.double() < 0.5 ? -1 : 1));
        const selector = mapValues(part, (_, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          const [line, other] = side === 'left' ? [row, column] : [column, row];
          return picked[line] === other ? factors[line]! : 0;
        });
        const followUp = { ...inputs, [replaced]: selector };
        const results = await run(followUp);
        if (results === null) return 'not-applicable';
        const actual = partOf(results, c);
        const { min, max: most } = dtypeInfo(actual.dtype);
        const values = toFloat64(partOf(inputs, kept));
        const width = alongAxis(partOf(inputs, kept), -1).extent;
        const n = alongAxis(actual, -1).extent;
        const expected = realLike(actual, (i) => {
          const [row, column] = [Math.floor(i / n), i % n];
          const product =
            side === 'left'
              ? factors[row]! * values[picked[row]! * width + column]!
              : factors[column]! * values[row * width + picked[column]!]!;
          return saturate(product / 2 ** shift, min, most);
        });
        const demand = {
          after: `${replaced} made a scaled permutation`,
          inputs: followUp,
          output: c,
          actual,
        };
        const failure = differs(demand, expected, tolerance);
        if (failure !== null) return failure;
      }
      return null;
    },
  };
}

/**
 * With equal columns in A and equal rows in B, element [i, j] of C is k a_i b_j / 2^shift, saturated: the widest sums
 * there are. One follow-up run.
 */
export function outerProduct(a: string, b: string, c: string, options: LawOptions & ShiftOption): Law {
  const { shift, tolerance = 0.5 } = options;
  const name = `outerProduct(${a}, ${b}; ${c})`;
  return {
    name,
    because: 'all terms of a sum are equal',
    tolerance: toleranceText('0.5 LSB: the one rounding of the shift', options),
    runs: 1,
    async check({ inputs, random, run }) {
      const [left, right] = [partOf(inputs, a), partOf(inputs, b)];
      const { extent: depth } = alongAxis(left, -1);
      const { extent: columns } = alongAxis(right, -1);
      const [column, row] = [toFloat64(uniformLike(left, random)), toFloat64(uniformLike(right, random))];
      const followUp = {
        ...inputs,
        [a]: mapValues(left, (_, i) => column[Math.floor(i / depth)]!),
        [b]: mapValues(right, (_, i) => row[i % columns]!),
      };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const actual = partOf(results, c);
      const { min, max } = dtypeInfo(actual.dtype);
      const expected = realLike(actual, (i) => {
        const product = depth * column[Math.floor(i / columns)]! * row[i % columns]!;
        return saturate(product / 2 ** shift, min, max);
      });
      const after = `equal columns in ${a}, equal rows in ${b}`;
      return differs({ after, inputs: followUp, output: c, actual }, expected, tolerance);
    },
  };
}

function transposed(t: Tensor): Tensor {
  return copyOf(transpose(t));
}

/** (B^T A^T) = (A B)^T. A is `[m, k]` and B `[k, m]`, else {@link ValueError}. One follow-up run. */
export function transposeLaw(a: string, b: string, c: string, options: LawOptions = {}): Law {
  const name = `transposeLaw(${a}, ${b}; ${c})`;
  return {
    name,
    because: 'transposing swaps the operands and nothing else: the same products are summed',
    tolerance: toleranceText('exact: the accumulator does not depend on the order', options),
    runs: 1,
    async check({ inputs, outputs, run }) {
      const [left, right] = [transposed(partOf(inputs, b)), transposed(partOf(inputs, a))];
      if (left.shape.join() !== inputs[a]!.shape.join()) {
        throw new ValueError(
          `${name} needs ${a} [m, k] and ${b} [k, m], got [${inputs[a]!.shape.join(', ')}] and [${inputs[b]!.shape.join(', ')}]`,
        );
      }
      const followUp = { ...inputs, [a]: left, [b]: right };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const demand = {
        after: `${b} transposed times ${a} transposed`,
        inputs: followUp,
        output: c,
        actual: partOf(results, c),
      };
      return differs(demand, transposed(partOf(outputs, c)), options.tolerance ?? 0);
    },
  };
}

/** Every law of a square product C = A B / 2^shift, zero points 0. */
export function matmulLaws(a: string, b: string, c: string, options: ShiftOption): readonly Law[] {
  return [
    linearity(a, b, c),
    identityLaw(a, b, c, options),
    outerProduct(a, b, c, options),
    zeroGivesZero([a, b], c),
    transposeLaw(a, b, c),
    rowEquivariance(a, c),
    columnEquivariance(b, c),
    jointPermutation([a, b], c, { axes: [-1, -2] }),
    oddSymmetry([a], c),
    batchIndependence([a], c),
    determinism(c),
  ];
}
