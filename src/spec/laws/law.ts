import { ShapeError } from '../../errors.ts';
import { RandomState, type Tensor } from '../../tensor/index.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** One run of a kernel, and the means to make further ones. */
export interface LawCase {
  readonly inputs: Tensors;
  /** What the device gave for `inputs`. */
  readonly outputs: Tensors;
  /** Source of every draw a law makes; one of its own for each law and case, so that a failure repeats by itself. */
  readonly random: RandomState;
  /** A follow-up run on the device; null if it did not complete. */
  run(inputs: Tensors): Promise<Tensors | null>;
}

/** How a law was broken. */
export interface LawFailure {
  /** What was done and what was seen, with indices, numbers and units. */
  readonly evidence: string;
  /** Inputs of the run whose output breaks the law. */
  readonly inputs: Tensors;
  /** The output the law demands, where it demands one value an element (f64 where it is no whole number). */
  readonly expected?: Tensor;
  readonly actual?: Tensor;
}

/** Null where the law held; `not-applicable` where the case says nothing of it, or a follow-up did not complete. */
export type LawOutcome = LawFailure | null | 'not-applicable';

/** A metamorphic law: it relates outputs of a kernel to each other or to their inputs, without an oracle. */
export interface Law {
  /** The constructor with its parts, `rowEquivariance(q, o)`; names it in reports. */
  readonly name: string;
  /** Why the law holds. */
  readonly because: string;
  /** What the law forgives and which roundings that pays for. */
  readonly tolerance: string;
  /** Follow-up runs it makes at most. */
  readonly runs: number;
  /** Throws ShapeError where the kernel lacks a part, ValueError where a part's dtype or shape cannot obey the law. */
  check(c: LawCase): Promise<LawOutcome>;
}

/** For kernels whose arithmetic forgives less or more than the bundled ones', e.g. floating-point accumulators. */
export interface LawOptions {
  /** Largest difference that passes, in LSB of an integer output or in the units of a float one. */
  readonly tolerance?: number;
  /** The roundings `tolerance` pays for. */
  readonly because?: string;
}

/** The text of a law's tolerance: its own, or that of the kernel's author. */
export function toleranceText(own: string, { tolerance, because }: LawOptions): string {
  if (tolerance === undefined) return own;
  return because === undefined ? `${tolerance}` : `${tolerance}: ${because}`;
}

/** The tensor a law names. Throws {@link ShapeError} listing those there are. */
export function partOf(tensors: Tensors, name: string): Tensor {
  const found = tensors[name];
  if (found === undefined) {
    throw new ShapeError(
      `a law names '${name}', which the kernel lacks`,
      `it has ${Object.keys(tensors).join(', ')}`,
    );
  }
  return found;
}

/** What one law said of one case. */
export interface LawResult {
  readonly law: Law;
  readonly outcome: LawOutcome;
  /** Follow-up runs it made. */
  readonly runs: number;
}

/** A seed of its own for each law, so that one law repeats its draws whichever others are checked with it. */
function seedOf(seed: number, name: string): number {
  let hash = seed;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/**
 * Checks laws one after another on one case, each with random numbers of its own drawn from `seed` (0 to 2^32 - 1)
 * and its name. `run` makes the follow-up runs; it knows of no device, so a model serves as well.
 */
export async function checkLaws(
  laws: readonly Law[],
  { inputs, outputs }: Pick<LawCase, 'inputs' | 'outputs'>,
  run: LawCase['run'],
  seed: number,
): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const law of laws) {
    let runs = 0;
    const counted: LawCase['run'] = (followUp) => {
      runs++;
      return run(followUp);
    };
    const random = new RandomState(seedOf(seed, law.name));
    const outcome = await law.check({ inputs, outputs, random, run: counted });
    results.push({ law, outcome, runs });
  }
  return results;
}
