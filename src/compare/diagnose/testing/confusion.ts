import { type DType, sizeOf, toFloat64 } from '../../../tensor/index.ts';
import { diagnose } from '../diagnose.ts';
import type { Diagnosis } from '../types.ts';
import { contextOf, type FaultKind, type Faulty, type Sample, scaled } from './fault.ts';
import { faultKinds } from './faults.ts';
import { type DataKind, Draw, dataKinds, realOutput, stored } from './samples.ts';

export interface ConfusionCase {
  readonly fault: string;
  readonly data: DataKind;
  readonly oracle: Oracle;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly seed: number;
  readonly found: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** What the output is compared with: the bit-exact model, or float64 mathematics that a right kernel is near to. */
export const oracles = ['model', 'ideal'] as const;
export type Oracle = (typeof oracles)[number];

/** Share of elements that a right integer kernel has one LSB off its ideal. */
const OFF_BY_ONE = 0.1;

function sampleOf(
  kind: DataKind,
  oracle: Oracle,
  dtype: DType,
  shape: readonly number[],
  draw: Draw,
): Sample {
  const columns = shape.at(-1)!;
  const real = scaled(dtype, realOutput(kind, sizeOf(shape) / columns, columns, draw));
  const values = toFloat64(stored(dtype, shape, real));
  const common = { kind, dtype, shape, real, draw };
  const context = contextOf({ ...common, values });
  if (oracle === 'model') return { ...common, context, expected: stored(dtype, shape, values), values };
  const error = (): number => {
    if (dtype === 'f32') return 1e-6 * draw.normal();
    return draw.unit() < OFF_BY_ONE ? draw.pick([-1, 1]) : 0;
  };
  const near = stored(
    dtype,
    shape,
    values.map((x) => x + error()),
  );
  return { ...common, context, expected: stored('f64', shape, real), values: toFloat64(near) };
}

/** One case; null where the fault cannot be put into such data or compared with such an oracle. */
export function faultyCase(
  fault: FaultKind,
  data: DataKind,
  oracle: Oracle,
  seed: number,
): (Faulty & Pick<ConfusionCase, 'dtype' | 'shape'>) | null {
  if (oracle === 'ideal' && fault.modelOnly === true) return null;
  const draw = new Draw(seed);
  const dtypes = fault.dtypes ?? ['int8'];
  // Mostly the first dtype of a fault.
  const dtype = draw.unit() < 0.6 ? dtypes[0]! : draw.pick(dtypes);
  const shape = fault.batched === true ? [4, 32, 32] : draw.pick(SHAPES);
  const faulty = fault.make(sampleOf(data, oracle, dtype, shape, draw));
  return faulty === null ? null : { ...faulty, dtype, shape };
}

const SHAPES = [
  [64, 64],
  [64, 64],
  [32, 64],
  [48, 96],
] as const;

/** Every fault kind on every data kind, against both oracles, `repeats` times with seeds of their own. */
export function confusionCases(repeats: number, seed = 1): ConfusionCase[] {
  const cases: ConfusionCase[] = [];
  for (const [f, fault] of faultKinds.entries()) {
    for (const [d, data] of dataKinds.entries()) {
      for (const [o, oracle] of oracles.entries()) {
        for (let r = 0; r < repeats; r++) {
          const own = seed + 100_000 * f + 10_000 * d + 1000 * o + r;
          const faulty = faultyCase(fault, data, oracle, own);
          if (faulty === null) continue;
          const { expected, actual, context, dtype, shape } = faulty;
          const diagnoses = diagnose(expected, actual, context);
          const found = diagnoses[0]?.hypothesis ?? 'equal';
          cases.push({ fault: fault.hypothesis, data, oracle, dtype, shape, seed: own, found, diagnoses });
        }
      }
    }
  }
  return cases;
}

export interface ConfusionMatrix {
  readonly cases: number;
  /** Share of cases whose first diagnosis is the fault put in. */
  readonly accuracy: number;
  /** Found hypotheses and how often, by fault. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly confused: readonly ConfusionCase[];
  /** A table to print: a line for each fault, its cases, how many were found, and what was found instead. */
  readonly text: string;
}

/** Diagnoses seeded faults and counts what is found for each. */
export function confusionMatrix(repeats = 3, seed = 1): ConfusionMatrix {
  const cases = confusionCases(repeats, seed);
  const rows: Record<string, Record<string, number>> = {};
  for (const { fault, found } of cases) {
    rows[fault] ??= {};
    rows[fault][found] = (rows[fault][found] ?? 0) + 1;
  }
  const confused = cases.filter(({ fault, found }) => fault !== found);
  const accuracy = 1 - confused.length / cases.length;
  const lines = Object.entries(rows).map(([fault, found]) => {
    const total = Object.values(found).reduce((sum, n) => sum + n, 0);
    const others = Object.entries(found).filter(([name]) => name !== fault);
    const instead = others.map(([name, n]) => `${name} ${n}`).join(', ');
    return `${fault.padEnd(18)} ${String(total).padStart(4)} ${String(found[fault] ?? 0).padStart(5)}  ${instead}`.trimEnd();
  });
  const head = `${'fault'.padEnd(18)} cases found  instead`;
  const foot = `top-1 accuracy ${(100 * accuracy).toFixed(1)} % of ${cases.length} cases`;
  return { cases: cases.length, accuracy, rows, confused, text: [head, ...lines, foot].join('\n') };
}
