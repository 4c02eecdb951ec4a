import fc from 'fast-check';
import { expect } from 'vitest';
import { bytesOf, codesOf, dtypeInfo, isContiguous, toFloat64 } from '../../../tensor/index.ts';
import type { Parts } from '../../args.ts';
import type { Tensors } from '../../kernel.ts';
import { nonZeroOf } from '../../shrink/index.ts';

/** An arbitrary of tensors under test: what it draws, and how to see the tensors in it. */
export interface UnderTest<T> {
  readonly arbitrary: fc.Arbitrary<T>;
  readonly parts: Parts;
  readonly tensorsOf: (value: T) => Tensors;
  /** Values drawn for each assertion. Default 20. */
  readonly runs?: number;
  /** Whether two seeds may well give the same values, as of zeros. */
  readonly dull?: boolean;
}

/**
 * The measure by which every shrink is smaller: fewer non-zero elements; or as many, none of them further from 0 and at
 * least one nearer, or equally far without its minus sign.
 */
export function isSmaller(candidate: Tensors, than: Tensors): boolean {
  const [fewer, more] = [nonZeroOf(candidate), nonZeroOf(than)];
  if (fewer !== more) return fewer < more;
  let anyNearer = false;
  for (const [part, t] of Object.entries(candidate)) {
    const [now, before] = [toFloat64(t), toFloat64(than[part]!)];
    for (let i = 0; i < now.length; i++) {
      const [a, b] = [now[i]!, before[i]!];
      if (Math.abs(a) > Math.abs(b)) return false;
      anyNearer ||= Math.abs(a) < Math.abs(b) || (a >= 0 && b < 0);
    }
  }
  return anyNearer;
}

function expectValid(inputs: Tensors, parts: Parts): void {
  expect(Object.keys(inputs)).toEqual(Object.keys(parts));
  for (const [name, t] of Object.entries(inputs)) {
    const { dtype, shape } = parts[name]!;
    const { min, max, integer, storage } = dtypeInfo(dtype);
    expect([t.dtype, t.shape]).toEqual([dtype, shape]);
    expect(isContiguous(t)).toBe(true);
    expect(codesOf(t)).toBeInstanceOf(storage);
    const values = toFloat64(t);
    expect(values.every((x) => x >= min && x <= max && (!integer || Number.isInteger(x)))).toBe(true);
  }
}

const allBytes = (inputs: Tensors): string =>
  Object.values(inputs)
    .map((t) => bytesOf(t).join())
    .join(';');

/** A failure for every way that a search can go; `hash` makes one of no order at all. */
const failures: Readonly<Record<string, (inputs: Tensors, hash: number) => boolean>> = {
  'whatever the input': () => true,
  'on the first input only': () => false,
  'while anything is not zero': (inputs) => nonZeroOf(inputs) > 0,
  'while three elements are not zero': (inputs) => nonZeroOf(inputs) > 2,
  'at random': (_, hash) => hash % 3 === 0,
};

function hashOf(inputs: Tensors): number {
  let hash = 7;
  for (const t of Object.values(inputs)) for (const byte of bytesOf(t)) hash = (hash * 31 + byte) % 1000003;
  return hash;
}

/** Candidates after which a search of so small tensors must have ended, and shrinks of one failure. */
const MOST_CANDIDATES = 2000;
const MOST_SHRINKS = 300;

function expectShrinks<T>({ arbitrary, parts, tensorsOf }: UnderTest<T>, seed: number): void {
  for (const [when, fails] of Object.entries(failures)) {
    const notSmaller: string[] = [];
    let failing: Tensors | undefined;
    let candidates = 0;
    const property = fc.property(arbitrary, (value) => {
      const inputs = tensorsOf(value);
      candidates++;
      if (failing === undefined) {
        failing = inputs;
        return false;
      }
      expectValid(inputs, parts);
      if (!isSmaller(inputs, failing)) notSmaller.push(allBytes(inputs));
      if (candidates > MOST_CANDIDATES || !fails(inputs, hashOf(inputs))) return true;
      failing = inputs;
      return false;
    });
    const { numShrinks } = fc.check(property, { seed, numRuns: 1 });
    expect(notSmaller, when).toEqual([]);
    expect(candidates, when).toBeLessThanOrEqual(MOST_CANDIDATES);
    expect(numShrinks, when).toBeLessThanOrEqual(MOST_SHRINKS);
    if (when === 'whatever the input') expect(nonZeroOf(failing!)).toBe(0);
  }
}

function expectReplay<T>({ arbitrary, tensorsOf }: UnderTest<T>, seed: number): void {
  const property = fc.property(arbitrary, (value) => nonZeroOf(tensorsOf(value)) < 2);
  const first = fc.check(property, { seed, numRuns: 20 });
  if (!first.failed) return;
  const again = fc.check(property, { seed, path: first.counterexamplePath ?? '', endOnFailure: true });
  expect(allBytes(tensorsOf(again.counterexample![0]))).toBe(allBytes(tensorsOf(first.counterexample![0])));
}

/**
 * What every arbitrary of tensors must hold: valid values, the same ones for the same seed, shrinks that are strictly
 * smaller, end and never loop, and a path that leads to the same counterexample.
 */
export function expectSound<T>(under: UnderTest<T>, seed: number): void {
  const numRuns = under.runs ?? 20;
  const draw = (from: number): Tensors[] =>
    fc.sample(under.arbitrary, { seed: from, numRuns }).map(under.tensorsOf);
  const drawn = draw(seed);
  for (const inputs of drawn) expectValid(inputs, under.parts);
  expect(draw(seed).map(allBytes)).toEqual(drawn.map(allBytes));
  if (!under.dull) expect(draw(seed + 1).map(allBytes)).not.toEqual(drawn.map(allBytes));
  expectShrinks(under, seed);
  expectReplay(under, seed);
}
