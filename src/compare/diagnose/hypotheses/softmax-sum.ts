import { dtypeInfo, round, saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { type Hypothesis, tested } from '../claim.ts';
import { rowsOf } from '../partition.ts';
import { count } from '../text.ts';

/** Rows counted as softmax rows: their sums agree within this share. */
const AGREE = 0.05;

/** Rows of probabilities that no longer sum to one, each off by a factor of its own. */
export const softmaxSum: Hypothesis = (mismatch) => {
  const { expected, actual, columns, size, integer, dtype, scale } = mismatch;
  if (rowsOf(mismatch) === null || columns < 4) return null;
  const { min, max } = dtypeInfo(dtype);
  // Softmax in int8 has zero point -128, in uint8 and floats 0.
  const zeroPoint = integer ? min : 0;
  const rows = size / columns;
  const one = integer ? max - min + 1 : 1;
  const factors = new Float64Array(rows);
  let off = 0;
  let least = Infinity;
  let greatest = -Infinity;
  for (let row = 0; row < rows; row++) {
    let e = 0;
    let a = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      if (expected[i]! < zeroPoint) return null;
      e += expected[i]! - zeroPoint;
      a += actual[i]! - zeroPoint;
    }
    // Each of the rounded elements may be half an LSB off.
    if (!(Math.abs(e - one) <= AGREE * one + (integer ? columns / 2 : 0))) return null;
    factors[row] = a / e;
    if (Math.abs(a / e - 1) > AGREE / 2) off++;
    least = Math.min(least, a / one);
    greatest = Math.max(greatest, a / one);
  }
  if (off < rows / 10) return null;
  return tested(
    {
      hypothesis: 'softmax-sum',
      bits: 5 + off * Math.min(8, scale.valueBits),
      predict: (i) => {
        const value = (expected[i]! - zeroPoint) * factors[Math.floor(i / columns)]! + zeroPoint;
        return integer ? saturate(round(value, 'half-even'), min, max) : value;
      },
      text: `${count(off)} of ${count(rows)} softmax rows do not sum to one (sums from ${show(least, 3)} to ${show(greatest, 3)}): actual = expected times a factor for each row`,
      hint: 'the division by the sum of the weights is missing or uses another sum: look at the row reduction (its length, its reset between rows) and at the reciprocal',
    },
    mismatch,
  );
};
