import { dtypeInfo } from '../../../tensor/index.ts';
import { choiceBits } from '../bits.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { lagsOf } from '../search.ts';
import { canaryValue } from './untouched-canary.ts';

const HINT =
  'values are right but displaced: look at the offset of the output transfer, at a pointer advanced once too often, at a first vector lost or sent twice';

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** What may stand where nothing was shifted in. */
function fills(mismatch: Mismatch): { value: number; text: string }[] {
  const canary = canaryValue(mismatch);
  const zero = { value: 0, text: 'zeros' };
  return canary === null ? [zero] : [zero, { value: canary, text: 'the canary' }];
}

/** The whole output displaced by `lag` elements: round the end, or with an edge that is lost. */
function flat(mismatch: Mismatch, lag: number): Claim[] {
  const { expected, size, columns } = mismatch;
  const rows = lag / columns;
  const whole = mismatch.shape.length > 1 && columns > 1 && Number.isInteger(rows);
  const by = whole ? plural(Math.abs(rows), 'row') : plural(Math.abs(lag), 'element');
  const way = lag > 0 ? 'down' : 'up';
  const text = `actual = expected shifted ${whole ? way : lag > 0 ? 'toward the end' : 'toward the start'} by ${by}`;
  const claim = (bits: number, ending: string, predict: Claim['predict']): Claim => ({
    hypothesis: 'shifted',
    bits: bits + choiceBits(whole ? size / columns : size),
    predict,
    text: `${text}, ${ending}`,
    hint: HINT,
  });
  // The more is lost, the less is left to show that anything was shifted.
  const lost = [
    ...fills(mismatch).map(({ value, text: fill }) =>
      claim(4, `with ${fill} shifted in`, (i) => expected[i - lag] ?? value),
    ),
    claim(5, 'the edge as expected', (i) => expected[i - lag] ?? expected[i]!),
  ];
  const round = claim(4, 'round the end', (i) => expected[(((i - lag) % size) + size) % size]!);
  return Math.abs(lag) <= size / 8
    ? [round, ...lost]
    : Math.abs(lag) <= size / 2
      ? [round, ...lost.slice(0, -1)]
      : [round];
}

/** Each row displaced in itself. */
function inRows(mismatch: Mismatch, lag: number): Claim[] {
  const { expected, columns, shape, size } = mismatch;
  if (shape.length < 2 || columns < 2 || size === columns) return [];
  const down = ((lag % columns) + columns) % columns;
  if (down === 0) return [];
  const near = down <= columns / 2 ? down : down - columns;
  const text = `each row of actual = that of expected shifted ${near > 0 ? 'right' : 'left'} by ${plural(Math.abs(near), 'element')}`;
  const claim = (bits: number, ending: string, predict: Claim['predict']): Claim => ({
    hypothesis: 'shifted',
    bits: bits + choiceBits(columns),
    predict,
    text: `${text}, ${ending}`,
    hint: HINT,
  });
  return [
    claim(4, 'round its end', (i) => {
      const column = i % columns;
      return expected[i - column + ((column - down + columns) % columns)]!;
    }),
    ...fills(mismatch).map(({ value, text: fill }) =>
      claim(4, `with ${fill} shifted in`, (i) => {
        const column = (i % columns) - near;
        return column < 0 || column >= columns ? value : expected[i - near]!;
      }),
    ),
  ];
}

/** Displaced by bytes that are no whole elements. */
function inBytes(mismatch: Mismatch): Claim[] {
  const { bytes, storage, decode } = dtypeInfo(mismatch.dtype);
  if (bytes === 1) return [];
  const stored = mismatch.expectedBytes;
  const element = new storage(1);
  const view = new Uint8Array(element.buffer);
  const claims: Claim[] = [];
  for (let lag = 1 - 2 * bytes; lag < 2 * bytes; lag++) {
    if (lag % bytes === 0) continue;
    claims.push({
      hypothesis: 'shifted',
      bits: 8,
      predict: (i) => {
        for (let b = 0; b < bytes; b++) {
          const from = i * bytes + b - lag;
          view[b] = stored[((from % stored.length) + stored.length) % stored.length]!;
        }
        return decode(element[0]!);
      },
      text: `actual = expected shifted toward the ${lag > 0 ? 'end' : 'start'} by ${plural(Math.abs(lag), 'byte')}`,
      hint: HINT,
    });
  }
  return claims;
}

/** The output displaced in memory. */
export const shifted: Hypothesis = (mismatch) => {
  if (mismatch.size < 8) return null;
  const lags = lagsOf(mismatch);
  return bestOf(
    [...lags.flatMap((lag) => [...flat(mismatch, lag), ...inRows(mismatch, lag)]), ...inBytes(mismatch)],
    mismatch,
  );
};
