import { tensor } from '../../../tensor/index.ts';
import type { FoundFailure } from '../kept.ts';

/** A failure of int8 inputs that begin with `value`. */
export function found(value: number, more: Partial<FoundFailure> = {}): FoundFailure {
  return {
    kernel: 'doubler',
    level: 'model',
    input: `case ${value}`,
    seed: 42,
    path: '3:1',
    device: { kind: 'emulator', name: 'functional emulator' },
    artifactDigest: 'ab'.repeat(32),
    diagnosis: 'times two',
    evidence: 'max |error| 3 LSB at [0, 1]',
    inputs: { x: tensor('int8', [2, 2], [value, 1, 2, 3]) },
    expected: { y: tensor('int8', [2, 2], [0, 1, 2, 3]) },
    actual: { y: tensor('int8', [2, 2], [0, 2, 4, 6]) },
    ...more,
  };
}
