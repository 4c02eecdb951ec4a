import { dtypeInfo, round, saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import { proportion } from '../linear.ts';
import type { Mismatch } from '../mismatch.ts';

/** A constant factor. */
export const constantScale: Hypothesis = (mismatch) => {
  const fitted = proportion(mismatch);
  if (fitted === null || Math.abs(fitted) < 0.02 || Math.abs(fitted - 1) < 0.005) return null;
  const power = Math.log2(Math.abs(fitted));
  if (fitted > 0 && Math.abs(power - Math.round(power)) < 0.01) return null; // a wrong shift
  // Somebody wrote the factor down, so a round number is likelier than the best fit.
  const likely = Number(fitted.toPrecision(2));
  return bestOf([times(mismatch, likely, 10), times(mismatch, fitted, 16)], mismatch);
};

function times(mismatch: Mismatch, factor: number, bits: number): Claim {
  const { expected, ideal, integer, dtype, scale } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  const source = ideal ?? expected;
  // What rounding took from `expected` is enlarged with it.
  const lost = Math.abs(factor) * ((ideal === null ? 0.5 : 0) + scale.slack) + 0.5;
  return {
    hypothesis: 'constant-scale',
    bits,
    predict: integer
      ? (i) => saturate(round(source[i]! * factor, 'half-even'), min, max)
      : (i) => source[i]! * factor,
    text: `actual = expected * ${show(factor, 4)}`,
    hint: 'a constant factor: look at the scales of quantisation, at a normalisation by the wrong count, at a mean taken for a sum',
    ...(integer && lost > scale.near ? { near: lost } : {}),
  };
}
