import fc from 'fast-check';
import {
  type DType,
  dtypeInfo,
  RandomState,
  round,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../tensor/index.ts';
import type { TensorType } from './args.ts';
import type { KernelSpec, Printed, Tensors } from './kernel.ts';

/** One set of inputs with the name it is reported under. */
export interface InputCase {
  readonly name: string;
  readonly inputs: Tensors;
  /** Random enough for aggregates such as correlation. */
  readonly random: boolean;
  readonly printed?: Printed;
}

/** Values spanning what a part is tried with: the whole range of an integer, [-4, 4] of a float. */
function rangeOf(dtype: DType): { min: number; max: number } {
  const { integer, min, max } = dtypeInfo(dtype);
  return integer ? { min, max } : { min: -4, max: 4 };
}

type Fill = (index: number, size: number, random: RandomState) => number;

/** Distributions by name; each gives values within [0, 1] of the dtype's range, or its zero. */
const distributions: Readonly<Record<string, (dtype: DType, random: RandomState) => Fill>> = {
  uniform: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    return () => min + random.double() * (max - min);
  },
  small: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    const amplitude = Math.min(-min || max, max) * random.double() ** 3;
    return () => (min < 0 ? (2 * random.double() - 1) * amplitude : random.double() * amplitude);
  },
  extremes: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    return () => (random.double() < 0.5 ? min : max);
  },
  constant: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    const value = min + random.double() * (max - min);
    return () => value;
  },
  sparse: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    return () => (random.double() < 1 / 16 ? min + random.double() * (max - min) : 0);
  },
  'one-hot': (dtype, random) => {
    const { max } = rangeOf(dtype);
    const hot = random.double();
    return (index, size) => (index === Math.floor(hot * size) ? max : 0);
  },
  ramp: (dtype, random) => {
    const { min, max } = rangeOf(dtype);
    const period = 2 + Math.floor(random.double() * 255);
    return (index) => min + ((index % period) / (period - 1)) * (max - min);
  },
};

const distributionNames = Object.keys(distributions);

function fillTensor({ dtype, shape }: TensorType, fill: (index: number, size: number) => number): Tensor {
  const { integer } = dtypeInfo(dtype);
  const size = sizeOf(shape);
  const values = Float64Array.from({ length: size }, (_, index) => {
    const value = fill(index, size);
    return integer ? round(value, 'half-even') : value;
  });
  return tensor<DType, Shape>(dtype, shape, values);
}

function partsOf(spec: KernelSpec): [string, TensorType][] {
  return spec.args.flatMap((arg) => (arg.direction === 'in' ? Object.entries<TensorType>(arg.parts) : []));
}

function mapParts(spec: KernelSpec, make: (type: TensorType, ordinal: number) => Tensor): Tensors {
  return Object.fromEntries(partsOf(spec).map(([name, type], ordinal) => [name, make(type, ordinal)]));
}

/** Inputs every kernel is tried with: the corners of the dtype, and NumPy seed 42 as published test scripts use it. */
function fixedCases(spec: KernelSpec): InputCase[] {
  const edge = (
    name: string,
    fill: (type: TensorType, index: number, ordinal: number) => number,
  ): InputCase => ({
    name,
    random: false,
    inputs: mapParts(spec, (type, ordinal) => fillTensor(type, (index) => fill(type, index, ordinal))),
  });
  const min = ({ dtype }: TensorType): number => rangeOf(dtype).min;
  const max = ({ dtype }: TensorType): number => rangeOf(dtype).max;
  return [
    seed42(spec),
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
function seed42(spec: KernelSpec): InputCase {
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

/**
 * fast-check arbitrary of a kernel's inputs. Every part draws its distribution and seed by itself, so that corners of
 * one meet ordinary values of another.
 */
export function arbitraryInputs(spec: KernelSpec): fc.Arbitrary<InputCase> {
  const part = fc.record({
    distribution: fc.oneof(
      { weight: 2, arbitrary: fc.constant('uniform') },
      // Products of full-range values make a softmax one-hot; only small ones exercise its exponential.
      { weight: 2, arbitrary: fc.constant('small') },
      { weight: 3, arbitrary: fc.constantFrom(...distributionNames) },
    ),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });
  const parts = partsOf(spec);
  return fc.array(part, { minLength: parts.length, maxLength: parts.length }).map((drawn) => ({
    name: drawn.map(({ distribution }, i) => `${parts[i]![0]} ${distribution}`).join(', '),
    random: drawn.every(({ distribution }) => distribution === 'uniform'),
    inputs: mapParts(spec, (type, ordinal) => {
      const { distribution, seed } = drawn[ordinal]!;
      const random = new RandomState(seed);
      const fill = distributions[distribution]!(type.dtype, random);
      return fillTensor(type, (index, size) => fill(index, size, random));
    }),
  }));
}

/** All cases of a validation in order: fixtures, fixed edge cases, then `runs` fast-check cases drawn with `seed`. */
export function* inputCases(spec: KernelSpec, options: { seed: number; runs: number }): Generator<InputCase> {
  for (const { name, inputs, random = false, printed } of spec.fixtures) {
    yield { name, inputs: inputs(), random, ...(printed === undefined ? {} : { printed }) };
  }
  yield* fixedCases(spec);
  const drawn = fc.sample(arbitraryInputs(spec), { numRuns: options.runs, seed: options.seed });
  let index = 0;
  for (const drawnCase of drawn) yield { ...drawnCase, name: `random ${index++} (${drawnCase.name})` };
}
