import { dtypeInfo } from '../../../tensor/index.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';

const HINT =
  'bytes of a word change places: look at a shuffle or pack of the wrong granularity, at a host of the other byte order';

/** Predicts values after the bytes of each group of `group` bytes change places as `place` says. */
function rearranged(mismatch: Mismatch, group: number, place: (byte: number) => number): Claim['predict'] {
  const { expected, dtype } = mismatch;
  const { bytes, storage, decode } = dtypeInfo(dtype);
  const places = Array.from({ length: group }, (_, byte) => place(byte));
  if (bytes === 1) return (i) => expected[i - (i % group) + places[i % group]!]!;
  const stored = mismatch.expectedBytes;
  const element = new storage(1);
  const parts = new Uint8Array(element.buffer);
  return (i) => {
    for (let b = 0; b < bytes; b++) {
      const at = i * bytes + b;
      parts[b] = stored[at - (at % group) + places[at % group]!]!;
    }
    return decode(element[0]!);
  };
}

/** Bytes in the wrong order, within elements or within 32-bit words. */
export const byteOrder: Hypothesis = (mismatch) => {
  if (!mismatch.contiguous) return null;
  const { bytes } = dtypeInfo(mismatch.dtype);
  const orders: { group: number; place: (byte: number) => number; text: string }[] = [
    { group: 2, place: (b) => 1 - b, text: 'the bytes of every 16-bit word swapped' },
    { group: 4, place: (b) => 3 - b, text: 'the bytes of every 32-bit word reversed' },
    { group: 4, place: (b) => (b + 2) % 4, text: 'the halves of every 32-bit word swapped' },
  ];
  if (bytes === 8)
    orders.push({ group: 8, place: (b) => 7 - b, text: 'the bytes of every 64-bit word reversed' });
  const size = mismatch.size * bytes;
  const claims = orders
    .filter(({ group }) => size % group === 0)
    .map(
      ({ group, place, text }): Claim => ({
        hypothesis: 'byte-order',
        bits: 6,
        predict: rearranged(mismatch, group, place),
        text: `actual = expected with ${text}`,
        hint: HINT,
        share: 0.9,
      }),
    );
  return bestOf(claims, mismatch);
};
