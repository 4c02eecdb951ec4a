import type { ShimBd } from './bd.ts';
import type { Direction, Sync } from './operations.ts';

/** One buffer descriptor of a transfer, as it stood when the task was pushed. */
export interface TransferPart {
  readonly bd: number;
  readonly fields: ShimBd;
  /** Data argument of the last address patch of this descriptor; undefined where none followed its last write. */
  readonly argument: number | undefined;
  /** Bytes from the argument's start; 0 where there is no argument. */
  readonly byteOffset: number;
  /** Index of the operation that wrote the descriptor last. */
  readonly bdOperation: number;
  /** Index of the patch. */
  readonly patchOperation: number | undefined;
}

/** A task pushed to a shim DMA channel: a movement between host memory and the array. */
export interface Transfer {
  readonly index: number;
  readonly column: number;
  readonly channel: number;
  readonly direction: Direction;
  /** How often the descriptors run: the queue's repeat field + 1. */
  readonly runs: number;
  readonly issuesToken: boolean;
  /** Descriptors in order: one, or a chain by Use_Next_BD. Empty where the pushed descriptor was never written. */
  readonly parts: readonly TransferPart[];
  /** Argument and byte offset of the first part. */
  readonly argument: number | undefined;
  readonly byteOffset: number;
  readonly bd: number;
  /** Controller_ID the stream set for the channel before the push, undefined if it set none. */
  readonly controllerId: number | undefined;
  /** Index of the operation that pushed it. */
  readonly pushOperation: number;
  /** All operations it is made of, ascending. */
  readonly operations: readonly number[];
  /** Index of the sync after which the transfer is known to be complete; undefined if it is never waited for. */
  readonly completedBy: number | undefined;
}

/** A sync, with the transfers it newly shows to be complete (indices). */
export interface Wait extends Pick<Sync, 'direction' | 'column' | 'row' | 'channel' | 'columns' | 'rows'> {
  readonly operation: number;
  readonly completes: readonly number[];
}

export type LiftProblemCode =
  | 'BD_NOT_WRITTEN'
  | 'BD_PARTLY_WRITTEN'
  | 'BD_NOT_VALID'
  | 'BD_NOT_PATCHED'
  | 'BD_CHAIN_LOOP'
  | 'PATCH_OUTSIDE_BD'
  | 'PATCH_BEFORE_BD'
  | 'LENGTH_PATCH'
  | 'ITERATION_CARRIED'
  | 'MANY_COLUMNS'
  | 'NO_TOKEN'
  | 'EMPTY_WAIT';

/** Something about a transfer or a wait that cannot work, or that cannot be told from the stream. */
export interface LiftProblem {
  readonly code: LiftProblemCode;
  /** Index of the operation it shows at. */
  readonly operation: number;
  readonly message: string;
}

export interface Lifted {
  readonly transfers: readonly Transfer[];
  readonly waits: readonly Wait[];
  readonly problems: readonly LiftProblem[];
}
