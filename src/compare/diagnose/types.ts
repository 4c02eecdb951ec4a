import type { Tensor } from '../../tensor/index.ts';

/** One stage of a computation (for attention: scores, weights, weighted sum), expected and as the device left it. */
export interface Stage {
  readonly name: string;
  readonly expected: Tensor;
  readonly actual: Tensor;
  /** Greatest |actual - expected| that is still no departure. Default 0. */
  readonly tolerance?: number;
}

/** Where a core sits in the array. */
export interface CorePlace {
  readonly column: number;
  readonly row: number;
}

/** What else is known of a run; every part is optional and allows further hypotheses. */
export interface DiagnosisContext {
  /** Tile shape over the trailing axes. */
  readonly tile?: readonly number[];
  /** Inputs of the run by name. */
  readonly inputs?: Readonly<Record<string, Tensor>>;
  /** Byte that the output was filled with before the run. */
  readonly canary?: number;
  /** This output after the run before. */
  readonly previous?: Tensor;
  /** Core i computed the i-th of `cores.length` equal slices of the first axis. */
  readonly cores?: readonly CorePlace[];
  /** In the order they are computed. */
  readonly stages?: readonly Stage[];
  /**
   * Greatest |actual - expected| that is not worth explaining, in units of the output. Default 0, but 1 (LSB) for a
   * real-valued `expected` of an integer output and the noise floor for floats; ignored where no error exceeds it.
   */
  readonly tolerance?: number;
}

/** A tile of which a diagnosis speaks, and where its content belongs if it is another tile's. */
export interface DiagnosedTile {
  /** Position in the grid of tiles. */
  readonly position: readonly number[];
  /** Position of the expected tile whose values it holds. */
  readonly holds?: readonly number[];
}

/** One possible cause of a mismatch, as plain data. */
export interface Diagnosis {
  /** Stable name in kebab-case. */
  readonly hypothesis: string;
  /** From 0 to 1: share of the mismatch's description that the hypothesis saves (see {@link diagnose}). */
  readonly score: number;
  /** What was seen, with numbers: `actual = expected >> 1 in 4,093 of 4,096 elements`. */
  readonly evidence: string;
  /** What usually causes it, and what to look at. */
  readonly hint: string;
  /** Tiles that the hypothesis names, if the context has a tile shape. */
  readonly tiles?: readonly DiagnosedTile[];
  /** For a mismatch confined to a region or a stage: what is wrong inside. */
  readonly inside?: Diagnosis;
  /** Other hypotheses that explain the data as well: a denser input would tell them apart. */
  readonly ambiguous?: readonly string[];
}
