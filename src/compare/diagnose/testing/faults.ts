import type { FaultKind } from './fault.ts';
import { placeFaults } from './place-faults.ts';
import { regionFaults } from './region-faults.ts';
import { valueFaults } from './value-faults.ts';

/** Every fault that the confusion matrix is made with. */
export const faultKinds: readonly FaultKind[] = [...valueFaults, ...placeFaults, ...regionFaults];
