import { ShapeError, ValueError } from '../../errors.ts';
import { describe, type Tensor, toFloat64 } from '../../tensor/index.ts';
import type { Acceptance } from '../acceptance.ts';
import { above, show, showIndex, upward } from '../numbers.ts';
import { distance } from '../pair.ts';
import { checkTolerance } from './parameters.ts';
import { absoluteError, distances, elementwise, NO_DISTANCE, targetError, unit } from './rule.ts';

/**
 * Acceptances that hold of every single element. All fail on an empty tensor (nothing was compared); all but
 * `exact` reject an element where either side is NaN, and an infinity equals only the same infinity.
 */

/**
 * The same value in every element: +0 equals -0, an infinity the same infinity, NaN another NaN. An integer output
 * with a real-valued ideal must equal the ideal rounded half to even and saturated.
 */
export function exact(because?: string): Acceptance {
  return elementwise({
    kind: 'exact',
    text: 'exact()',
    because,
    limit: 0,
    bound: ({ counts, errors, count }, { integer }) => {
      if (counts.mismatches === 0) return 0;
      return errors.finite < count ? Infinity : integer ? counts.maxUlp : errors.max;
    },
    needs: ({ target, actual }, start, out) => {
      for (let i = 0; i < out.length; i++) {
        const e = target[start + i]!;
        const a = actual[start + i]!;
        out[i] = Number.isNaN(e) && Number.isNaN(a) ? 0 : distance(e, a);
      }
    },
    measured: (pair, i, need) => (need === 0 ? 'all elements equal' : targetError(pair, i)),
    minimum: (need, pair) => {
      if (need === 0) return 'exact()';
      // Only exact() lets NaN equal NaN.
      if (pair.nonFinite.expected.nan > 0) return null;
      return pair.integer ? `lsb(${need})` : `abs(${upward(need)})`;
    },
  });
}

/**
 * At most `n` (a whole number) output LSBs from the correctly rounded ideal: expected values of a float dtype are
 * first rounded half to even and saturated to the output's dtype. Judging a float output throws {@link ValueError}.
 */
export function lsb(n: number, because?: string): Acceptance {
  if (!(Number.isSafeInteger(n) && n >= 0)) {
    throw new ValueError(`lsb of ${n}`, 'LSBs between integers are a whole number from 0');
  }
  return elementwise({
    kind: 'lsb',
    text: `lsb(${n})`,
    because,
    limit: n,
    bound: ({ counts, errors, count }, { integer }) =>
      integer && errors.finite === count ? counts.maxUlp : Infinity,
    needs: (pair, start, out) => {
      if (!pair.integer) {
        throw new ValueError(`lsb(${n}) on ${pair.dtype}`, 'judge floats with ulp(n, floor), abs or absRel');
      }
      distances(pair.target, pair.actual, start, out);
    },
    measured: (pair, i) => targetError(pair, i),
    // A wider integer or a NaN expected may leave a distance that is no whole number of LSBs.
    minimum: (need) => `lsb(${Math.ceil(need)})`,
  });
}

/** |actual - expected| <= `tolerance`, in units of the output (LSBs for an integer output). */
export function abs(tolerance: number, because?: string): Acceptance {
  checkTolerance('abs', tolerance);
  return elementwise({
    kind: 'abs',
    text: `abs(${tolerance})`,
    because,
    limit: tolerance,
    byError: true,
    bound: ({ errors, count }) => (errors.finite < count ? Infinity : errors.max),
    needs: ({ expected, actual }, start, out) => distances(expected, actual, start, out),
    measured: (pair, i) => absoluteError(pair, i),
    minimum: (need) => `abs(${upward(need)})`,
  });
}

/** |actual - expected| <= `tolerance` * |expected|. Where 0 is expected only 0 is accepted. */
export function rel(tolerance: number, because?: string): Acceptance {
  checkTolerance('rel', tolerance);
  return elementwise({
    kind: 'rel',
    text: `rel(${tolerance})`,
    because,
    limit: tolerance,
    needs: ({ expected, actual }, start, out) => {
      distances(expected, actual, start, out);
      for (let i = 0; i < out.length; i++) {
        const d = out[i]!;
        if (d === 0 || d === Infinity) continue;
        const scale = Math.abs(expected[start + i]!);
        // The quotient may be rounded down; what an element needs must be enough under the formula itself.
        const need = d <= (d / scale) * scale ? d / scale : above(d / scale);
        out[i] = d <= tolerance * scale ? Math.min(need, tolerance) : need;
      }
    },
    measured: (pair, i, need) => {
      if (need < Infinity) return `max relative error ${show(need)}`;
      return pair.expectedAt(i) === 0 ? `${absoluteError(pair, i)} where 0 is expected` : NO_DISTANCE;
    },
    minimum: (need) => `rel(${upward(need)})`,
  });
}

/**
 * |actual - expected| <= `atol` + `rtol` * |expected|: the rule of NumPy's `isclose` (NaN never equal).
 * https://numpy.org/doc/stable/reference/generated/numpy.isclose.html
 */
export function absRel(atol: number, rtol: number, because?: string): Acceptance {
  checkTolerance('absRel atol', atol);
  checkTolerance('absRel rtol', rtol);
  return elementwise({
    kind: 'absRel',
    text: `absRel(${atol}, ${rtol})`,
    because,
    limit: atol,
    rtol,
    // What an element needs may be rounded up twice.
    bound: ({ excess }) => (excess > 0 ? above(above(excess)) : 0),
    needs: ({ expected, actual }, start, out) => {
      for (let i = 0; i < out.length; i++) {
        const e = expected[start + i]!;
        const d = Math.abs(actual[start + i]! - e);
        const slack = rtol * Math.abs(e);
        if (d <= atol + slack && slack < Infinity) {
          out[i] = d > slack ? Math.min(d - slack, atol) : 0;
        } else {
          const known = distance(e, actual[start + i]!);
          const need = d <= d - slack + slack ? d - slack : above(d - slack);
          out[i] = known > 0 && known < Infinity ? need : known;
        }
      }
    },
    measured: (pair, i, need) => {
      if (need === 0) return `|error| within rtol ${show(rtol)} everywhere`;
      return `${absoluteError(pair, i)}${need < Infinity ? `, needs atol ${show(need)}` : ''}`;
    },
    minimum: (need) => `absRel(${upward(need)}, ${rtol})`,
  });
}

/**
 * At most `n` units in the last place of the output's dtype from the expected value rounded to it, or at most `floor`
 * away in absolute terms. The floor is required and positive: near zero correct code is millions of ULPs off.
 */
export function ulp(n: number, floor: number, because?: string): Acceptance {
  checkTolerance('ulp', n);
  checkTolerance('ulp floor', floor);
  if (floor === 0) {
    throw new ValueError(
      'ulp floor of 0',
      'ULPs alone reject correct results near zero: give the absolute error that is always good enough',
    );
  }
  return elementwise({
    kind: 'ulp',
    text: `ulp(${n}, ${floor})`,
    because,
    limit: n,
    bound: ({ counts, errors, count }) =>
      errors.finite < count ? Infinity : errors.max <= floor ? 0 : counts.maxUlp,
    needs: ({ expected, actual, ulps }, start, out) => {
      distances(expected, actual, start, out);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! <= floor ? 0 : ulps[start + i]!;
    },
    measured: (pair, i, need) => {
      if (need === 0) return `|error| within the floor ${show(floor)} or 0 ULP everywhere`;
      if (need === Infinity) return NO_DISTANCE;
      return `max ${show(need)} ${pair.dtype} ULP, |error| ${show(distance(pair.expectedAt(i), pair.actualAt(i)))}`;
    },
    minimum: (need) => `ulp(${upward(need)}, ${floor})`,
  });
}

/**
 * `low` <= actual <= `high` in every element; both have the shape of the output (else judging throws
 * {@link ShapeError}). The expected values take no part, except that NaN among them fails.
 */
export function interval(low: Tensor, high: Tensor, because?: string): Acceptance {
  if (low.shape.join() !== high.shape.join()) {
    throw new ShapeError(`interval from ${describe(low)} to ${describe(high)}: the bounds have one shape`);
  }
  const from = toFloat64(low);
  const to = toFloat64(high);
  return elementwise({
    kind: 'interval',
    text: 'interval(low, high)',
    because,
    limit: 0,
    needs: ({ expected, actual, shape }, start, out) => {
      if (shape.join() !== low.shape.join()) {
        throw new ShapeError(`interval bounds ${describe(low)} do not fit actual ${showIndex(shape)}`);
      }
      for (let i = 0; i < out.length; i++) {
        const a = actual[start + i]!;
        const low = from[start + i]!;
        const high = to[start + i]!;
        const outside = Math.max(low - a, a - high);
        const known = outside > 0 || (a >= low && a <= high);
        out[i] = known && !Number.isNaN(expected[start + i]) ? Math.max(outside, 0) : Infinity;
      }
    },
    measured: (pair, i, need) =>
      need === 0
        ? 'all elements inside the interval'
        : need === Infinity
          ? NO_DISTANCE
          : `${show(need)}${unit(pair)} outside [${show(from[i]!)}, ${show(to[i]!)}]`,
    minimum: (need) => {
      if (need === 0) return 'interval(low, high)';
      const by = upward(need);
      return `interval(low - ${by}, high + ${by})`;
    },
  });
}
