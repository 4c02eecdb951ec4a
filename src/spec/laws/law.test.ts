import { describe, expect, it } from 'vitest';
import { gelu } from '../../../reference/index.ts';
import { ShapeError, ValueError } from '../../errors.ts';
import { at, RandomState, type Tensor, tensor, zeros } from '../../tensor/index.ts';
import {
  batchIndependence,
  boundedByRelu,
  checkLaws,
  convexHull,
  determinism,
  elementEquivariance,
  type Law,
  type LawCase,
  type LawOutcome,
  linearity,
  monotoneRightOfMinimum,
  oddSymmetry,
  reflection,
  rowEquivariance,
  shiftInvariance,
  transposeLaw,
} from './index.ts';
import { orderBroken } from './order.ts';
import { cycleOf, reorder } from './values.ts';

type Run = (inputs: LawCase['inputs']) => LawCase['inputs'] | null;

const matrix = new RandomState(9).randint(-50, 50, [8, 8], 'int8');
const copy: Run = ({ x }) => ({ y: x! });

async function outcome(law: Law, run: Run, inputs: LawCase['inputs'], seed = 1): Promise<LawOutcome> {
  const outputs = run(inputs) ?? {};
  const [result] = await checkLaws([law], { inputs, outputs }, async (followUp) => run(followUp), seed);
  return result!.outcome;
}

describe('checkLaws', () => {
  it('counts runs and keeps the order of the laws', async () => {
    const laws = [determinism('y'), convexHull('x', 'y'), rowEquivariance('x', 'y')];
    const results = await checkLaws(
      laws,
      { inputs: { x: matrix }, outputs: { y: matrix } },
      async ({ x }) => ({ y: x! }),
      1,
    );
    expect(results.map(({ law, outcome, runs }) => [law, outcome, runs])).toEqual([
      [laws[0], null, 1],
      [laws[1], null, 0],
      [laws[2], null, 1],
    ]);
  });

  it('gives a law the same draws whichever laws are checked beside it, and others for another seed', async () => {
    const asked = async (laws: readonly Law[], seed: number): Promise<Tensor> => {
      let last: Tensor = matrix;
      await checkLaws(
        laws,
        { inputs: { x: matrix }, outputs: { y: matrix } },
        async ({ x }) => {
          last = x!;
          return { y: x! };
        },
        seed,
      );
      return last;
    };
    const law = rowEquivariance('x', 'y');
    const alone = await asked([law], 1);
    expect(await asked([oddSymmetry(['x'], 'y'), law], 1)).toEqual(alone);
    expect(await asked([law], 2)).not.toEqual(alone);
  });

  it('says nothing where a follow-up run does not complete', async () => {
    const laws = [
      determinism('y'),
      rowEquivariance('x', 'y'),
      shiftInvariance('x', 'y'),
      oddSymmetry(['x'], 'y'),
      batchIndependence(['x'], 'y'),
      reflection('x', 'y', { scale: 1 }),
    ];
    const results = await checkLaws(
      laws,
      { inputs: { x: matrix }, outputs: { y: matrix } },
      async () => null,
      1,
    );
    expect(results.map((result) => result.outcome)).toEqual(laws.map(() => 'not-applicable'));
  });

  it('hands over the inputs of the broken run, with what was expected of it', async () => {
    const stuck: Run = () => ({ y: matrix });
    const failure = await outcome(rowEquivariance('x', 'y'), stuck, { x: matrix });
    if (failure === null || failure === 'not-applicable') throw new Error('the law held');
    expect(failure.inputs.x).not.toEqual(matrix);
    expect(failure.actual).toBe(matrix);
    expect(failure.expected).toEqual(failure.inputs.x);
  });
});

describe('a law given to the wrong kernel says so', () => {
  it('names the part that is missing and those there are', async () => {
    await expect(outcome(rowEquivariance('q', 'y'), copy, { x: matrix })).rejects.toThrow(
      expect.objectContaining({ code: 'SHAPE', message: expect.stringContaining("'q'"), hint: 'it has x' }),
    );
    await expect(outcome(determinism('p'), copy, { x: matrix })).rejects.toThrow(ShapeError);
  });

  it('refuses whole steps on floats', async () => {
    const x = zeros('f32', [4, 4]);
    await expect(outcome(shiftInvariance('x', 'y'), copy, { x })).rejects.toThrow(ValueError);
    await expect(outcome(linearity('x', 'x', 'y'), copy, { x })).rejects.toThrow(/whole steps.*f32/);
  });

  it('refuses shapes it does not fit', async () => {
    const [a, b] = [zeros('int8', [2, 3]), zeros('int8', [3, 4])];
    const product: Run = () => ({ y: zeros('int8', [2, 4]) });
    await expect(outcome(transposeLaw('a', 'b', 'y'), product, { a, b })).rejects.toThrow(ValueError);
    await expect(outcome(rowEquivariance('b', 'y'), product, { a, b: matrix })).rejects.toThrow(ShapeError);
    await expect(outcome(batchIndependence(['b'], 'y'), product, { a, b })).rejects.toThrow(
      /3 slices and y 2/,
    );
    await expect(outcome(rowEquivariance('x', 'y'), copy, { x: zeros('int8', [4]) })).rejects.toThrow(
      /axis -2/,
    );
  });
});

describe('float kernels', () => {
  const x = tensor(
    'bf16',
    [64],
    Float64Array.from({ length: 64 }, (_, i) => (i - 32) / 8),
  );
  const bf16Gelu: Run = (inputs) => {
    const ideal = gelu.ideal({ x: inputs.x!, form: 'erf' });
    return { y: tensor('bf16', [64], ideal.view.data) };
  };
  const laws = [
    monotoneRightOfMinimum('x', 'y', { scale: 1 }),
    // Near 0.75 the output lies on the lower bound and is rounded to bf16.
    boundedByRelu('x', 'y', { scale: 1, tolerance: 2 ** -9 }),
    reflection('x', 'y', {
      scale: 1,
      tolerance: 2 ** -6,
      because: 'half a bf16 step of values up to 4, twice',
    }),
    elementEquivariance(['x'], 'y'),
    determinism('y'),
  ];

  it.each(laws)('$name holds for GELU in bf16', async (law) => {
    expect(await outcome(law, bf16Gelu, { x })).toBeNull();
  });

  it.each(laws.slice(0, 3))('$name rejects NaN', async (law) => {
    const notANumber: Run = (inputs) => {
      const y = bf16Gelu(inputs)!.y!;
      y.view.set(40, 0x7fc0);
      return { y };
    };
    expect(await outcome(law, notANumber, { x })).toMatchObject({ evidence: expect.stringContaining('NaN') });
  });

  it('states a tolerance given to it, with its reason', () => {
    expect(laws[2]!.tolerance).toBe('0.015625: half a bf16 step of values up to 4, twice');
    expect(determinism('y').tolerance).toMatch(/^exact/);
  });
});

describe('inputs that say nothing', () => {
  it('equal rows cannot show a permutation', async () => {
    const x = zeros('int8', [4, 4]);
    expect(await outcome(rowEquivariance('x', 'y'), copy, { x })).toBe('not-applicable');
  });

  it('one slice has no neighbour', async () => {
    expect(await outcome(batchIndependence(['x'], 'y'), copy, { x: zeros('int8', [1, 4]) })).toBe(
      'not-applicable',
    );
  });
});

describe('random orders', () => {
  it('leave nothing in its place and lose nothing', () => {
    const random = new RandomState(4);
    for (let n = 2; n < 40; n++) {
      const order = cycleOf(n, random);
      expect(order.some((from, i) => from === i)).toBe(false);
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  it('reorder slices along any axis', () => {
    const t = new RandomState(5).randint(-128, 128, [2, 3, 4], 'int8');
    const [rows, columns] = [reorder(t, -2, [2, 0, 1]), reorder(t, 2, [3, 2, 1, 0])];
    expect(at(rows, 1, 0, 3)).toBe(at(t, 1, 2, 3));
    expect(at(columns, 1, 2, 0)).toBe(at(t, 1, 2, 3));
  });
});

describe('orderBroken', () => {
  const order = (xs: number[], ys: number[], tolerance = 0): string | null =>
    orderBroken(
      { name: 'x', tensor: tensor('f64', [xs.length], xs) },
      { name: 'y', tensor: tensor('f64', [ys.length], ys) },
      tolerance,
    );

  it('accepts what rises, and plateaus', () => {
    expect(order([3, 1, 2, 2], [9, 4, 4, 4])).toBeNull();
  });

  it('compares with the greatest so far, so that slow descents do not slip through a tolerance', () => {
    expect(order([1, 2, 3, 4], [3, 2, 1, 0], 1)).toBe('x[0] = 1 gives y[0] = 3, but x[2] = 3 gives y[2] = 1');
  });

  it('demands one output of equal inputs, and numbers', () => {
    expect(order([1, 1], [2, 3])).toContain('x[0] = 1 gives y[0] = 2, but x[1] = 1 gives y[1] = 3');
    expect(order([1, 2], [0, Number.NaN])).toContain('NaN');
  });
});
