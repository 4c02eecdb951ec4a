import { type Acceptance, all, type Comparison, compare } from '../compare/index.ts';
import { ShapeError } from '../errors.ts';
import { describe, type Tensor, toFloat64 } from '../tensor/index.ts';
import type { InputCase } from './cases.ts';
import type { KernelSpec, Tensors } from './kernel.ts';

/** What is wrong with one run's outputs. */
export interface Problem {
  /** What was seen, with numbers and units. */
  readonly evidence: string;
  /** Output that differs, with what the oracle demands and what the device gave. */
  readonly output?: string;
  readonly expected?: Tensor;
  readonly actual?: Tensor;
  readonly comparison?: Comparison;
}

/** Levels that compare outputs with an oracle. */
export type OracleLevel = 'model' | 'ideal';

/**
 * Judges the outputs of one run at one level: null, or what is wrong. At `model` a device is also held to what real
 * hardware printed for the same input; at `ideal`, random inputs have to meet `accept.random` besides.
 */
export function judge(
  spec: KernelSpec,
  level: OracleLevel,
  input: InputCase,
  actual: Tensors,
): Problem | null {
  const expected = outputsOf(spec, level, input.inputs);
  const { accept } = spec;
  if (level === 'model')
    return printedDiffers(input, actual) ?? differs(spec, expected, actual, accept.model);
  const { ideal, random } = accept;
  return differs(spec, expected, actual, input.random && random !== undefined ? all(ideal, random) : ideal);
}

/** An oracle's outputs, checked against the description. Throws {@link ShapeError} naming kernel, oracle and output. */
function outputsOf(spec: KernelSpec, oracle: OracleLevel, inputs: Tensors): Tensors {
  const outputs = spec[oracle](inputs);
  for (const arg of spec.args) {
    if (arg.direction === 'in') continue;
    const declared = Object.values(arg.parts)[0]!;
    const wanted = { dtype: oracle === 'model' ? declared.dtype : 'f64', shape: declared.shape } as const;
    const got = outputs[arg.name];
    if (got === undefined || got.dtype !== wanted.dtype || got.shape.join() !== wanted.shape.join()) {
      const what = got === undefined ? 'nothing' : describe(got);
      throw new ShapeError(
        `kernel ${spec.name}: ${oracle} gives ${what} for '${arg.name}', which needs ${describe(wanted)}`,
      );
    }
  }
  return outputs;
}

/** The first output that is not accepted, or null. */
function differs(spec: KernelSpec, expected: Tensors, actual: Tensors, accept: Acceptance): Problem | null {
  for (const [output, tensor] of Object.entries(actual)) {
    const wanted = expected[output]!;
    const options = {
      accept,
      ...(spec.tile === undefined ? {} : { tile: spec.tile }),
      detail: 'verdict',
    } as const;
    const comparison = compare(wanted, tensor, options);
    if (!comparison.pass) {
      return {
        evidence: comparison.acceptance.evidence,
        output,
        expected: wanted,
        actual: tensor,
        comparison,
      };
    }
  }
  return null;
}

/** Holds the device to what real hardware printed for the same input. */
function printedDiffers({ printed }: InputCase, actual: Tensors): Problem | null {
  if (printed === undefined) return null;
  const { output, values, provenance } = printed;
  const tensor = actual[output];
  if (tensor === undefined)
    throw new ShapeError(`printed values name output '${output}', which the kernel lacks`);
  const given = toFloat64(tensor);
  const wrong = values.filter(([index, value]) => given[index] !== value);
  if (wrong.length === 0) return null;
  const [index, value] = wrong[0]!;
  const first = `${output}[${index}]: hardware printed ${value}, this device gave ${given[index]}`;
  return {
    evidence: `${wrong.length} of ${values.length} printed values differ, first ${first} (${provenance})`,
  };
}
