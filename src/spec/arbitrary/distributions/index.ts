import type { DType } from '../../../tensor/index.ts';
import { dtypeInfo } from '../../../tensor/index.ts';
import type { Distribution } from '../canvas.ts';
import { activations } from './activations.ts';
import { constantRows } from './constant-rows.ts';
import { correlatedRows } from './correlated-rows.ts';
import { fullRange } from './full-range.ts';
import { lowRank } from './low-rank.ts';
import { mixtureOf } from './mixture.ts';
import { nearTies } from './near-ties.ts';
import { oneHot } from './one-hot.ts';
import { outlierChannels } from './outlier-channels.ts';
import { ramp } from './ramp.ts';
import { roundingTies } from './rounding-ties.ts';
import { saturating } from './saturating.ts';
import { small } from './small.ts';
import { sparse } from './sparse.ts';
import { symmetricPairs } from './symmetric-pairs.ts';
import { uniform } from './uniform.ts';
import { zeros } from './zeros.ts';

const plain = {
  uniform,
  'full range': fullRange,
  small,
  saturating,
  zeros,
  'one-hot': oneHot,
  'constant rows': constantRows,
  ramp,
  sparse,
  'outlier channels': outlierChannels,
  'near ties': nearTies,
  'correlated rows': correlatedRows,
  'low rank': lowRank,
  'symmetric pairs': symmetricPairs,
  'rounding ties': roundingTies,
  activations,
} as const satisfies Readonly<Record<string, Distribution>>;

export type DistributionName = keyof typeof plain | 'mixture';

const { 'full range': _, ...ordinary } = plain;

/** Every distribution under the name it is printed with. */
export const distributions: Readonly<Record<DistributionName, Distribution>> = {
  ...plain,
  mixture: mixtureOf(Object.values(ordinary)),
};

export const distributionNames = Object.keys(distributions) as readonly DistributionName[];

/**
 * The distributions a part of `dtype` is drawn from unless told: all but, for floats, the full range, whose huge and
 * subnormal values are outside of what most kernels promise.
 */
export function usualDistributions(dtype: DType): readonly DistributionName[] {
  return dtypeInfo(dtype).integer
    ? distributionNames
    : distributionNames.filter((name) => name !== 'full range');
}
