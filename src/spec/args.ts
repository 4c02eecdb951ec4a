import type { DType, Shape, Tensor } from '../tensor/index.ts';

/** Dtype and shape of one tensor of a kernel. */
export interface TensorType<D extends DType = DType, S extends Shape = Shape> {
  readonly dtype: D;
  readonly shape: S;
}

export type Parts = Readonly<Record<string, TensorType>>;

/** A buffer the kernel reads; its parts lie one after another in it. */
export interface InputArg<N extends string = string, P extends Parts = Parts> {
  readonly direction: 'in';
  readonly name: N;
  readonly parts: P;
}

/** A buffer the kernel writes. */
export interface OutputArg<N extends string = string, T extends TensorType = TensorType> {
  readonly direction: 'out';
  readonly name: N;
  readonly parts: Readonly<Record<N, T>>;
}

export type Arg = InputArg | OutputArg;

type TensorOf<T> = T extends TensorType<infer D, infer S> ? Tensor<D, S> : never;
type Merge<U> = (U extends unknown ? (member: U) => void : never) extends (all: infer I) => void ? I : never;
type PartsOf<A extends readonly Arg[], Direction> = Merge<
  Extract<A[number], { direction: Direction }>['parts']
>;
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

/** What a model receives: every part of every input by name. */
export type InputsOf<A extends readonly Arg[]> = {
  readonly [K in keyof PartsOf<A, 'in'>]: TensorOf<PartsOf<A, 'in'>[K]>;
};

type OneOrRecord<R> = IsUnion<keyof R> extends true ? R : R[keyof R];

/** What a model returns: the output tensor, or a record by name where there are several. Shapes are checked when it runs. */
export type ModelResult<A extends readonly Arg[]> = OneOrRecord<{
  readonly [K in keyof PartsOf<A, 'out'>]: PartsOf<A, 'out'>[K] extends TensorType<infer D>
    ? Tensor<D>
    : never;
}>;

/** What an ideal returns: float64 in units of the output's LSB (for float outputs: in real units). */
export type IdealResult<A extends readonly Arg[]> = OneOrRecord<{
  readonly [K in keyof PartsOf<A, 'out'>]: Tensor<'f64'>;
}>;

function typeOf<D extends DType>(dtype: D) {
  return <const S extends Shape>(...shape: S): TensorType<D, S> => ({ dtype, shape });
}

export const int8 = typeOf('int8');
export const uint8 = typeOf('uint8');
export const int16 = typeOf('int16');
export const int32 = typeOf('int32');
export const bf16 = typeOf('bf16');
export const f16 = typeOf('f16');
export const f32 = typeOf('f32');
export const f64 = typeOf('f64');

/** An input buffer of one tensor. */
export function input<const N extends string, T extends TensorType>(
  name: N,
  type: T,
): InputArg<N, Readonly<Record<N, T>>> {
  return { direction: 'in', name, parts: { [name]: type } as Record<N, T> };
}

/**
 * Several tensors in one input buffer, in the order given: a Phoenix shim tile has two DMA channels each way, so that
 * kernels with three inputs pack them. On several cores each core's share holds its slice (along the first axis) of
 * every part, in the same order.
 */
export function packed<const N extends string, const P extends Parts>(name: N, parts: P): InputArg<N, P> {
  return { direction: 'in', name, parts };
}

/** An output buffer. */
export function out<const N extends string, T extends TensorType>(name: N, type: T): OutputArg<N, T> {
  return { direction: 'out', name, parts: { [name]: type } as Record<N, T> };
}
