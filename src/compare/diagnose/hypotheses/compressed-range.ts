import { dtypeInfo, round, saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { type Hypothesis, tested } from '../claim.ts';
import { line } from '../linear.ts';

/** Values drawn together around some centre (or apart from it). */
export const compressedRange: Hypothesis = (mismatch) => {
  const fit = line(mismatch);
  if (fit === null) return null;
  const { slope, offset } = fit;
  if (Math.abs(slope) < 0.02 || Math.abs(slope - 1) < 0.01) return null;
  const { expected, ideal, integer, dtype, scale } = mismatch;
  if (Math.abs(offset) < (integer ? 0.5 : scale.near)) return null; // a scale and nothing else

  const { min, max } = dtypeInfo(dtype);
  const source = ideal ?? expected;
  const centre = offset / (1 - slope);
  const way = Math.abs(slope) < 1 ? 'drawn together' : 'spread';
  return tested(
    {
      hypothesis: 'compressed-range',
      bits: 20 + scale.valueBits,
      predict: integer
        ? (i) => saturate(round(source[i]! * slope + offset, 'half-even'), min, max)
        : (i) => source[i]! * slope + offset,
      text: `actual = ${show(slope, 3)} * expected + ${show(offset, 3)}, ${way} around ${show(centre, 3)}`,
      hint: 'scale and zero point are both off: look at the quantisation parameters of the output, at a softmax whose scores are scaled too little, at a range calibrated on other data',
    },
    mismatch,
  );
};
