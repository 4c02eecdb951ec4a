import { dtypeInfo, round } from '../../../tensor/index.ts';
import { entropyBits } from '../bits.ts';
import { type Explanation, type Hypothesis, tested } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { count } from '../text.ts';
import { wrapTo } from '../wrap.ts';

const HINT =
  'the result wraps around instead of saturating: look for a plain cast where a clamp or a saturating store (srs with saturation on) belongs';
const HYPOTHESIS = 'clamp-dropped';

/** Values beyond the range of the output wrap around. */
export const clampDropped: Hypothesis = (mismatch) => {
  const { integer, ideal, dtype } = mismatch;
  if (!integer) return null;
  if (ideal !== null) {
    const exact = tested(
      {
        hypothesis: HYPOTHESIS,
        bits: 4,
        predict: (i) => wrapTo(dtype, round(ideal[i]!, 'half-even')),
        text: 'actual = expected before saturation, wrapped around',
        hint: HINT,
        share: 0.9,
      },
      mismatch,
    );
    if (exact !== null) return exact;
  }
  return atLimits(mismatch);
};

/** Where only saturated values are known: what differs are just those, and mostly in sign. */
function atLimits(mismatch: Mismatch): Explanation | null {
  const { expected, actual, wrong, dtype, size, scale } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  const middle = (min + max + 1) / 2;
  const sample = mismatch.sample(64);
  const limited = sample.filter((i) => expected[i] === min || expected[i] === max);
  if (limited.length < 0.8 * sample.length) return null;
  let limits = 0;
  for (let i = 0; i < size; i++) if (expected[i] === min || expected[i] === max) limits++;
  let atLimit = 0;
  let opposite = 0;
  for (const i of wrong) {
    if (expected[i] !== min && expected[i] !== max) continue;
    atLimit++;
    if (actual[i]! < middle !== expected[i]! < middle) opposite++;
  }
  if (wrong.length < 2 || atLimit < 0.95 * wrong.length || opposite < 0.6 * atLimit) return null;
  const others = wrong.length - atLimit;
  const values = atLimit * (scale.valueBits - 1) + others * scale.valueBits;
  return {
    hypothesis: HYPOTHESIS,
    bits: 4 + entropyBits([atLimit, limits - atLimit]) + entropyBits([others, size - others]) + values,
    evidence:
      `${count(atLimit)} of ${count(limits)} elements expected at a limit of ${dtype} (${min} or ${max}) differ, ` +
      `${count(opposite)} of them in the other half of the range, and ${others === 0 ? 'no' : count(others)} others`,
    hint: HINT,
  };
}
