import { dtypeInfo, saturate } from '../../../tensor/index.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import { wrapTo } from '../wrap.ts';

const HINT =
  'the sign is lost or turned: look at operands subtracted in the wrong order, at a signed value handled as unsigned, at a zero point of 128 added or left out';

/** Wrong signs. */
export const signError: Hypothesis = (mismatch) => {
  const { expected, dtype, integer } = mismatch;
  const { min, max, bytes } = dtypeInfo(dtype);
  const claim = (bits: number, text: string, predict: Claim['predict']): Claim => ({
    hypothesis: 'sign-error',
    bits,
    predict,
    text,
    hint: HINT,
    share: 0.9,
  });
  const claims = [
    claim(4, 'actual = -expected', (i) => saturate(-expected[i]!, min, max)),
    claim(5, 'actual = |expected|', (i) => saturate(Math.abs(expected[i]!), min, max)),
    claim(6, 'actual = -|expected|', (i) => saturate(-Math.abs(expected[i]!), min, max)),
  ];
  if (integer) {
    const half = 2 ** (bytes * 8 - 1);
    claims.push(
      claim(5, `actual = expected with its highest bit toggled (${half} added modulo ${2 * half})`, (i) =>
        wrapTo(dtype, expected[i]! + half),
      ),
    );
  }
  return bestOf(claims, mismatch);
};
