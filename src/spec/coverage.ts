import { ErtCmdState, type RunResult } from '../device/index.ts';
import type { InputCase } from './cases.ts';
import type { KernelSpec } from './kernel.ts';

/** Bytes that outputs are filled with before a run; they differ in every bit. */
export const CANARIES = [0xa5, 0x5a] as const;

/**
 * Byte that guard bands and everything else the kernel does not own are filled with. It changes with the canary, so
 * that a read of memory never written shows as two different outputs for one input.
 */
export function guardFillFor(canary: number): number {
  return canary ^ 0x66;
}

type Run = (input: InputCase, canary: number) => Promise<RunResult | null>;

export interface CoverageResult {
  /** Runs that completed and could be judged. */
  readonly runs: number;
  /** What is wrong, most basic first; empty when coverage holds. */
  readonly problems: readonly string[];
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.findIndex((byte, i) => byte !== b[i]);
}

/** Bytes of an output that still hold the canary under both fills: the device never wrote them. */
function unwritten(name: string, first: Uint8Array, second: Uint8Array): string[] {
  const bytes: number[] = [];
  first.forEach((byte, i) => {
    if (byte === CANARIES[0] && second[i] === CANARIES[1]) bytes.push(i);
  });
  if (bytes.length === 0) return [];
  const range = bytes.length === 1 ? `byte ${bytes[0]}` : `bytes ${bytes[0]} to ${bytes.at(-1)}`;
  return [
    `the device never wrote ${bytes.length} of ${first.length} bytes of '${name}' (${range}): ` +
      `they still hold the canary ${hex(CANARIES[0])}, then ${hex(CANARIES[1])}`,
  ];
}

function differing(what: string, name: string, before: Uint8Array, after: Uint8Array): string[] {
  const at = firstDifference(before, after);
  if (at < 0) return [];
  const count = before.reduce((sum, byte, i) => sum + (byte === after[i] ? 0 : 1), 0);
  return [
    `${what}: ${count} of ${before.length} bytes of '${name}' differ, first at byte ${at} (${hex(before[at]!)}, then ${hex(after[at]!)})`,
  ];
}

/**
 * Judges what no comparison with a reference can: every output byte is written by the device (two canary fills),
 * inputs survive, three identical runs give one output, and a run does not depend on the one before it (A, B, A).
 * Guard bands come as findings of the device. `packed` gives the bytes an input case is packed into.
 */
export async function coverage(
  spec: KernelSpec,
  a: InputCase,
  b: InputCase,
  packed: (input: InputCase) => readonly Uint8Array[],
  run: Run,
): Promise<CoverageResult> {
  const [first, second, third, other, again] = [
    await run(a, CANARIES[0]),
    await run(a, CANARIES[1]),
    await run(a, CANARIES[0]),
    await run(b, CANARIES[1]),
    await run(a, CANARIES[0]),
  ];
  const completed = [first, second, third, other, again].filter((r) => r?.state === ErtCmdState.COMPLETED);
  if (!first || !second || !third || !other || !again || completed.length < 5) {
    return { runs: completed.length, problems: [] };
  }
  const problems: string[] = [];
  const inputs = { a: packed(a), b: packed(b) };
  spec.args.forEach((arg, i) => {
    const { name } = arg;
    const [x, y, z, w, v] = [first, second, third, other, again].map((r) => r.buffers[i]!) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    if (arg.direction === 'in') {
      problems.push(...differing('a run changed its input', name, inputs.a[i]!, x));
      problems.push(...differing('a run changed its input', name, inputs.b[i]!, w));
      return;
    }
    const holes = unwritten(name, x, y);
    problems.push(...holes);
    if (holes.length > 0) return;
    // In this order, so that a device that hands out the output of the run before is not called nondeterministic.
    problems.push(...differing('two runs on the same input', name, y, z));
    problems.push(...differing(`a run after another input ('${b.name}')`, name, z, v));
    problems.push(...differing('the first run and the second, on the same input', name, x, y));
  });
  return { runs: 5, problems };
}
