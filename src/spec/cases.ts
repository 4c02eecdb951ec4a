import fc from 'fast-check';
import {
  type DType,
  dtypeInfo,
  type IntDType,
  RandomState,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../tensor/index.ts';
import { inputsOf, rangeOf, wholeDomain } from './arbitrary/index.ts';
import type { TensorType } from './args.ts';
import type { KernelSpec, Printed, Tensors } from './kernel.ts';

/** One set of inputs with the name it is reported under. */
export interface InputCase {
  readonly name: string;
  /** Address within the cases of a kernel, such as `random/57`; with the seed it repeats the case alone. */
  readonly path: string;
  readonly inputs: Tensors;
  /** Random enough for aggregates such as correlation. */
  readonly random: boolean;
  readonly printed?: Printed;
}

/** A case before it has its place among the others. */
type Unplaced = Omit<InputCase, 'path'>;

function placed(kind: string, cases: Iterable<Unplaced>): InputCase[] {
  return Array.from(cases, (one, index) => ({ ...one, path: `${kind}/${index}` }));
}

function filled({ dtype, shape }: TensorType, value: (index: number) => number): Tensor {
  return tensor<DType, Shape>(
    dtype,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
  );
}

function partsOf(spec: KernelSpec): [string, TensorType][] {
  return spec.args.flatMap((arg) => (arg.direction === 'in' ? Object.entries<TensorType>(arg.parts) : []));
}

function mapParts(spec: KernelSpec, make: (type: TensorType, ordinal: number) => Tensor): Tensors {
  return Object.fromEntries(partsOf(spec).map(([name, type], ordinal) => [name, make(type, ordinal)]));
}

/** Inputs every kernel is tried with: the corners of the dtype, and NumPy seed 42 as published test scripts use it. */
function fixedCases(spec: KernelSpec): Unplaced[] {
  const edge = (
    name: string,
    fill: (type: TensorType, index: number, ordinal: number) => number,
  ): Unplaced => ({
    name,
    random: false,
    inputs: mapParts(spec, (type, ordinal) => filled(type, (index) => fill(type, index, ordinal))),
  });
  const min = ({ dtype }: TensorType): number => rangeOf(dtype).min;
  const max = ({ dtype }: TensorType): number => rangeOf(dtype).max;
  return [
    seed42(spec),
    smallOperands(spec),
    edge('all zero', () => 0),
    edge('all minimum', min),
    edge('all maximum', max),
    edge('first minimum, rest maximum', (type, _, ordinal) => (ordinal === 0 ? min(type) : max(type))),
    edge('alternating extremes', (type, index) => (index % 2 === 0 ? min(type) : max(type))),
    edge(
      'every value in turn',
      (type, index) => min(type) + (index % (dtypeInfo(type.dtype).integer ? 256 : 9)),
    ),
    edge('first element only', (type, index) => (index === 0 ? max(type) : 0)),
    edge('last element only', (type, index) => (index === sizeOf(type.shape) - 1 ? max(type) : 0)),
  ];
}

/** `numpy.random.seed(42)`, then for each part `randint(-64, 64)` (integers) or `standard_normal` (floats) in order. */
function seed42(spec: KernelSpec): Unplaced {
  const random = new RandomState(42);
  const inputs = mapParts(spec, ({ dtype, shape }) => {
    if (dtype === 'int8' || dtype === 'int32') return random.randint(-64, 64, shape, dtype);
    if (dtype === 'uint8') return random.randint(0, 128, shape, dtype);
    const { integer } = dtypeInfo(dtype);
    const normal = random.standardNormal(shape).view.data;
    return tensor<DType, Shape>(dtype, shape, integer ? normal.map((x) => Math.round(32 * x)) : normal);
  });
  return { name: 'NumPy seed 42', inputs, random: true };
}

function isInteger(dtype: DType): dtype is IntDType {
  return dtypeInfo(dtype).integer;
}

/**
 * All parts -1, 0 or 1 but the last, which has its whole range: scores so small that no weight of a softmax vanishes,
 * and values so large that each shows. Full-range operands leave an exponential untried.
 */
function smallOperands(spec: KernelSpec): Unplaced {
  const random = new RandomState(42);
  const last = partsOf(spec).length - 1;
  const inputs = mapParts(spec, (type, ordinal) => {
    const { dtype, shape } = type;
    const whole = rangeOf(dtype);
    const { min, max } = ordinal === last && last > 0 ? whole : { min: Math.max(-1, whole.min), max: 1 };
    if (isInteger(dtype)) return random.randint(min, max + 1, shape, dtype);
    return tensor<DType, Shape>(dtype, shape, random.randint(min, max + 1, shape, 'int32').view.data);
  });
  return { name: 'small operands', inputs, random: false };
}

/** Every value of the dtype, as few cases as hold it, for a kernel whose one input is mapped element by element. */
function sweep(spec: KernelSpec): Unplaced[] {
  const [only, ...others] = partsOf(spec);
  if (!spec.elementwise || only === undefined || others.length > 0) return [];
  const [name, type] = only;
  return wholeDomain(type).map((values, index, all) => ({
    name: all.length === 1 ? 'whole domain' : `whole domain, ${index + 1} of ${all.length}`,
    random: false,
    inputs: { [name]: values },
  }));
}

/**
 * fast-check arbitrary of a kernel's inputs. Parts draw their distributions each by itself, uniform all together, or
 * soft all together; see {@link inputsOf}. Shrinks structurally.
 */
export function arbitraryInputs(spec: KernelSpec): fc.Arbitrary<Unplaced> {
  const parts = Object.fromEntries(partsOf(spec));
  return inputsOf(parts, { tile: spec.tile }).map(({ inputs, drawn }) => {
    const names = Object.entries(drawn).map(([part, distribution]) => `${part} ${distribution}`);
    return {
      name: names.length > 0 ? names.join(', ') : 'shrunk',
      random: names.length > 0 && Object.values(drawn).every((distribution) => distribution === 'uniform'),
      inputs,
    };
  });
}

/** All cases of a validation in order: fixtures, fixed edge cases, then `runs` fast-check cases drawn with `seed`. */
export function* inputCases(spec: KernelSpec, options: { seed: number; runs: number }): Generator<InputCase> {
  yield* placed(
    'fixture',
    spec.fixtures.map(({ name, inputs, random = false, printed }) => {
      return { name, inputs: inputs(), random, ...(printed === undefined ? {} : { printed }) };
    }),
  );
  yield* placed('edge', fixedCases(spec));
  yield* placed('domain', sweep(spec));
  const drawn = fc.sample(arbitraryInputs(spec), { numRuns: options.runs, seed: options.seed });
  yield* placed(
    'random',
    drawn.map((one, index) => ({ ...one, name: `random ${index} (${one.name})` })),
  );
}
