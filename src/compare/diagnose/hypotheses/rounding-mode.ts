import { dtypeInfo, round, saturate } from '../../../tensor/index.ts';
import { entropyBits } from '../bits.ts';
import { type Claim, cheapest, type Explanation, type Hypothesis, tested } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { count, elements } from '../text.ts';

const HYPOTHESIS = 'rounding-mode';
const HINT =
  'one step rounds another way than the reference: look at the rounding mode of the shift (srs), at an integer division, at a cast from float';

interface Mode {
  readonly name: string;
  readonly exact: (x: number) => number;
  /** Elements that may differ from half-even, and the step they take then. */
  readonly may: (expected: number) => boolean;
  readonly step: (expected: number) => number;
  readonly seen: string;
}

const even = (x: number): boolean => x % 2 === 0;

/**
 * Against rounding half to even, each mode moves results one way only; the two that differ on ties alone move only
 * even results, because a tie rounds to the even neighbour.
 */
const MODES: readonly Mode[] = [
  {
    name: 'truncation',
    exact: Math.trunc,
    may: (e) => e !== 0,
    step: (e) => -Math.sign(e),
    seen: 'one LSB toward zero, never away from it',
  },
  { name: 'floor', exact: Math.floor, may: () => true, step: () => -1, seen: 'one LSB down, never up' },
  { name: 'ceiling', exact: Math.ceil, may: () => true, step: () => 1, seen: 'one LSB up, never down' },
  {
    name: 'ties away from zero',
    exact: (x) => round(x, 'half-away'),
    may: even,
    step: (e) => Math.sign(e),
    seen: 'one LSB away from zero, only where expected is even',
  },
  {
    name: 'ties up',
    exact: (x) => Math.floor(x + 0.5),
    may: even,
    step: () => 1,
    seen: 'one LSB up, only where expected is even',
  },
  {
    name: 'ties down',
    exact: (x) => Math.ceil(x - 0.5),
    may: even,
    step: () => -1,
    seen: 'one LSB down, only where expected is even',
  },
];

/** Rounding by another mode than half to even. */
export const roundingMode: Hypothesis = (mismatch) => {
  const { integer, scale, wrong } = mismatch;
  if (!integer || scale.slack > 0 || wrong.length < 4) return null;
  const { expected, actual } = mismatch;
  const beyond = mismatch.sample(64).filter((i) => Math.abs(actual[i]! - expected[i]!) > 1).length;
  if (beyond > 8) return null;
  return cheapest(MODES.flatMap((mode) => [fromIdeal(mismatch, mode), fromBias(mismatch, mode)]));
};

function fromIdeal(mismatch: Mismatch, { name, exact }: Mode): Explanation | null {
  const { ideal, dtype } = mismatch;
  if (ideal === null) return null;
  const { min, max } = dtypeInfo(dtype);
  const claim: Claim = {
    hypothesis: HYPOTHESIS,
    bits: 4,
    predict: (i) => saturate(exact(ideal[i]!), min, max),
    text: `actual = expected rounded by ${name} instead of half to even`,
    hint: HINT,
    share: 0.95,
  };
  return tested(claim, mismatch);
}

function fromBias(mismatch: Mismatch, { name, may, step, seen }: Mode): Explanation | null {
  const { expected, actual, wrong, size, scale } = mismatch;
  // Ties next to zero leave it in both directions.
  const leaves = (i: number): boolean => step(expected[i]!) === 0;
  const follow = (i: number): boolean => {
    const error = actual[i]! - expected[i]!;
    return may(expected[i]!) && (leaves(i) ? Math.abs(error) === 1 : error === step(expected[i]!));
  };
  const sample = mismatch.sample(64);
  if (sample.filter(follow).length < 0.8 * sample.length) return null;
  let follows = 0;
  let undirected = 0;
  for (const i of wrong) {
    if (!follow(i)) continue;
    follows++;
    if (leaves(i)) undirected++;
  }
  if (follows < 0.95 * wrong.length) return null;
  let open = 0;
  for (let i = 0; i < size; i++) if (may(expected[i]!)) open++;
  // A step that nearly every element takes is an offset.
  if (follows > 0.85 * open) return null;
  const others = wrong.length - follows;
  const bits =
    5 +
    undirected +
    entropyBits([follows, open - follows]) +
    entropyBits([others, size - others]) +
    others * scale.valueBits;
  return {
    hypothesis: HYPOTHESIS,
    bits,
    evidence:
      `actual is ${seen}, in ${elements(follows, size)}` +
      `${others === 0 ? '' : ` (${count(others)} other errors)`}: ${name} for rounding half to even`,
    hint: HINT,
  };
}
