import { join } from 'node:path';
import { discover, simd } from './built.ts';
import { NumpyPeer } from './numpy.ts';
import { inputs, numpyFunctions, type Operation, operations } from './operations.ts';
import { propertyCase } from './property-case.ts';

/**
 * Measures the built package beside NumPy on the same data in one run, turn by turn, so that whatever else the machine
 * does meets both. Prints medians, the spread from the 10th to the 90th percentile, and whether each target is met.
 * With a word as argument, only operations whose names contain it.
 */
const wanted = process.argv[2] ?? '';
const ROUNDS = 12;
/** Milliseconds one side works in a round. */
const SPELL = 60;

function timeOurs({ ours, per = 1 }: Operation, count: number): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    ours();
    return (performance.now() - start) / per;
  });
}

/** How many runs fill a spell, from a few after warming up. */
function countFor(times: readonly number[], per: number): number {
  return Math.max(2, Math.min(1000, Math.round(SPELL / (quantile(times, 0.5) * per))));
}

function quantile(times: readonly number[], q: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(q * (times.length - 1))]!;
}

const spread = (times: readonly number[]): string =>
  `${quantile(times, 0.5).toFixed(4)} (${quantile(times, 0.1).toFixed(4)}-${quantile(times, 0.9).toFixed(4)})`;

function row(...cells: readonly [string, string, string, string, string, string]): void {
  const widths = [48, 26, 28, 7, 18, 0];
  console.log(cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' '));
}

async function measure(operation: Operation, peer: NumpyPeer | string): Promise<boolean | null> {
  const { name, numpy, target, per = 1 } = operation;
  const start = performance.now();
  // Long enough that V8 has optimised what it will.
  while (performance.now() - start < 400) operation.ours();
  const count = countFor(timeOurs(operation, 5), per);
  const other = typeof peer === 'string' || numpy === null ? null : { peer, numpy };
  const peerCount = other && countFor(await other.peer.time(other.numpy, 5), 1);
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(...timeOurs(operation, count));
    if (other) theirs.push(...(await other.peer.time(other.numpy, peerCount!)));
  }
  const ms = quantile(mine, 0.5);
  const ratio = other && ms / quantile(theirs, 0.5);
  const missing = numpy === null ? '' : `not measured: ${typeof peer === 'string' ? peer : ''}`;
  const met = target === undefined ? null : 'ms' in target ? ms <= target.ms : ratio && ratio <= target.ratio;
  const aim =
    target === undefined ? '' : 'ms' in target ? `<= ${target.ms} ms` : `<= ${target.ratio} x NumPy`;
  row(
    name,
    spread(mine),
    other ? spread(theirs) : missing,
    ratio === null ? '' : ratio.toFixed(2),
    aim,
    typeof met === 'boolean' ? (met ? 'met' : 'missed') : '',
  );
  return typeof met === 'boolean' ? met : null;
}

const peer = NumpyPeer.start(inputs, numpyFunctions);
const versions = `Node ${process.version}, ${simd() === null ? 'plain TypeScript' : 'WebAssembly SIMD'}`;
console.log(`${versions}; ${typeof peer === 'string' ? peer : `NumPy ${peer.version} on one thread`}`);
row('operation', 'ours, ms (p10-p90)', 'NumPy, ms (p10-p90)', 'ratio', 'target', '');
const { kernels } = await discover(join(import.meta.dirname, '..'));
const cases = kernels.filter(({ spec }) => spec.control === undefined).map(({ spec }) => propertyCase(spec));
const first = cases.find(({ whole }) => whole.target !== undefined);
const all = [
  ...operations,
  ...(first === undefined ? [] : [first.whole, ...first.steps]),
  ...cases.filter((one) => one !== first).map(({ whole }) => whole),
];
const verdicts: (boolean | null)[] = [];
for (const operation of all) {
  if (operation.name.includes(wanted)) verdicts.push(await measure(operation, peer));
}
if (typeof peer !== 'string') peer.close();
const [met, missed] = [true, false].map((verdict) => verdicts.filter((one) => one === verdict).length);
console.log(`targets: ${met} met, ${missed} missed`);
