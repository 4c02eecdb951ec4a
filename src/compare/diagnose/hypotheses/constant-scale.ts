import { dtypeInfo, round, saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { type Hypothesis, tested } from '../claim.ts';
import { proportion } from '../linear.ts';

/** A constant factor. */
export const constantScale: Hypothesis = (mismatch) => {
  const factor = proportion(mismatch);
  if (factor === null || Math.abs(factor) < 0.02 || Math.abs(factor - 1) < 0.005) return null;
  const power = Math.log2(Math.abs(factor));
  if (factor > 0 && Math.abs(power - Math.round(power)) < 0.01) return null; // a wrong shift
  const { expected, ideal, integer, dtype } = mismatch;
  const { min, max } = dtypeInfo(dtype);
  // What rounding took from `expected` is enlarged with it.
  const lost = Math.abs(factor) * ((ideal === null ? 0.5 : 0) + mismatch.scale.slack) + 0.5;
  const near = integer && lost > mismatch.scale.near ? { near: lost } : {};
  const source = ideal ?? expected;
  return tested(
    {
      ...near,
      hypothesis: 'constant-scale',
      bits: 16,
      predict: integer
        ? (i) => saturate(round(source[i]! * factor, 'half-even'), min, max)
        : (i) => source[i]! * factor,
      text: `actual = expected * ${show(factor, 4)}`,
      hint: 'a constant factor: look at the scales of quantisation, at a normalisation by the wrong count, at a mean taken for a sum',
    },
    mismatch,
  );
};
