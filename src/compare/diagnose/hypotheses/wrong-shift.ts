import { dtypeInfo, type Rounding, round, roundings, saturate } from '../../../tensor/index.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { wrapTo } from '../wrap.ts';

const HINT =
  'a power of two off: look at the shift of the accumulator (srs), at scales of the wrong operand, at a factor such as 1/sqrt(d) applied twice or never';

/** log2 of how much larger the actual magnitudes are, over wrong elements that are not at a limit of the dtype. */
function log2Ratio(mismatch: Mismatch): number {
  const { expected, actual, dtype } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  let e = 0;
  let a = 0;
  for (const i of mismatch.sample(1024)) {
    if (actual[i]! <= min || actual[i]! >= max || !Number.isFinite(actual[i]!)) continue;
    e += Math.abs(expected[i]!);
    a += Math.abs(actual[i]!);
  }
  return Math.log2(a / e);
}

const ROUNDED: Record<Rounding, string> = {
  floor: '',
  truncate: ' toward zero',
  'half-even': ' rounded half to even',
  'half-away': ' rounded half away from zero',
};

function right(mismatch: Mismatch, bits: number): Claim[] {
  const { expected, ideal } = mismatch;
  const source = ideal ?? expected;
  const divisor = 2 ** bits;
  return roundings.map((mode) => ({
    hypothesis: 'wrong-shift',
    bits: mode === 'floor' ? 5 : 7,
    predict: (i) => round(source[i]! / divisor, mode),
    text:
      mode === 'floor' ? `actual = expected >> ${bits}` : `actual = expected / ${divisor}${ROUNDED[mode]}`,
    hint: HINT,
  }));
}

function left(mismatch: Mismatch, bits: number): Claim[] {
  const { expected, ideal, dtype } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  const source = ideal ?? expected;
  const { slack } = mismatch.scale;
  const factor = 2 ** bits;
  // Bits below the last one of `expected` come in from below; they are only known from an ideal.
  const lost = (ideal === null ? factor / 2 : 0) + factor * slack;
  const near = lost > mismatch.scale.near ? { near: lost } : {};
  const common = { hypothesis: 'wrong-shift', hint: HINT, ...near };
  return [
    {
      ...common,
      bits: 5,
      predict: (i) => saturate(round(source[i]! * factor, 'half-even'), min, max),
      text: `actual = expected << ${bits}, saturated`,
    },
    {
      ...common,
      bits: 6,
      predict: (i) => wrapTo(dtype, round(source[i]! * factor, 'half-even')),
      text: `actual = expected << ${bits}, wrapped around`,
    },
  ];
}

/** A constant factor that is a power of two. */
export const wrongShift: Hypothesis = (mismatch) => {
  const estimate = Math.round(log2Ratio(mismatch));
  if (!Number.isFinite(estimate)) return null;
  const { expected, integer } = mismatch;
  const near = [estimate - 1, estimate, estimate + 1].filter((s) => s !== 0 && Math.abs(s) < 31);
  if (!integer) {
    return bestOf(
      near.map((s) => ({
        hypothesis: 'wrong-shift',
        bits: 5,
        predict: (i) => expected[i]! * 2 ** s,
        text: `actual = expected * 2^${s}`,
        hint: HINT,
      })),
      mismatch,
    );
  }
  // Wrapped values say nothing of the factor, so small left shifts are always tried.
  const shifts = new Set([...near, 1, 2, 3]);
  return bestOf(
    [...shifts].flatMap((s) => (s < 0 ? right(mismatch, -s) : left(mismatch, s))),
    mismatch,
  );
};
