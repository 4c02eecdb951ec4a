export { type Candidate, candidates, type ShrinkLevel } from './candidates.ts';
export { describeSmallest } from './describe.ts';
export { nonZeroOf, type ShrinkOptions, type ShrinkResult, type ShrinkStep, shrinkInputs } from './shrink.ts';
