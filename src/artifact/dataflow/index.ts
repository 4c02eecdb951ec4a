export { type ByteSet, gaps, type Interval, intersection, mergeIntervals } from './byte-set.ts';
export * from './flow.ts';
export { type Pattern, partPatterns, type Repeat } from './strided.ts';
