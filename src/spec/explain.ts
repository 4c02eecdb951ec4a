import { type Diagnosis, diagnose } from '../compare/index.ts';
import type { InputCase } from './cases.ts';
import { judge, type OracleLevel, type Problem } from './judge.ts';
import type { KernelSpec, Tensors } from './kernel.ts';
import { checkLaws, type Law } from './laws/index.ts';
import { describeSmallest, type ShrinkResult, shrinkInputs } from './shrink/index.ts';
import type { Explanation, Smallest } from './verdict.ts';

/** A run of the kernel whose outputs can be judged; null if it did not complete. */
export type Run = (inputs: Tensors) => Promise<Tensors | null>;

/** Diagnoses that a report gives; the others explain less. */
const DIAGNOSES = 3;

function diagnosesOf(
  spec: KernelSpec,
  input: InputCase,
  { expected, actual }: Problem,
  outputs: Tensors,
): readonly Diagnosis[] {
  if (expected === undefined || actual === undefined) return [];
  const { tile, stages } = spec;
  const { placement } = spec.artifact;
  return diagnose(expected, actual, {
    inputs: input.inputs,
    ...(tile === undefined ? {} : { tile }),
    ...(placement === undefined ? {} : { cores: placement }),
    ...(stages === undefined ? {} : { stages: stages(input.inputs, outputs) }),
  });
}

function smallestOf({ inputs, nonZero, runs, exhausted }: ShrinkResult): Smallest {
  return { text: describeSmallest(inputs), nonZero, runs, exhausted };
}

/** Whether a failure is still of a kind: the emptier the data, the more hypotheses explain it as well. */
function isKind(kind: string, diagnoses: readonly Diagnosis[]): boolean {
  return diagnoses
    .slice(0, DIAGNOSES)
    .some(({ hypothesis, ambiguous }) => hypothesis === kind || ambiguous?.includes(kind));
}

/**
 * Explains a failure at `model` or `ideal`: hypotheses about the whole output, then the smallest inputs that still
 * fail at the same level with the same best hypothesis. Takes at most `budget` runs.
 */
export async function explainOutputs(
  spec: KernelSpec,
  level: OracleLevel,
  input: InputCase,
  { problem, outputs }: { readonly problem: Problem; readonly outputs: Tensors },
  run: Run,
  budget: number,
): Promise<Explanation> {
  const diagnoses = diagnosesOf(spec, input, problem, outputs);
  const explanation = { diagnoses: diagnoses.slice(0, DIAGNOSES) };
  const kind = diagnoses[0]?.hypothesis;
  // Printed values belong to their one input, and aggregates to random ones: neither says anything of a smaller input.
  const candidateOf = (inputs: Tensors): InputCase => ({
    name: input.name,
    path: input.path,
    random: false,
    inputs,
  });
  const failsAlike = (inputs: Tensors, outputs: Tensors): boolean => {
    const candidate = candidateOf(inputs);
    const now = judge(spec, level, candidate, outputs);
    return now !== null && (kind === undefined || isKind(kind, diagnosesOf(spec, candidate, now, outputs)));
  };
  if (!failsAlike(input.inputs, outputs)) return explanation;
  const stillFails = async (inputs: Tensors): Promise<boolean> => {
    const outputs = await run(inputs);
    return outputs !== null && failsAlike(inputs, outputs);
  };
  const shrunk = await shrinkInputs(input.inputs, stillFails, {
    budget,
    ...(spec.tile === undefined ? {} : { tile: spec.tile }),
  });
  return { ...explanation, smallest: smallestOf(shrunk) };
}

/** Explains a broken law by the smallest inputs that still break it. Takes at most about `budget` runs. */
export async function explainLaw(
  law: Law,
  input: InputCase,
  run: Run,
  seed: number,
  budget: number,
): Promise<Explanation> {
  const stillFails = async (inputs: Tensors): Promise<boolean> => {
    const outputs = await run(inputs);
    if (outputs === null) return false;
    const [result] = await checkLaws([law], { inputs, outputs }, run, seed);
    return typeof result!.outcome === 'object' && result!.outcome !== null;
  };
  const shrunk = await shrinkInputs(input.inputs, stillFails, {
    budget: Math.floor(budget / (1 + law.runs)),
  });
  return { diagnoses: [], smallest: smallestOf(shrunk) };
}
