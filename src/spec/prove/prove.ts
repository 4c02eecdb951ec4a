import type { Acceptance } from '../../compare/index.ts';
import { ShapeError, ValueError } from '../../errors.ts';
import { describe, type Tensor, toFloat64 } from '../../tensor/index.ts';
import { type InputCase, inputCases } from '../cases.ts';
import type { KernelSpec, Tensors } from '../kernel.ts';
import { inputMutants } from './inputs.ts';
import { outputMutants } from './outputs.ts';

/** The acceptances of a spec. */
export type Judge = 'model' | 'ideal' | 'random';

/** Where a mutant comes from: the output itself, a faulty transfer of an input, or a wrong algorithm of the spec. */
export type MutantKind = 'output' | 'input' | 'algorithm';

/**
 * - `rejected`: `ideal` or `random` rejects it, so that even a kernel that claims another integer arithmetic is caught
 * - `weak`: only equality with the model rejects it
 * - `accepted`: nothing does, and the acceptances are wrong
 * - `equivalent`: it is no mistake on any of the inputs; another input may tell
 * - `not-applicable`: the output has no room for it
 */
export type Outcome = 'rejected' | 'weak' | 'accepted' | 'equivalent' | 'not-applicable';

/** The first input on which an acceptance rejected a mutant, and what was measured there. */
export interface Rejection {
  readonly input: string;
  readonly evidence: string;
}

/** What the acceptances made of one mutant; plain data. */
export interface ProofRow {
  readonly mutant: string;
  readonly kind: MutantKind;
  readonly outcome: Outcome;
  /** Why it is not applicable; null otherwise. */
  readonly reason: string | null;
  readonly rejectedBy: Readonly<Partial<Record<Judge, Rejection>>>;
}

export interface Proof {
  readonly kernel: string;
  readonly seed: number;
  /** Inputs the mutants were judged on. */
  readonly inputs: number;
  /** Text and reason of each acceptance. */
  readonly accept: Readonly<Partial<Record<Judge, { readonly text: string; readonly because?: string }>>>;
  /** Where an acceptance rejects the model itself: such a proof proves nothing. */
  readonly wronglyRejected: readonly (Rejection & { readonly judge: Judge })[];
  readonly rows: readonly ProofRow[];
  /** No mutant is accepted, and the model is. */
  readonly pass: boolean;
}

export interface ProveOptions {
  /** Seed of the drawn inputs. Default 1: a proof is a property of the spec and repeats exactly. */
  readonly seed?: number;
  /** Drawn inputs besides fixtures and edge cases. Default 32. */
  readonly runs?: number;
}

/** A case with what a right kernel gives for it. */
interface Proven extends InputCase {
  readonly right: Tensors;
  readonly ideal: Tensors;
}

/** A mutant's outputs on a case (`other` is the case before it), or why there are none. */
type Mutate = (one: Proven, other: Proven) => Tensors | { readonly notApplicable: string };

/**
 * Proves the acceptances of a spec against mutants of its output, its inputs' transfer and its algorithm
 * (`spec.mutants`): what would be wrongly accepted? Needs no device, because the model plays the right kernel.
 *
 * Throws {@link ShapeError} where an algorithm mutant gives the wrong shape or dtype, and {@link ValueError} for a
 * control that must be rejected, of which there is nothing to prove.
 */
export function prove(spec: KernelSpec, { seed = 1, runs = 32 }: ProveOptions = {}): Proof {
  if (spec.control?.rejectedAt) {
    throw new ValueError(
      `kernel ${spec.name} is a control that must be rejected at level ${spec.control.rejectedAt}`,
      'prove a spec that accepts something',
    );
  }
  const cases = [...inputCases(spec, { seed, runs })].map(
    (one): Proven => ({ ...one, right: spec.model(one.inputs), ideal: spec.ideal(one.inputs) }),
  );
  const wronglyRejected = cases.flatMap((one) => rejectionsOf(spec, one, one.right));
  const rows = mutantsOf(spec).map((mutant) => proveMutant(spec, mutant, cases));
  const { model, ideal, random } = spec.accept;
  return {
    kernel: spec.name,
    seed,
    inputs: cases.length,
    accept: {
      model: described(model),
      ideal: described(ideal),
      ...(random === undefined ? {} : { random: described(random) }),
    },
    wronglyRejected,
    rows,
    pass: wronglyRejected.length === 0 && rows.every(({ outcome }) => outcome !== 'accepted'),
  };
}

function described({ text, because }: Acceptance) {
  return because === undefined ? { text } : { text, because };
}

interface Mutant {
  readonly name: string;
  readonly kind: MutantKind;
  readonly mutate: Mutate;
}

function mutantsOf(spec: KernelSpec): Mutant[] {
  const ofOutput = Object.entries(outputMutants).map(([name, mutate]): Mutant => {
    const ofEach: Mutate = ({ right, ideal }, other) => {
      const outputs: Record<string, Tensor> = {};
      let notApplicable = '';
      for (const output of Object.keys(right)) {
        const result = mutate({
          right: right[output]!,
          ideal: ideal[output]!,
          other: other.right[output]!,
          tile: spec.tile,
        });
        if ('notApplicable' in result) notApplicable = result.notApplicable;
        else outputs[output] = result;
      }
      // Of several outputs those that have no room for it stay right.
      return Object.keys(outputs).length === 0 ? { notApplicable } : { ...right, ...outputs };
    };
    return { name, kind: 'output', mutate: ofEach };
  });
  const ofInputs = Object.entries(inputMutants(spec)).map(
    ([name, mutate]): Mutant => ({
      name,
      kind: 'input',
      mutate: ({ inputs }, other) => spec.model(mutate(inputs, other.inputs)),
    }),
  );
  const ofAlgorithm = Object.entries(spec.mutants).map(
    ([name, mutate]): Mutant => ({
      name,
      kind: 'algorithm',
      mutate: ({ inputs, right }) => checked(spec, name, mutate(inputs), right),
    }),
  );
  return [...ofOutput, ...ofInputs, ...ofAlgorithm];
}

function checked(spec: KernelSpec, mutant: string, outputs: Tensors, right: Tensors): Tensors {
  for (const [output, wanted] of Object.entries(right)) {
    const got = outputs[output];
    if (got === undefined || describe(got) !== describe(wanted)) {
      const what = got === undefined ? 'nothing' : describe(got);
      throw new ShapeError(
        `kernel ${spec.name}: mutant '${mutant}' gives ${what} for '${output}', which needs ${describe(wanted)}`,
      );
    }
  }
  return outputs;
}

function proveMutant(spec: KernelSpec, { name, kind, mutate }: Mutant, cases: readonly Proven[]): ProofRow {
  const rejectedBy: Partial<Record<Judge, Rejection>> = {};
  let differs = false;
  let reason: string | null = null;
  for (const [index, one] of cases.entries()) {
    const outputs = mutate(one, cases.at(index - 1)!);
    if (isNotApplicable(outputs)) {
      reason = outputs.notApplicable;
      break;
    }
    if (sameValues(outputs, one.right)) continue;
    differs = true;
    for (const { judge, ...rejection } of rejectionsOf(spec, one, outputs)) rejectedBy[judge] ??= rejection;
    // What `ideal` rejects needs no further input: it judges every kernel, whatever arithmetic it claims.
    if (rejectedBy.ideal !== undefined && rejectedBy.model !== undefined) break;
  }
  const outcome = reason !== null ? 'not-applicable' : differs ? outcomeOf(rejectedBy) : 'equivalent';
  return { mutant: name, kind, outcome, reason, rejectedBy };
}

function outcomeOf({ model, ideal, random }: ProofRow['rejectedBy']): Outcome {
  if (ideal !== undefined || random !== undefined) return 'rejected';
  return model === undefined ? 'accepted' : 'weak';
}

function isNotApplicable(outputs: ReturnType<Mutate>): outputs is { readonly notApplicable: string } {
  return typeof outputs.notApplicable === 'string';
}

function sameValues(a: Tensors, b: Tensors): boolean {
  return Object.entries(a).every(([name, t]) => {
    const other = toFloat64(b[name]!);
    return toFloat64(t).every((x, i) => Object.is(x, other[i]) || x === other[i]);
  });
}

/** Each acceptance that rejects these outputs of a case, as `validate` judges them. */
function rejectionsOf(
  { accept }: KernelSpec,
  { name, random, right, ideal }: Proven,
  outputs: Tensors,
): (Rejection & { readonly judge: Judge })[] {
  const judges: [Judge, Acceptance | undefined, Tensors][] = [
    ['model', accept.model, right],
    ['ideal', accept.ideal, ideal],
    ['random', random ? accept.random : undefined, ideal],
  ];
  return judges.flatMap(([judge, acceptance, expected]) => {
    if (acceptance === undefined) return [];
    for (const [output, actual] of Object.entries(outputs)) {
      const result = acceptance.judge(expected[output]!, actual);
      if (!result.pass) return [{ judge, input: name, evidence: result.evidence }];
    }
    return [];
  });
}
