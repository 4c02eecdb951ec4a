import { dtypeInfo, saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import { wrapTo } from '../wrap.ts';

const HINT =
  'the same amount is missing or added everywhere: look at the zero point of the output (and of the inputs times the weights), at a bias added twice or never';

/** A constant added to every value. */
export const constantOffset: Hypothesis = (mismatch) => {
  const { expected, actual, integer, dtype, scale } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  const errors = Array.from(mismatch.sample(255), (i) => actual[i]! - expected[i]!)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const offset = integer ? mostFrequent(errors) : errors[errors.length >> 1];
  if (offset === undefined || offset === 0) return null;
  const text = `actual = expected ${offset < 0 ? '-' : '+'} ${show(Math.abs(offset))}`;
  const claims: Claim[] = [
    {
      hypothesis: 'constant-offset',
      bits: 4 + scale.valueBits,
      predict: (i) => saturate(expected[i]! + offset, min, max),
      text,
      hint: HINT,
    },
  ];
  if (integer) {
    claims.push({
      hypothesis: 'constant-offset',
      bits: 5 + scale.valueBits,
      predict: (i) => wrapTo(dtype, expected[i]! + offset),
      text: `${text}, wrapped around`,
      hint: HINT,
    });
  }
  return bestOf(claims, mismatch);
};

function mostFrequent(sorted: readonly number[]): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    if (to - from > most) {
      most = to - from;
      best = sorted[from];
    }
    from = to;
  }
  return best;
}
