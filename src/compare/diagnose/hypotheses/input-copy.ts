import { choiceBits } from '../bits.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import { valuesOf } from '../scale.ts';
import { lagsIn } from '../search.ts';

/** The output holds an input, or a part of one. */
export const inputCopy: Hypothesis = (mismatch) => {
  const inputs = Object.entries(mismatch.context.inputs ?? {});
  const claims = inputs.flatMap(([name, input]): Claim[] => {
    const values = valuesOf(input);
    const offsets = new Set([0, ...lagsIn(mismatch, values).map((lag) => -lag)]);
    return [...offsets].map((offset) => ({
      hypothesis: 'input-copy',
      bits: 3 + choiceBits(inputs.length) + (offset === 0 ? 1 : choiceBits(values.length)),
      predict: (i) => values[i + offset] ?? Number.NaN,
      text:
        offset === 0
          ? `actual = input '${name}'`
          : `actual[i] = input '${name}'[i ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}]`,
      hint: 'an input came back: look at the buffer arguments (order, group), at the addresses of the transfers, at a pass-through route that skips the core',
      share: 0.85,
      verbatim: true,
      partial: true,
    }));
  });
  return bestOf(claims, mismatch);
};
