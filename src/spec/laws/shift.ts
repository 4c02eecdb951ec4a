import type { RandomState, Tensor } from '../../tensor/index.ts';
import { differs } from './agreement.ts';
import { type Law, type LawCase, type LawOptions, partOf, toleranceText } from './law.ts';
import { alongAxis, drawInt, equalTensors, integerRange, mapValues } from './values.ts';

/** Output for inputs that may be those of the case, whose output is known without a run. */
export async function outputOf(
  c: LawCase,
  inputs: LawCase['inputs'],
  output: string,
): Promise<Tensor | null> {
  const results = inputs === c.inputs ? c.outputs : await c.run(inputs);
  return results === null ? null : partOf(results, output);
}

/** The inputs with one part replaced; the very same object where the part already has these values. */
export function withPart(inputs: LawCase['inputs'], name: string, part: Tensor): LawCase['inputs'] {
  return equalTensors(partOf(inputs, name), part) ? inputs : { ...inputs, [name]: part };
}

/** Halves a part whose values leave no room to move in the range of its dtype. */
function halved(t: Tensor): Tensor {
  return mapValues(t, (value) => Math.trunc(value / 2));
}

interface Line {
  low: number;
  high: number;
}

function linesOf(t: Tensor, axis: number): { lines: Line[]; lineOf: (index: number) => number } {
  const { outer, extent, inner } = alongAxis(t, axis);
  const lineOf = (index: number): number => Math.floor(index / (extent * inner)) * inner + (index % inner);
  const lines = Array.from({ length: outer * inner }, () => ({ low: Infinity, high: -Infinity }));
  mapValues(t, (value, index) => {
    const line = lines[lineOf(index)]!;
    line.low = Math.min(line.low, value);
    line.high = Math.max(line.high, value);
    return value;
  });
  return { lines, lineOf };
}

/**
 * A part with half of its dtype's range to move in, and the same with a random constant other than 0 added to every
 * line along `axis`.
 */
function shiftedAlong(part: Tensor, axis: number, law: string, random: RandomState): [Tensor, Tensor] {
  const { min, max } = integerRange(part, law);
  const crowded = linesOf(part, axis).lines.some(({ low, high }) => high - low > (max - min) / 2);
  const base = crowded ? halved(part) : part;
  const { lines, lineOf } = linesOf(base, axis);
  const constants = lines.map(({ low, high }) => {
    const [least, most] = [min - low, max - high];
    return drawInt(random, least, most) || (-least > most ? least : most);
  });
  return [base, mapValues(base, (value, index) => value + constants[lineOf(index)]!)];
}

/**
 * Adding a constant to each line of `part` along `axis` leaves `output` as it was. The part is halved first where a
 * line spans more than half of its dtype's range, which costs a second follow-up run.
 */
export function unchangedByShift(
  law: {
    readonly name: string;
    readonly because: string;
    readonly part: string;
    readonly axis: number;
    readonly output: string;
  },
  options: LawOptions,
): Law {
  const { name, because, part, axis, output } = law;
  return {
    name,
    because,
    tolerance: toleranceText('exact: the constant cancels in integers, before any rounding', options),
    runs: 2,
    async check(c) {
      const [base, shifted] = shiftedAlong(partOf(c.inputs, part), axis, name, c.random);
      const expected = await outputOf(c, withPart(c.inputs, part, base), output);
      if (expected === null) return 'not-applicable';
      const followUp = { ...c.inputs, [part]: shifted };
      const actual = await outputOf(c, followUp, output);
      if (actual === null) return 'not-applicable';
      const after = `a constant added to every ${axis === -1 ? 'row' : 'column'} of ${part}`;
      return differs({ after, inputs: followUp, output, actual }, expected, options.tolerance ?? 0);
    },
  };
}
