import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  fromStorage,
  type Shape,
  type Tensor,
  tensor,
  toFloat64,
  transpose,
  zeros,
} from '../../tensor/index.ts';
import { isSmaller } from '../arbitrary/testing/assertions.ts';
import type { Tensors } from '../kernel.ts';
import { candidates, nonZeroOf, shrinkInputs } from './index.ts';

const int8 = (shape: Shape, value: (i: number) => number): Tensor =>
  tensor(
    'int8',
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
  );
/** Two full matrices with values of all signs and sizes. */
const full = (): Tensors => ({
  a: int8([16, 16], (i) => ((i * 37) % 255) - 127 || 1),
  b: int8([16, 16], (i) => ((i * 91) % 255) - 127 || 1),
});
const value = (inputs: Tensors, part: string, i: number): number => toFloat64(inputs[part]!)[i]!;
const bytes = (inputs: Tensors): string =>
  Object.values(inputs)
    .map((t) => bytesOf(t).join())
    .join(';');

/** Shrinks, and holds every call to the contract: never twice the same, never past the budget, the result fails. */
async function shrink(inputs: Tensors, fails: (candidate: Tensors) => boolean, budget = 200) {
  const asked = new Map<string, boolean>();
  const before = bytes(inputs);
  const result = await shrinkInputs(
    inputs,
    async (candidate) => {
      expect(asked.has(bytes(candidate))).toBe(false);
      const answer = fails(candidate);
      asked.set(bytes(candidate), answer);
      return answer;
    },
    { budget },
  );
  expect(asked.has(before)).toBe(false);
  expect(bytes(inputs)).toBe(before);
  expect(result.runs).toBe(asked.size);
  expect(result.runs).toBeLessThanOrEqual(budget);
  expect(result.nonZero).toBe(nonZeroOf(result.inputs));
  expect(bytes(result.inputs) === before || asked.get(bytes(result.inputs))).toBe(true);
  expect(result.steps.at(-1)?.nonZero ?? result.nonZero).toBe(result.nonZero);
  return result;
}

describe('structural shrinking', () => {
  it('finds at once that a failure needs no input', async () => {
    const { runs, nonZero, exhausted } = await shrink(full(), () => true);
    expect([runs, nonZero, exhausted]).toEqual([1, 0, false]);
  });

  it('returns the input itself where nothing smaller fails', async () => {
    const inputs = full();
    const { inputs: smallest, steps } = await shrink(inputs, () => false);
    expect(bytes(smallest)).toBe(bytes(inputs));
    expect(steps).toEqual([]);
  });

  it.each([1, 2, 3, 5, 8])('isolates %d needed elements of 512', async (count) => {
    const needed = Array.from({ length: count }, (_, i) => [i % 2 ? 'a' : 'b', (i * 83 + 11) % 256] as const);
    const fails = (inputs: Tensors) => needed.every(([part, i]) => value(inputs, part, i) !== 0);
    const { inputs, nonZero, exhausted } = await shrink(full(), fails);
    expect(nonZero).toBe(count);
    expect(exhausted).toBe(false);
    for (const [part, i] of needed) expect(value(inputs, part, i)).toBe(1);
  });

  it('never spends more than its budget, and says that it ended the search', async () => {
    const fails = (inputs: Tensors) => value(inputs, 'a', 200) !== 0 && value(inputs, 'b', 17) > 3;
    const complete = await shrink(full(), fails);
    let last = 512;
    for (const budget of [0, 1, 5, 10, 20]) {
      const result = await shrink(full(), fails, budget);
      expect(result.exhausted).toBe(true);
      expect(result.runs).toBe(budget);
      expect(result.nonZero).toBeLessThanOrEqual(last);
      last = result.nonZero;
    }
    expect(complete.exhausted).toBe(false);
    expect((await shrink(full(), fails, complete.runs)).nonZero).toBe(2);
  });

  it('returns a failing input where failures have no order at all', async () => {
    for (let salt = 0; salt < 20; salt++) {
      const hash = (inputs: Tensors) =>
        Object.values(inputs)
          .flatMap((t) => [...bytesOf(t)])
          .reduce((h, byte) => (h * 31 + byte + salt) % 1000003, 7);
      await shrink(full(), (inputs) => hash(inputs) % 4 === 0);
    }
  });

  it('clears parts first, then tiles, rows, columns, elements', async () => {
    const { steps } = await shrink(full(), (inputs) => value(inputs, 'b', 100) !== 0);
    const levels = steps.map(({ level }) => level);
    expect(levels[0]).toBe('parts');
    const order = ['parts', 'tiles', 'rows', 'columns', 'elements', 'magnitudes'] as const;
    expect(levels.map((level) => order.indexOf(level as (typeof order)[number]))).toEqual(
      levels.map((level) => order.indexOf(level as (typeof order)[number])).toSorted((a, b) => a - b),
    );
    expect(steps.map(({ nonZero }) => nonZero)).toEqual(
      steps.map(({ nonZero }) => nonZero).toSorted((a, b) => b - a),
    );
  });

  it('cuts by the tile that is given, in every matrix of a stack', async () => {
    const inputs = { x: int8([2, 8, 8], () => 5) };
    const inTile = (i: number) => i >= 64 && i % 64 < 32 && i % 8 >= 4; // rows 0 to 3, columns 4 to 7 of the second
    const seen: number[] = [];
    await shrinkInputs(
      inputs,
      async (candidate) => {
        const live = [...toFloat64(candidate.x!)].flatMap((x, i) => (x === 0 ? [] : [i]));
        seen.push(live.length);
        return live.filter(inTile).length === 16;
      },
      { tile: [4, 4] },
    );
    expect(seen).toContain(16);
    expect(seen.slice(0, 12)).toContain(16);
  });

  it('passes on what the run throws', async () => {
    const gone = new Error('device lost');
    await expect(shrinkInputs(full(), () => Promise.reject(gone))).rejects.toBe(gone);
  });

  it('takes strided inputs, scalars and empty tensors', async () => {
    const strided = {
      x: transpose(int8([4, 8], (i) => i + 1)),
      s: int8([], () => 3),
      e: zeros('int8', [0, 4]),
    };
    const before = value(strided, 'x', 9);
    const { inputs } = await shrink(strided, (c) => value(c, 'x', 9) !== 0 && value(c, 's', 0) !== 0);
    expect(before).not.toBe(0);
    expect([value(inputs, 'x', 9), value(inputs, 's', 0), nonZeroOf(inputs)]).toEqual([1, 1, 2]);
  });

  it('finds few large elements where many small ones did it', async () => {
    const many = { x: int8([16, 16], (i) => 1 + (i % 3)) };
    const sum = (inputs: Tensors) => toFloat64(inputs.x!).reduce((total, x) => total + x, 0);
    const { inputs, nonZero } = await shrink(many, (candidate) => sum(candidate) >= 200);
    expect(nonZero).toBe(2);
    expect(sum(inputs)).toBe(200);
  });

  it('moves the commonest value to 0 where only differences matter', async () => {
    const low = { x: int8([1, 64], (i) => (i === 40 ? -20 : -109)) };
    const stands = (inputs: Tensors) =>
      value(inputs, 'x', 40) - Math.max(...toFloat64(inputs.x!).slice(0, 40)) > 30;
    const { inputs, nonZero } = await shrink(low, stands);
    expect([nonZero, value(inputs, 'x', 40)]).toEqual([1, 32]);
  });
});

describe('magnitudes', () => {
  const shrunk = async (x: number, fails: (x: number) => boolean): Promise<number> => {
    const { inputs } = await shrink({ x: int8([4, 4], () => x) }, (c) => fails(value(c, 'x', 6)));
    return value(inputs, 'x', 6);
  };

  it.each([
    ['one where any will do', 100, (x: number) => x !== 0, 1],
    ['the least power of two', 100, (x: number) => x >= 5, 8],
    ['a power of two at the threshold', -128, (x: number) => x <= -64, -64],
    ['the least value above the last power of two', 100, (x: number) => x > 66, 67],
    ['the least value where no power of two fails', 96, (x: number) => x > 64 && x < 97, 65],
    ['positive where the sign does not matter', -77, (x: number) => Math.abs(x) > 30, 32],
    ['negative where it does', -77, (x: number) => x < 0, -1],
    ['a value that nothing smaller can replace', 93, (x: number) => x === 93, 93],
  ] as const)('%s', async (_, from, fails, to) => {
    expect(await shrunk(from, fails)).toBe(to);
  });

  it.each(['bf16', 'f16', 'f32', 'f64'] as const)(
    'of %s stop at one, or at the power below',
    async (dtype) => {
      const of = (x: number): Tensors => ({ x: tensor(dtype, [2, 4], new Array<number>(8).fill(x)) });
      const go = async (x: number, fails: (x: number) => boolean) =>
        value((await shrink(of(x), (c) => fails(value(c, 'x', 5)))).inputs, 'x', 5);
      expect(await go(3.625, (x) => x !== 0)).toBe(1);
      expect(await go(0.3, (x) => x !== 0)).toBe(0.25);
      expect(await go(-40, (x) => Math.abs(x) > 7)).toBe(8);
      expect(await go(Number.NaN, (x) => x !== 0)).toBe(1);
      expect(await go(-Infinity, (x) => x < -100)).toBe(-128);
      expect(await go(Number.NaN, Number.isNaN)).toBeNaN();
      expect(await go(-0, (x) => Object.is(x, -0))).toBe(-0);
    },
  );
});

describe('candidates', () => {
  it('each are smaller than the last that failed, whatever fails', () => {
    for (let seed = 1; seed <= 12; seed++) {
      let state = seed;
      const search = candidates(full());
      let failing = full();
      let next = search.next(false);
      let count = 0;
      while (!next.done) {
        expect(isSmaller(next.value.inputs, failing)).toBe(true);
        state = (state * 48271) % 2147483647;
        const fails = state % 4 < seed % 4;
        if (fails) failing = next.value.inputs;
        next = search.next(fails);
        expect(++count).toBeLessThan(2000);
      }
    }
  });

  it('do not write to what they were given, nor to each other', () => {
    const codes = Int8Array.from({ length: 16 }, (_, i) => i - 8);
    const inputs: Tensors = { x: fromStorage('int8', [4, 4], codes) };
    const seen: [Tensors, string][] = [];
    const search = candidates(inputs);
    for (let next = search.next(false); !next.done; next = search.next(seen.length % 3 === 0)) {
      seen.push([next.value.inputs, bytes(next.value.inputs)]);
    }
    expect([...codes]).toEqual(Array.from({ length: 16 }, (_, i) => i - 8));
    for (const [each, before] of seen) expect(bytes(each)).toBe(before);
  });
});
