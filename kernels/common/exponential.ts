import type { ExponentialError } from 'tilecheck';

/**
 * How far `exp_neg_q17` (exp.h) is from exp: half a step of 2^-17 for its rounding and an eighth for what it cuts off
 * past 2^-20, and 1e-4 of itself for the rounded rate, the fraction of 15 bits and the polynomial. Attested for every
 * argument by kernels/prove.test.ts.
 */
export const fixedExpError: ExponentialError = { bits: 17, steps: 0.625, relative: 1e-4 };
