import { ValueError } from '../../errors.ts';
import type { Rounding } from '../../tensor/index.ts';
import type { Acceptance } from '../acceptance.ts';
import { show, upward } from '../numbers.ts';
import { abs, exact } from './elementwise.ts';

/** How far a fixed-point exponential is from exp, for arguments of at most 0; exp(0) itself must be exact. */
export interface ExponentialError {
  /** Fraction bits of the weights: a step is 2^-bits. */
  readonly bits: number;
  /** Absolute error in steps: rounding, and what is cut off. */
  readonly steps: number;
  /** Relative error on top of it. */
  readonly relative: number;
}

/** The roundings an integer kernel pays for between its exact input codes and its output codes. */
export type Roundings = {
  /** How the output becomes a whole number. */
  readonly output: Rounding;
} & (
  | {
      readonly op: 'attention';
      readonly keys: number;
      readonly exponential: ExponentialError;
      /** Greatest less least value that v can have, in LSBs of the output: 255 for int8. */
      readonly range: number;
    }
  | {
      readonly op: 'softmax';
      readonly columns: number;
      readonly exponential: ExponentialError;
      /** LSBs of the output that a probability of 1 has: 256 for a scale of 1/256. */
      readonly steps: number;
    }
  | {
      readonly op: 'layernorm';
      /** The root of the variance is a whole number of at least 2^rootBits, rounded to nearest. */
      readonly rootBits: number;
      /** Greatest |gamma * normalised| in LSBs where the output does not saturate: its range plus that of beta. */
      readonly term: number;
    }
  | { readonly op: 'matmul' }
  | {
      readonly op: 'gelu';
      /** Greatest distance of the table's function from the ideal's: 4.8e-4 of the tanh form from the erf form. */
      readonly form: number;
      /** LSBs of the output that a value of 1 has: the reciprocal of its scale. */
      readonly steps: number;
    }
);

/**
 * The tolerance of `ideal` that an algorithm needs, computed from the roundings it pays for; the derivation is its
 * `because`. It is an `abs` in output LSBs against the *unrounded* ideal and so tighter than any `lsb(n)`: half an LSB
 * for the output's own rounding leaves next to nothing for a wrong formula, where `lsb(1)` leaves it a whole LSB. The
 * ideal of a format that saturates must saturate too (`inLsb` with `saturateTo`).
 *
 * With weights w' for w, |w' - w| <= d + r w, greatest weight exactly 1, and W' >= 1 their sum:
 * - attention: o' - o = sum (w'_j - w_j)(v_j - o) / W', at most range * ((keys - 1) d + r W / W')
 * - softmax: p' - p = (w'_j - w_j - p_j (W' - W)) / W', at most max(1, columns - 1) d + r / 2 * W / W'
 * - layernorm: a root off by at most 1/2 of at least 2^rootBits, once, in the quotient
 * - matmul: exact sums; rounded half to even as the comparison rounds its ideal, nothing is paid at all: `exact()`
 * - gelu: one table entry
 *
 * Throws {@link ValueError} for a parameter that is not a finite number of at least 0.
 */
export function deriveTolerance(roundings: Roundings): Acceptance {
  checkNumbers(roundings);
  const { op, output } = roundings;
  if (op === 'matmul' && output === 'half-even') {
    return exact('exact accumulator, one rounding, half to even as that of the ideal = 0 LSB');
  }
  const nearest = output === 'half-even' || output === 'half-away';
  const terms: readonly Term[] = [
    { what: nearest ? 'output to nearest' : `output by ${output}`, lsb: nearest ? 0.5 : 1 },
    ...algorithmTerms(roundings),
  ];
  const sum = upward(terms.reduce((total, { lsb }) => total + lsb, 0));
  const derivation = terms.map(({ what, lsb }) => `${what} ${show(lsb, 3)}`).join(' + ');
  return abs(sum, `${derivation} <= ${show(sum)} LSB`);
}

interface Term {
  readonly what: string;
  readonly lsb: number;
}

function algorithmTerms(roundings: Roundings): Term[] {
  switch (roundings.op) {
    case 'attention': {
      const { keys, exponential, range } = roundings;
      const { bits, steps, relative } = exponential;
      return [
        {
          what: `weights within ${steps} of 2^-${bits}: ${keys - 1} * ${range} * ${steps} / 2^${bits} =`,
          lsb: ((keys - 1) * range * steps) / 2 ** bits,
        },
        {
          what: `exponential within ${relative} of itself: ${range} * ${relative} =`,
          lsb: range * relative * growth(keys, exponential),
        },
      ];
    }
    case 'softmax': {
      const { columns, exponential, steps: one } = roundings;
      const { bits, steps, relative } = exponential;
      const others = Math.max(1, columns - 1);
      return [
        {
          what: `weights within ${steps} of 2^-${bits}: ${others} * ${one} * ${steps} / 2^${bits} =`,
          lsb: (others * one * steps) / 2 ** bits,
        },
        {
          what: `exponential within ${relative} of itself: ${one} * ${relative} * 2 p (1 - p) =`,
          lsb: (one * relative * growth(columns, exponential)) / 2,
        },
      ];
    }
    case 'layernorm': {
      const { rootBits, term } = roundings;
      return [
        {
          what: `root within 1/2 of at least 2^${rootBits}: ${term} / 2^${rootBits + 1} =`,
          lsb: term / (2 ** (rootBits + 1) - 1),
        },
      ];
    }
    case 'matmul':
      return [];
    case 'gelu': {
      const { form, steps } = roundings;
      return form === 0 ? [] : [{ what: `form: ${form} * ${show(steps)} =`, lsb: form * steps }];
    }
    default:
      throw new ValueError(`no tolerance is known for ${JSON.stringify(roundings satisfies never)}`);
  }
}

/** W / W' at most: the sum of the weights may itself be rounded down. */
function growth(weights: number, { bits, steps, relative }: ExponentialError): number {
  const loss = relative + ((weights - 1) * steps) / 2 ** bits;
  if (loss >= 1) throw new ValueError(`${weights} weights of ${bits} bits`, 'their errors exceed their sum');
  return 1 / (1 - loss);
}

function checkNumbers(parameters: object): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object' && value !== null) checkNumbers(value);
    else if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)) {
      throw new ValueError(`${name} of ${value}`, 'a rounding is a finite number, at least 0');
    }
  }
}
