/** Something a run did that its outputs do not show. */
export interface TileFinding {
  readonly code:
    | 'STACK_OVERFLOW'
    | 'STACK_HIGH_WATER'
    | 'NULL_WRITE'
    | 'OUT_OF_BOUNDS'
    | 'TRAP'
    | 'GUARD_OVERWRITTEN'
    | 'INPUT_WRITTEN';
  readonly severity: 'error' | 'info';
  readonly evidence: string;
  readonly fix?: string;
}
