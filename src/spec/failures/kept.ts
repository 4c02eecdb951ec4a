import { createHash } from 'node:crypto';
import type { DeviceInfo } from '../../device/index.ts';
import { bytesOf, describe } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import type { Level } from '../verdict.ts';

/** A failure as a run finds it; everything that is needed to repeat it, and what was seen. */
export interface FoundFailure {
  readonly kernel: string;
  readonly level: Level;
  /** Name of the input case. */
  readonly input: string;
  /** Seed of the run that found it, 0 to 2^32 - 1. */
  readonly seed: number;
  /** fast-check path or address of the case; null where the case has none. */
  readonly path: string | null;
  readonly device: DeviceInfo;
  /** {@link artifactDigest} of the kernel that failed. */
  readonly artifactDigest: string;
  /** Best hypothesis of the diagnosis, if there was one. */
  readonly diagnosis: string | null;
  /** What was seen, with numbers and units. */
  readonly evidence: string;
  /** Every part of every input by name. */
  readonly inputs: Tensors;
  /** What the model or ideal gave, for the levels that compare. */
  readonly expected?: Tensors;
  /** What the device gave; absent where the command did not complete. */
  readonly actual?: Tensors;
}

/** A failure in the store. */
export interface KeptFailure extends FoundFailure {
  /** Sixteen hex digits of a digest over kernel, level and inputs: the same failure has the same id. */
  readonly id: string;
  /** When it was first kept, ISO 8601. */
  readonly createdAt: string;
  /** Runs in a row that it has passed since it last failed. */
  readonly passes: number;
}

/** The {@link KeptFailure.id} of a failure: the same inputs failing at the same level are one failure. */
export function failureId({ kernel, level, inputs }: Pick<FoundFailure, 'kernel' | 'level' | 'inputs'>) {
  const hash = createHash('sha256').update(`${kernel}\n${level}\n`);
  for (const name of Object.keys(inputs).sort()) {
    hash.update(`${name} ${describe(inputs[name]!)}\n`).update(bytesOf(inputs[name]!));
  }
  return hash.digest('hex').slice(0, 16);
}
