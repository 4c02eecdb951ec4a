import type { Hypothesis } from './claim.ts';
import { allZero } from './hypotheses/all-zero.ts';
import { byteOrder } from './hypotheses/byte-order.ts';
import { channelsPermuted } from './hypotheses/channels-permuted.ts';
import { clampDropped } from './hypotheses/clamp-dropped.ts';
import { compressedRange } from './hypotheses/compressed-range.ts';
import { constant } from './hypotheses/constant.ts';
import { constantOffset } from './hypotheses/constant-offset.ts';
import { constantScale } from './hypotheses/constant-scale.ts';
import { inputCopy } from './hypotheses/input-copy.ts';
import { isolatedElements } from './hypotheses/isolated-elements.ts';
import { noise } from './hypotheses/noise.ts';
import { notFinite } from './hypotheses/not-finite.ts';
import { oneColumn } from './hypotheses/one-column.ts';
import { oneCore } from './hypotheses/one-core.ts';
import { oneRow } from './hypotheses/one-row.ts';
import { oneSlice } from './hypotheses/one-slice.ts';
import { oneTile } from './hypotheses/one-tile.ts';
import { roundingMode } from './hypotheses/rounding-mode.ts';
import { rowsPermuted } from './hypotheses/rows-permuted.ts';
import { saturated } from './hypotheses/saturated.ts';
import { shifted } from './hypotheses/shifted.ts';
import { shortTransfer } from './hypotheses/short-transfer.ts';
import { signError } from './hypotheses/sign-error.ts';
import { slicesPermuted } from './hypotheses/slices-permuted.ts';
import { softmaxSum } from './hypotheses/softmax-sum.ts';
import { staleOutput } from './hypotheses/stale-output.ts';
import { tileColumn } from './hypotheses/tile-column.ts';
import { tileLayout } from './hypotheses/tile-layout.ts';
import { tileRow } from './hypotheses/tile-row.ts';
import { tilesPermuted } from './hypotheses/tiles-permuted.ts';
import { transposed } from './hypotheses/transposed.ts';
import { untouchedCanary } from './hypotheses/untouched-canary.ts';
import { valueMap } from './hypotheses/value-map.ts';
import { vectorLane } from './hypotheses/vector-lane.ts';
import { widthError } from './hypotheses/width-error.ts';
import { wrongRange } from './hypotheses/wrong-range.ts';
import { wrongShift } from './hypotheses/wrong-shift.ts';
import type { Locator } from './region.ts';

/** What is wrong, the quickest first: tested on the whole output, and again inside every region that holds all that is wrong. */
export const hypotheses: readonly Hypothesis[] = [
  untouchedCanary,
  allZero,
  staleOutput,
  constant,
  inputCopy,
  notFinite,
  wrongShift,
  constantScale,
  constantOffset,
  compressedRange,
  saturated,
  clampDropped,
  signError,
  widthError,
  byteOrder,
  transposed,
  tileLayout,
  shifted,
  tilesPermuted,
  slicesPermuted,
  rowsPermuted,
  channelsPermuted,
  roundingMode,
  softmaxSum,
  noise,
  valueMap,
];

/** Tested on the whole output only. */
export const wholeOnly: readonly Hypothesis[] = [isolatedElements];

/** Where it is wrong. */
export const locators: readonly Locator[] = [
  oneCore,
  oneTile,
  tileRow,
  tileColumn,
  oneSlice,
  oneRow,
  oneColumn,
  vectorLane,
  shortTransfer,
  wrongRange,
];
