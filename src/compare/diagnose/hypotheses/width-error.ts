import { dtypeInfo } from '../../../tensor/index.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { wrapped, wrapTo } from '../wrap.ts';

const HINT =
  'two sides disagree on the width of an element: look at the element types of the output in the kernel, in the transfer and in the host program';

/** The output was written as wider elements than it is read. */
function writtenWider({ expected, dtype }: Mismatch, width: number): Claim {
  return {
    hypothesis: 'width-error',
    bits: 5,
    predict: (i) => {
      const value = expected[Math.floor(i / width)]!;
      return i % width === 0 ? value : wrapTo(dtype, value < 0 ? -1 : 0);
    },
    text: `actual is expected written as int${8 * width} and read as ${dtype}`,
    hint: HINT,
    share: 0.9,
  };
}

/** Only every `width`-th element arrives, packed at the front. */
function everyNth({ expected, actual, size }: Mismatch, width: number): Claim {
  const rest = actual[size - 1]!;
  return {
    hypothesis: 'width-error',
    bits: 12,
    predict: (i) => expected[i * width] ?? rest,
    text: `actual[i] = expected[${width} i], as if elements were ${width} times as wide, then ${rest}`,
    hint: HINT,
    share: 0.9,
  };
}

function narrowed({ expected }: Mismatch, bits: number, signed: boolean): Claim {
  return {
    hypothesis: 'width-error',
    bits: 5,
    predict: (i) => wrapped(expected[i]!, bits, signed),
    text: `actual = low ${bits} bits of expected, ${signed ? 'sign' : 'zero'}-extended (differences are multiples of ${2 ** bits})`,
    hint: HINT,
  };
}

/** Several narrow elements in the place of one. */
function packed({ expected, actual, dtype, size }: Mismatch, width: number): Claim {
  const { bytes } = dtypeInfo(dtype);
  const bits = (8 * bytes) / width;
  const rest = actual[size - 1]!;
  return {
    hypothesis: 'width-error',
    bits: 12,
    predict: (i) => {
      if (i * width >= size) return rest;
      let value = 0;
      for (let k = width - 1; k >= 0; k--)
        value = value * 2 ** bits + wrapped(expected[i * width + k] ?? 0, bits, false);
      return wrapTo(dtype, value);
    },
    text: `actual holds ${width} expected elements of ${bits} bits in each ${dtype}, then ${rest}`,
    hint: HINT,
    share: 0.9,
  };
}

/** Elements of one width read or written as another. */
export const widthError: Hypothesis = (mismatch) => {
  if (!mismatch.integer || !mismatch.contiguous || mismatch.size < 8) return null;
  const { bytes } = dtypeInfo(mismatch.dtype);
  const claims = [everyNth(mismatch, 2), everyNth(mismatch, 4)];
  if (bytes < 4) claims.push(writtenWider(mismatch, 2));
  if (bytes < 2) claims.push(writtenWider(mismatch, 4));
  for (let width = bytes; width > 1; width /= 2) {
    claims.push(packed(mismatch, width));
    claims.push(
      narrowed(mismatch, (8 * bytes) / width, true),
      narrowed(mismatch, (8 * bytes) / width, false),
    );
  }
  return bestOf(claims, mismatch);
};
