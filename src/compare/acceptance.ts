import type { Tensor } from '../tensor/index.ts';
import { Pair } from './pair.ts';

/**
 * How an acceptance judged one pair of tensors (or one tile of them). Data first: reports are made from it.
 */
export interface AcceptanceResult {
  readonly pass: boolean;
  /** The acceptance as one would write it, e.g. `lsb(2) & correlation(0.99)`. */
  readonly text: string;
  /** What was measured, with units: `max |error| 3 LSB at [17, 3]`. */
  readonly evidence: string;
  /** The tightest acceptance of the same kind that would have passed, e.g. `lsb(3)`; null if none would. */
  readonly minimum: string | null;
  /** Results of the members of `all` and `any`. */
  readonly parts?: readonly AcceptanceResult[];
}

/** A tolerance is an object: it knows its kind, its number and why the number is what it is. */
export interface Acceptance {
  readonly kind: string;
  readonly text: string;
  /** Why this tolerance and no other: the roundings it pays for, or the source it is taken from. */
  readonly because: string | undefined;
  /** `elementwise` acceptances are judged in each tile and overall, `aggregate` ones overall only. */
  readonly scope: 'elementwise' | 'aggregate';
  /** The relative tolerance it judges by, if any: a hint on what is worth measuring. */
  readonly rtol?: number | undefined;
  /** Judges `actual` against `expected` (equal shapes, else {@link ShapeError}). */
  judge(expected: Tensor, actual: Tensor): AcceptanceResult;
  /** The same for a pair already unpacked, so that the members of `all` and `any` share its arrays. */
  judgePair(pair: Pair): AcceptanceResult;
  /** One byte an element in C order, 1 where the elementwise parts reject it; null if there are none. */
  rejects(pair: Pair): Uint8Array | null;
}

/** An acceptance from its rule on a {@link Pair}. */
export function acceptance(rule: Omit<Acceptance, 'judge'>): Acceptance {
  return {
    ...rule,
    judge: (expected, actual) => rule.judgePair(new Pair(expected, actual, { rtol: rule.rtol })),
  };
}
