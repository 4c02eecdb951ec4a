import { Option } from 'commander';
import { attention, gelu, layernorm, matmul, softmax } from '../../reference/index.ts';
import { ValueError } from '../errors.ts';
import {
  dequantize,
  describe,
  dtypeInfo,
  dtypes,
  type IntDType,
  quantize,
  type Rounding,
  roundings,
  sizeOf,
  type Tensor,
} from '../tensor/index.ts';
import { finiteNumber, wholeNumber } from './options.ts';

/** Tensors by the flag that named their file. */
export type Inputs = Readonly<Record<string, Tensor>>;

/** Parsed options by their camel-case name. */
export type Values = Readonly<Record<string, unknown>>;

export interface Result {
  readonly tensor: Tensor;
  /** What else there is to say of it. */
  readonly note?: string;
}

/** One operation of `tilecheck reference`. */
export interface Operation {
  readonly name: string;
  readonly description: string;
  /** dtype and shape of the output. */
  readonly result: string;
  /** Flags that name an input file, with their help. */
  readonly files: Readonly<Record<string, string>>;
  readonly optionalFiles?: Readonly<Record<string, string>>;
  readonly options: readonly Option[];
  compute(inputs: Inputs, values: Values): Result;
}

const integers = dtypes.filter((dtype): dtype is IntDType => dtypeInfo(dtype).integer);

function numeric(flags: string, description: string): Option {
  return new Option(flags, description).argParser(finiteNumber);
}

function axisOption(description: string): Option {
  return new Option('--axis <n>', `${description}; negative counts from the back`)
    .argParser(wholeNumber(-32, 31))
    .default(-1);
}

function zeroPointOption(flag: string, description: string): Option {
  return new Option(`--${flag} <n>`, description).argParser(wholeNumber(-(2 ** 31), 2 ** 31 - 1)).default(0);
}

const geluOperation: Operation = {
  name: 'gelu',
  description: 'GELU of every element, in float64.',
  result: 'f64, the shape of --in',
  files: { in: 'input, any dtype' },
  options: [
    new Option('--form <form>', 'which function: x * Phi(x), its tanh or its sigmoid approximation')
      .choices(['erf', 'tanh', 'sigmoid'])
      .makeOptionMandatory(),
  ],
  compute: (inputs, { form }) => ({
    tensor: gelu.ideal({ x: inputs.in!, form: form as gelu.GeluForm }),
  }),
};

const attentionOperation: Operation = {
  name: 'attention',
  description: 'Scaled dot-product attention softmax(scale * q kT) v, in float64.',
  result: 'f64 [..., Lq, Dv]',
  files: { q: 'queries [..., Lq, D]', k: 'keys [..., Lk, D]', v: 'values [..., Lk, Dv]' },
  optionalFiles: { mask: 'integers that broadcast to [..., Lq, Lk]; non-zero = the query sees the key' },
  options: [
    numeric(
      '--scale <x>',
      'multiplies every score; 1 / sqrt(D) in the usual definition',
    ).makeOptionMandatory(),
    new Option('--causal', 'a query sees the keys up to its own position only'),
  ],
  compute: ({ q, k, v, mask }, { scale, causal }) => ({
    tensor: attention.ideal({
      q: q!,
      k: k!,
      v: v!,
      scale: scale as number,
      causal: causal === true,
      ...(mask === undefined ? {} : { mask }),
    }),
  }),
};

const layernormOperation: Operation = {
  name: 'layernorm',
  description: 'Layer normalisation (x - mean) / sqrt(variance + eps) * gamma + beta, in float64.',
  result: 'f64, the shape of --in',
  files: { in: 'input, any dtype' },
  optionalFiles: {
    gamma: 'scale, shaped as the normalised axes (default: 1)',
    beta: 'offset, shaped as the normalised axes (default: 0)',
  },
  options: [
    numeric('--eps <x>', 'added to the variance; 1e-5 in PyTorch and ONNX').makeOptionMandatory(),
    axisOption('first normalised axis'),
  ],
  compute: ({ in: x, gamma, beta }, { eps, axis }) => ({
    tensor: layernorm.ideal({
      x: x!,
      epsilon: eps as number,
      axis: axis as number,
      ...(gamma === undefined ? {} : { gamma }),
      ...(beta === undefined ? {} : { beta }),
    }),
  }),
};

const softmaxOperation: Operation = {
  name: 'softmax',
  description: 'Softmax along an axis, in float64.',
  result: 'f64, the shape of --in',
  files: { in: 'input, any dtype' },
  optionalFiles: { mask: 'integers that broadcast to --in; non-zero = keep' },
  options: [axisOption('axis whose weights sum to one')],
  compute: ({ in: x, mask }, { axis }) => ({
    tensor: softmax.ideal({ x: x!, axis: axis as number, ...(mask === undefined ? {} : { mask }) }),
  }),
};

const isByte = ({ dtype }: Tensor): boolean => dtype === 'int8' || dtype === 'uint8';

const matmulOperation: Operation = {
  name: 'matmul',
  description: 'Matrix product (a - a zero point) (b - b zero point); exact for int8 and uint8.',
  result: 'int32 where --a and --b are int8 or uint8 (ONNX MatMulInteger), else f64',
  files: { a: 'left operand [..., M, K]', b: 'right operand [..., K, N]' },
  options: [
    zeroPointOption('a-zero-point', 'code of --a that stands for 0'),
    zeroPointOption('b-zero-point', 'code of --b that stands for 0'),
  ],
  compute: ({ a, b }, { aZeroPoint, bZeroPoint }) => {
    const operands = { a: a!, b: b!, aZeroPoint: aZeroPoint as number, bZeroPoint: bZeroPoint as number };
    return { tensor: isByte(a!) && isByte(b!) ? matmul.integer(operands) : matmul.ideal(operands) };
  },
};

const scaleOption = numeric('--scale <x>', 'real distance of two neighbouring codes').makeOptionMandatory();
const zeroPoint = zeroPointOption('zero-point', 'code that stands for 0');

const quantizeOperation: Operation = {
  name: 'quantize',
  description: 'Codes saturate(round(x / scale) + zero point).',
  result: 'the dtype of --dtype, the shape of --in',
  files: { in: 'input, any dtype' },
  options: [
    scaleOption,
    zeroPoint,
    new Option('--dtype <dtype>', 'dtype of the codes').choices(integers).makeOptionMandatory(),
    new Option('--rounding <mode>', 'how x / scale becomes whole').choices(roundings).default('half-even'),
  ],
  compute: ({ in: x }, values) => {
    const { tensor, saturated } = quantize(
      x!,
      { scale: values.scale as number, zeroPoint: values.zeroPoint as number },
      { dtype: values.dtype as IntDType, rounding: values.rounding as Rounding },
    );
    return { tensor, note: `${saturated} of ${sizeOf(tensor.shape)} elements saturated` };
  },
};

function isCodes(t: Tensor): t is Tensor<IntDType> {
  return dtypeInfo(t.dtype).integer;
}

const dequantizeOperation: Operation = {
  name: 'dequantize',
  description: 'Real values scale * (code - zero point), in float64.',
  result: 'f64, the shape of --in',
  files: { in: 'codes of an integer dtype' },
  options: [scaleOption, zeroPoint],
  compute: ({ in: x }, values) => {
    if (!isCodes(x!)) {
      throw new ValueError(
        `dequantize takes integer codes, and --in is ${describe(x!)}`,
        'quantize it first',
      );
    }
    return {
      tensor: dequantize(x, { scale: values.scale as number, zeroPoint: values.zeroPoint as number }),
    };
  },
};

export const operations: readonly Operation[] = [
  geluOperation,
  attentionOperation,
  layernormOperation,
  softmaxOperation,
  matmulOperation,
  quantizeOperation,
  dequantizeOperation,
];
