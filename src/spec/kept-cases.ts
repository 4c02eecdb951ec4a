import type { InputCase } from './cases.ts';
import type { FailureStore, KeptFailure } from './failures/index.ts';
import type { KernelSpec } from './kernel.ts';

/** The inputs of a failure of an earlier run. */
export interface KeptCase extends InputCase {
  readonly kept: KeptFailure;
}

export function isKept(input: InputCase): input is KeptCase {
  return 'kept' in input;
}

function fits(spec: KernelSpec, { inputs }: KeptFailure): boolean {
  return spec.args.every(
    (arg) =>
      arg.direction === 'out' ||
      Object.entries(arg.parts).every(
        ([name, { dtype, shape }]) =>
          inputs[name]?.dtype === dtype && inputs[name].shape.join() === shape.join(),
      ),
  );
}

/**
 * Kept failures of a kernel whose inputs still fit it, as cases to be run first. `notes` gets a line for each file that
 * could not be read.
 */
export async function keptCases(
  spec: KernelSpec,
  failures: FailureStore | undefined,
  notes: string[],
): Promise<KeptCase[]> {
  if (failures === undefined) return [];
  const loaded = await failures.load(spec.name);
  for (const { file, reason, movedTo } of loaded.damaged) {
    notes.push(movedTo === null ? `${file}: ${reason}` : `${file}: ${reason}; set aside as ${movedTo}`);
  }
  return loaded.failures
    .filter((failure) => fits(spec, failure))
    .map((failure) => ({
      name: `kept ${failure.id.slice(0, 8)} (${failure.input})`,
      path: `kept/${failure.id}`,
      inputs: failure.inputs,
      random: false,
      kept: failure,
    }));
}
