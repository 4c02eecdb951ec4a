import { int8, type Parts } from '../../args.ts';
import type { Tensors } from '../../kernel.ts';
import { attention64, gelu512, layernorm256, matmul64, softmax64 } from './stand-ins.ts';

type Kernel = (inputs: Tensors) => Int8Array;

/** A stand-in kernel with one fault. */
export interface InjectedFault {
  readonly kernel: string;
  readonly fault: string;
  readonly parts: Parts;
  readonly tile: readonly number[];
  readonly expected: Kernel;
  readonly actual: Kernel;
  /** Fewest non-zero inputs that show it. */
  readonly least: number;
  /** Why a search may end at more than 8, where it may. */
  readonly why?: string;
}

/** A fault of the output, whatever computed it. */
type Spoil = (output: Int8Array) => Int8Array;

const flip: Spoil = (o) => o.map((code, i) => (i === 5 * 64 + 7 ? code ^ 0x10 : code));
const flipIfPositive: Spoil = (o) => o.map((code, i) => (i === 5 * 64 + 7 && code > 0 ? code ^ 0x10 : code));
const zeroRow: Spoil = (o) => o.map((code, i) => (i >> 6 === 17 ? 0 : code));
const rowOfNeighbour: Spoil = (o) => o.map((code, i) => (i >> 6 === 17 ? o[i - 64]! : code));
const shifted: Spoil = (o) => o.map((code) => code >> 1);
const partial: Spoil = (o) => o.map((code, i) => (i >= o.length / 2 ? 0xa5 : code));
const half: Spoil = (o) => o.map((code, i) => (i >= o.length / 2 ? 0 : code));
const stale: Spoil = (o) => o.map((_, i) => i % 100);
const allZero: Spoil = (o) => o.map(() => 0);
const transposed: Spoil = (o) => o.map((_, i) => o[(i % 64) * 64 + (i >> 6)]!);
const wrongTile: Spoil = (o) =>
  o.map((code, i) => (i >> 6 >= 16 && i >> 6 < 32 && i % 64 >= 32 && i % 64 < 48 ? code + 1 : code));
const swappedTiles: Spoil = (o) =>
  o.map((code, i) => (i < 16 * 64 ? o[i + 16 * 64]! : i < 32 * 64 ? o[i - 16 * 64]! : code));

const of =
  (kernel: string, parts: Parts, tile: readonly number[], expected: Kernel) =>
  (fault: string, actual: Kernel, least: number, why?: string): InjectedFault => ({
    kernel,
    fault,
    parts,
    tile,
    expected,
    actual,
    least,
    ...(why === undefined ? {} : { why }),
  });

/** Remembers outputs, as a fault of the output needs the right one twice. */
function remembered(kernel: Kernel): Kernel {
  const outputs = new WeakMap<Tensors, Int8Array>();
  return (inputs) => {
    const known = outputs.get(inputs) ?? kernel(inputs);
    outputs.set(inputs, known);
    return known;
  };
}

const square = int8(64, 64);
const rightAttention = remembered((x) => attention64(x));
const rightMatmul = remembered((x) => matmul64(x));
const attention = of('attention_64x64', { q: square, k: square, v: square }, [16, 16], rightAttention);
const matmul = of('matmul_64x64', { a: square, b: square }, [16, 16], rightMatmul);
const softmax = of('softmax_64x64', { x: square }, [16, 16], (x) => softmax64(x));
const vector = int8(256);
const layernorm = of('layernorm_256', { x: vector, gamma: vector, beta: vector }, [32], (x) =>
  layernorm256(x),
);
const gelu = of('gelu_512', { x: int8(512) }, [64], (x) => gelu512(x));

const spoiltAttention = (fault: string, spoil: Spoil, least: number): InjectedFault =>
  attention(fault, (x) => spoil(rightAttention(x)), least);
const spoiltMatmul = (fault: string, spoil: Spoil, least: number): InjectedFault =>
  matmul(fault, (x) => spoil(rightMatmul(x)), least);

/** One fault of each kind that devices and kernels have had, on each kernel it makes sense for. */
export const injectedFaults: readonly InjectedFault[] = [
  spoiltAttention('bit flip of one element', flip, 0),
  spoiltAttention('bit flip of one element where positive', flipIfPositive, 1),
  spoiltAttention('one row zero', zeroRow, 1),
  spoiltAttention('one row that of its neighbour', rowOfNeighbour, 3),
  spoiltAttention('output shifted right by one', shifted, 1),
  spoiltAttention('partial write, canary', partial, 0),
  spoiltAttention('partial write, zeros', half, 1),
  spoiltAttention('stale output', stale, 0),
  spoiltAttention('all zero', allZero, 1),
  spoiltAttention('output transposed', transposed, 1),
  spoiltAttention('one wrong tile', wrongTile, 0),
  spoiltAttention('two rows of tiles swapped', swappedTiles, 3),
  attention('K transposed', (x) => attention64(x, { transposedK: true }), 3),
  attention('K and V swapped', (x) => attention64(x, { swapped: ['k', 'v'] }), 1),
  attention('Q and K swapped', (x) => attention64(x, { swapped: ['q', 'k'] }), 3),
  attention('scale of a neighbour', (x) => attention64(x, { scale: 1 / 4 }), 3),
  attention('scores clamped to int8', (x) => attention64(x, { clampedScores: true }), 3),
  attention('last product of a score left out', (x) => attention64(x, { depth: 63 }), 3),
  attention('last key of the sum left out', (x) => attention64(x, { keys: 63 }), 1),
  attention('last row not computed', (x) => attention64(x, { rows: 63 }), 1),
  attention('quotient truncated', (x) => attention64(x, { truncated: true }), 1),
  spoiltMatmul('bit flip of one element', flip, 0),
  spoiltMatmul('one row zero', zeroRow, 2),
  spoiltMatmul('output shifted right by one', shifted, 2),
  spoiltMatmul('one row that of its neighbour', rowOfNeighbour, 2),
  spoiltMatmul('output transposed', transposed, 2),
  spoiltMatmul('partial write, zeros', half, 2),
  matmul('B transposed', (x) => matmul64(x, { transposedB: true }), 2),
  matmul('operands swapped', (x) => matmul64(x, { swapped: true }), 2),
  matmul('last product left out', (x) => matmul64(x, { depth: 63 }), 2),
  matmul('shift of a neighbour', (x) => matmul64(x, { shift: 9 }), 2),
  matmul('ties up instead of to even', (x) => matmul64(x, { tiesUp: true }), 2),
  matmul(
    'clamp dropped',
    (x) => matmul64(x, { wraps: true }),
    16,
    'a sum past 127.5 * 2^10 takes eight products of the greatest magnitude',
  ),
  softmax('zero point dropped', (x) => softmax64(x, { zeroPoint: 0 }), 0),
  softmax('clamp dropped', (x) => softmax64(x, { wraps: true }), 1),
  softmax('last key of the sum left out', (x) => softmax64(x, { keys: 63 }), 0),
  softmax('scale of a neighbour', (x) => softmax64(x, { scale: 1 / 4 }), 1),
  softmax('one row that of its neighbour', (x) => rowOfNeighbour(softmax64(x)), 1),
  layernorm('mean not subtracted', (x) => layernorm256(x, { keepsMean: true }), 2),
  layernorm('gamma and beta swapped', (x) => layernorm256(x, { swapped: true }), 1),
  layernorm('clamp dropped', (x) => layernorm256(x, { wraps: true }), 2),
  layernorm(
    'last element left out of the sums',
    (x) => layernorm256(x, { summed: 255 }),
    2,
    'a change of all outputs by 0.4 % shows in the rounding of one in many, and in another one for every input',
  ),
  layernorm('half the row', (x) => half(layernorm256(x)), 1),
  gelu('table off by one', (x) => gelu512(x, { offset: -1 }), 0),
  gelu('one wrong entry', (x) => gelu512(x, { wrong: -90 }), 1),
  gelu('last word not written', (x) => gelu512(x).map((code, i) => (i < 508 ? code : 0)), 1),
];
