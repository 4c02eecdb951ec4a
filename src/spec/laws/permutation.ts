import { differs } from './agreement.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { alongAxis, cycleOf, equalTensors, reorder } from './values.ts';

interface Permutation {
  readonly name: string;
  readonly because: string;
  /** Each permuted part with its axis; all in one order. */
  readonly moved: readonly (readonly [part: string, axis: -1 | -2])[];
  /** What is permuted, where it is neither rows nor columns. */
  readonly slices?: string;
  readonly output: string;
  /** Axis of the output that must follow; null where the output must not change. */
  readonly outputAxis: number | null;
}

/** `rows of k, v`, `columns of a, rows of b`. */
function slicesText({ moved, slices }: Permutation): string {
  const names = moved.map(([, axis]) => slices ?? (axis === -1 ? 'columns' : 'rows'));
  const alike = names.every((name) => name === names[0]);
  if (alike) return `${names[0]} of ${moved.map(([part]) => part).join(', ')}`;
  return moved.map(([part], i) => `${names[i]} of ${part}`).join(', ');
}

/** One follow-up run with slices in a random order that leaves none in its place. */
function permutation(p: Permutation, options: LawOptions): Law {
  const { name, because, moved, output, outputAxis } = p;
  const after = `${slicesText(p)} permuted${moved.length > 1 ? ' in one order' : ''}`;
  const [lead, leadAxis] = moved[0]!;
  return {
    name,
    because,
    tolerance: toleranceText('exact: integer sums do not depend on their order', options),
    runs: 1,
    async check({ inputs, outputs, random, run }) {
      const order = cycleOf(alongAxis(partOf(inputs, lead), leadAxis).extent, random);
      const parts = moved.map(([part, axis]) => [part, reorder(partOf(inputs, part), axis, order)] as const);
      if (parts.every(([part, permuted]) => equalTensors(permuted, inputs[part]!))) return 'not-applicable';
      const followUp = { ...inputs, ...Object.fromEntries(parts) };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const before = partOf(outputs, output);
      const expected = outputAxis === null ? before : reorder(before, outputAxis, order);
      const demand = { after, inputs: followUp, output, actual: partOf(results, output) };
      return differs(demand, expected, options.tolerance ?? 0);
    },
  };
}

/** Permuting the rows (axis -2) of `part` permutes the rows of `output` alike: no row knows its place. */
export function rowEquivariance(part: string, output: string, options: LawOptions = {}): Law {
  const law = {
    name: `rowEquivariance(${part}, ${output})`,
    because: `each row of ${output} is computed from its own row of ${part}, alike wherever it lies`,
    moved: [[part, -2]],
    output,
    outputAxis: -2,
  } as const;
  return permutation(law, options);
}

/** Permuting the columns (axis -1) of `part` permutes the columns of `output` alike. */
export function columnEquivariance(part: string, output: string, options: LawOptions = {}): Law {
  const law = {
    name: `columnEquivariance(${part}, ${output})`,
    because: `a column of ${output} belongs to its column of ${part}; columns meet in sums over all of them at most`,
    moved: [[part, -1]],
    output,
    outputAxis: -1,
  } as const;
  return permutation(law, options);
}

/**
 * Permuting the last axis of `parts` in one order permutes that of `output` alike: an elementwise kernel's input,
 * LayerNorm's x, gamma and beta.
 */
export function elementEquivariance(parts: readonly string[], output: string, options: LawOptions = {}): Law {
  const law = {
    name: `elementEquivariance(${parts.join(', ')}; ${output})`,
    because: 'elements meet in sums over all of them at most, and sums do not depend on the order',
    moved: parts.map((part) => [part, -1] as const),
    slices: 'elements',
    output,
    outputAxis: -1,
  };
  return permutation(law, options);
}

/**
 * Permuting `parts` in one order leaves `output` as it was, because it sums over them together. By default the rows
 * (keys and values of an attention); `axes` names the axis of each part, `[-1, -2]` for the inner axis of a product.
 */
export function jointPermutation(
  parts: readonly string[],
  output: string,
  options: LawOptions & { readonly axes?: readonly (-1 | -2)[] } = {},
): Law {
  const { axes } = options;
  const law = {
    name: `jointPermutation(${parts.join(', ')}; ${output}${axes === undefined ? '' : `; axes ${axes.join(', ')}`})`,
    because: `${output} sums over ${parts.join(' and ')} together, and a sum does not depend on the order`,
    moved: parts.map((part, i) => [part, axes?.[i] ?? -2] as const),
    output,
    outputAxis: null,
  };
  return permutation(law, options);
}
