import { expNegative, fixedExp, gelu } from '../../../../reference/index.ts';
import { codesOf, type Rounding, round, saturate, type Tensor, tensor } from '../../../tensor/index.ts';
import type { LawCase } from '../law.ts';

type Tensors = LawCase['inputs'];
export type Run = (inputs: Tensors) => Tensors;

/** A plausible mistake in a kernel; `make` gives a fresh one, since some keep state between runs. */
export interface Mutant {
  readonly mistake: string;
  readonly make: () => Run;
  /** Constructors of the laws that must catch it. Others may. */
  readonly caughtBy: readonly string[];
}

type Codes = Int8Array;

function codes(inputs: Tensors, name: string): Codes {
  return codesOf(inputs[name] as Tensor<'int8'>);
}

const clamp = (x: number): number => saturate(x, -128, 127);
/** What storing an int32 as int8 without a clamp does. */
const wrap = (x: number): number => (x << 24) >> 24;

/** Every mistake off: the bundled arithmetic, which a test holds to the model. */
export interface AttentionMistakes {
  readonly n: number;
  readonly depth: number;
  readonly scale: number;
  readonly rounding?: Rounding;
  readonly score?: (sum: number) => number;
  /** Where the search of the maximum starts. */
  readonly maximum?: number;
  readonly keysSummed?: number;
  readonly depthSummed?: number;
  readonly transposedK?: boolean;
  readonly queryAt?: (row: number) => number;
  readonly weight?: (w: number) => number;
  readonly valueAt?: (key: number) => number;
  readonly store?: (y: number, row: number, column: number) => number;
}

export function attentionWith(m: AttentionMistakes): Run {
  const { n, depth, scale, rounding = 'half-away', maximum = -Infinity } = m;
  const exp = fixedExp(scale);
  return (inputs) => {
    const [q, k, v] = [codes(inputs, 'q'), codes(inputs, 'k'), codes(inputs, 'v')];
    const out: number[] = [];
    for (let i = 0; i < n; i++) {
      const row = m.queryAt?.(i) ?? i;
      const scores = Array.from({ length: n }, (_, j) => {
        let sum = 0;
        for (let d = 0; d < (m.depthSummed ?? depth); d++) {
          sum += q[row * depth + d]! * k[m.transposedK ? d * depth + j : j * depth + d]!;
        }
        return m.score?.(sum) ?? sum;
      });
      const max = Math.max(maximum, ...scores);
      const weights = scores.map((score) => {
        const w = expNegative(max - score, exp);
        return m.weight?.(w) ?? w;
      });
      const total = weights.reduce((sum, w) => sum + w, 0);
      for (let d = 0; d < depth; d++) {
        let weighted = 0;
        for (let j = 0; j < (m.keysSummed ?? n); j++)
          weighted += weights[j]! * v[(m.valueAt?.(j) ?? j) * depth + d]!;
        const y = clamp(round(weighted / Math.max(1, total), rounding));
        out.push(m.store?.(y, i, d) ?? y);
      }
    }
    return { o: tensor('int8', [n, depth], out) };
  };
}

export interface SoftmaxMistakes {
  readonly rounding?: Rounding;
  readonly zeroPoint?: number;
  readonly maximum?: number;
  readonly columnsSummed?: number;
  readonly weight?: (w: number) => number;
  readonly clamp?: (x: number) => number;
  readonly store?: (y: number, row: number, column: number) => number;
  readonly keepsSum?: boolean;
}

export function softmaxWith(m: SoftmaxMistakes = {}): Run {
  const exp = fixedExp(1 / 8);
  return (inputs) => {
    const x = codes(inputs, 'x');
    const out: number[] = [];
    let total = 0;
    for (let i = 0; i < 64; i++) {
      const row = Array.from(x.subarray(64 * i, 64 * i + 64));
      const max = Math.max(m.maximum ?? -128, ...row);
      const weights = row.map((code) => {
        const w = expNegative(max - code, exp);
        return m.weight?.(w) ?? w;
      });
      if (!m.keepsSum) total = 0;
      for (let j = 0; j < (m.columnsSummed ?? 64); j++) total += weights[j]!;
      weights.forEach((w, j) => {
        const quotient = round((256 * w) / Math.max(1, total), m.rounding ?? 'half-away');
        const y = (m.clamp ?? clamp)(quotient + (m.zeroPoint ?? -128));
        out.push(m.store?.(y, i, j) ?? y);
      });
    }
    return { p: tensor('int8', [64, 64], out) };
  };
}

export interface LayernormMistakes {
  readonly n: number;
  readonly rounding?: Rounding;
  readonly mean?: (mean: number) => number;
  readonly spread?: (variance: number, mean: number) => number;
  readonly epsilon?: number;
  readonly divisor?: number;
  readonly gammaAt?: (index: number) => number;
  readonly clamp?: (x: number) => number;
  readonly store?: (y: number, index: number) => number;
}

/** In float64, which agrees with the kernel's 16-bit root but for an element in some thousands, on a tie. */
export function layernormWith(m: LayernormMistakes): Run {
  return (inputs) => {
    const [x, gamma, beta] = [codes(inputs, 'x'), codes(inputs, 'gamma'), codes(inputs, 'beta')];
    const exact = x.reduce((sum, code) => sum + code, 0) / m.n;
    const mean = m.mean?.(exact) ?? exact;
    const variance = Array.from(x).reduce((sum, code) => sum + (code - mean) ** 2, 0) / m.n;
    const deviation = Math.sqrt((m.spread?.(variance, mean) ?? variance) + (m.epsilon ?? 1 / 64));
    const out = Array.from(x, (code, i) => {
      const scaled = (gamma[m.gammaAt?.(i) ?? i]! * (code - mean)) / deviation + 2 * beta[i]!;
      const y = (m.clamp ?? clamp)(round(scaled / (m.divisor ?? 4), m.rounding ?? 'half-away'));
      return m.store?.(y, i) ?? y;
    });
    return { y: tensor('int8', [m.n], out) };
  };
}

export interface MatmulMistakes {
  readonly n: number;
  readonly shift: number;
  readonly rounding?: Rounding;
  readonly terms?: number;
  readonly transposedB?: boolean;
  readonly a?: (code: number, row: number, k: number) => number;
  readonly sum?: (sum: number) => number;
  readonly clamp?: (x: number) => number;
  readonly store?: (y: number, row: number, column: number) => number;
  readonly keepsSum?: boolean;
}

export function matmulWith(m: MatmulMistakes): Run {
  const { n } = m;
  return (inputs) => {
    const [a, b] = [codes(inputs, 'a'), codes(inputs, 'b')];
    const out: number[] = [];
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (!m.keepsSum) sum = 0;
        for (let k = 0; k < (m.terms ?? n); k++) {
          const left = a[i * n + k]!;
          sum += (m.a?.(left, i, k) ?? left) * b[m.transposedB ? j * n + k : k * n + j]!;
        }
        const kept = m.sum?.(sum) ?? sum;
        const y = (m.clamp ?? clamp)(round(kept / 2 ** m.shift, m.rounding ?? 'half-even'));
        out.push(m.store?.(y, i, j) ?? y);
      }
    }
    return { c: tensor('int8', [n, n], out) };
  };
}

/** A table GELU with its table changed, or its element. */
export function geluWith(m: {
  readonly entry?: (y: number, code: number) => number;
  readonly index?: (code: number, previous: number) => number;
  readonly store?: (y: number, index: number) => number;
}): Run {
  const table = gelu.lut('tanh');
  return (inputs) => {
    const x = codes(inputs, 'x');
    const out = Array.from(x, (code, i) => {
      const at = m.index?.(code, x[i - 1] ?? 0) ?? code;
      const y = table[clamp(at) + 128]!;
      const stored = m.entry?.(y, clamp(at)) ?? y;
      return clamp(m.store?.(stored, i) ?? stored);
    });
    return { y: tensor('int8', [x.length], out) };
  };
}

/** Every other run is off by one in one element, as a race between a DMA and a core is. */
function flickering(run: Run, output: string): Mutant['make'] {
  return () => {
    let runs = 0;
    return (inputs) => {
      const results = run(inputs);
      if (++runs % 2 === 1) return results;
      const values = Array.from(codes(results, output));
      values[5]! += values[5]! < 127 ? 1 : -1;
      return { [output]: tensor('int8', results[output]!.shape, values) };
    };
  };
}

const once =
  (run: Run): Mutant['make'] =>
  () =>
    run;

const a16 = { n: 16, depth: 16, scale: 1 / 4 };
const attentionMutants: readonly Mutant[] = [
  {
    mistake: 'row 15 one too high',
    make: once(attentionWith({ ...a16, store: (y, row) => (row === 15 ? clamp(y + 1) : y) })),
    caughtBy: ['rowEquivariance', 'constantValues', 'oneHotCopiesRow', 'oddSymmetry'],
  },
  {
    mistake: 'column 0 one too high',
    make: once(attentionWith({ ...a16, store: (y, _, column) => (column === 0 ? clamp(y + 1) : y) })),
    caughtBy: ['columnEquivariance', 'constantValues', 'oneHotCopiesRow', 'oddSymmetry'],
  },
  {
    mistake: 'all one too high',
    make: once(attentionWith({ ...a16, store: (y) => clamp(y + 1) })),
    caughtBy: ['convexHull', 'constantValues', 'zeroQueryAverages', 'oneHotCopiesRow', 'oddSymmetry'],
  },
  {
    mistake: 'row 15 never computed',
    make: once(attentionWith({ ...a16, store: (y, row) => (row === 15 ? 0 : y) })),
    caughtBy: ['rowEquivariance', 'constantValues', 'oneHotCopiesRow'],
  },
  {
    mistake: 'last key left out of the weighted sum',
    make: once(attentionWith({ ...a16, keysSummed: 15 })),
    caughtBy: ['jointPermutation(k', 'constantValues', 'zeroQueryAverages', 'oneHotCopiesRow', 'convexHull'],
  },
  {
    mistake: 'last column left out of the scores',
    make: once(attentionWith({ ...a16, depthSummed: 15 })),
    caughtBy: ['jointPermutation(q'],
  },
  {
    mistake: 'K transposed',
    make: once(attentionWith({ ...a16, transposedK: true })),
    caughtBy: ['jointPermutation(k', 'jointPermutation(q', 'scoreShiftInvariance', 'oneHotCopiesRow'],
  },
  {
    mistake: 'scores clamped to int8',
    make: once(attentionWith({ ...a16, score: clamp })),
    caughtBy: ['scoreShiftInvariance', 'oneHotCopiesRow'],
  },
  {
    mistake: 'scores shifted by 8 bits and clamped',
    make: once(attentionWith({ ...a16, score: (sum) => 256 * clamp(sum >> 8) })),
    caughtBy: ['scoreShiftInvariance'],
  },
  {
    mistake: 'maximum starts at 0',
    make: once(attentionWith({ ...a16, maximum: 0 })),
    caughtBy: ['scoreShiftInvariance'],
  },
  {
    mistake: 'quotient truncated',
    make: once(attentionWith({ ...a16, rounding: 'truncate' })),
    caughtBy: ['zeroQueryAverages'],
  },
  {
    mistake: 'quotient floored',
    make: once(attentionWith({ ...a16, rounding: 'floor' })),
    caughtBy: ['zeroQueryAverages', 'oddSymmetry'],
  },
  {
    mistake: 'query of the row before',
    make: once(attentionWith({ ...a16, queryAt: (row) => Math.max(0, row - 1) })),
    caughtBy: ['rowEquivariance', 'oneHotCopiesRow', 'batchIndependence'],
  },
  {
    mistake: 'values read one row on',
    make: once(attentionWith({ ...a16, valueAt: (key) => (key + 1) % 16 })),
    caughtBy: ['jointPermutation(k', 'oneHotCopiesRow'],
  },
  {
    mistake: 'one element flickers',
    make: flickering(attentionWith(a16), 'o'),
    caughtBy: ['determinism'],
  },
];

const softmaxMutants: readonly Mutant[] = [
  {
    mistake: 'zero point 1 off',
    make: once(softmaxWith({ zeroPoint: -127 })),
    caughtBy: ['rowsSumToOne', 'evenShares'],
  },
  {
    mistake: 'zero point missing',
    make: once(softmaxWith({ zeroPoint: 0 })),
    caughtBy: ['rowsSumToOne', 'evenShares'],
  },
  {
    mistake: 'clamp dropped',
    make: once(softmaxWith({ clamp: wrap })),
    caughtBy: ['evenShares'],
  },
  {
    mistake: 'quotient truncated',
    make: once(softmaxWith({ rounding: 'truncate' })),
    caughtBy: ['evenShares'],
  },
  {
    mistake: 'last column left out of the sum',
    make: once(softmaxWith({ columnsSummed: 63 })),
    caughtBy: ['columnEquivariance', 'evenShares'],
  },
  {
    mistake: 'maximum starts at 0',
    make: once(softmaxWith({ maximum: 0 })),
    caughtBy: ['softmaxShiftInvariance'],
  },
  {
    mistake: 'column 63 one too high',
    make: once(softmaxWith({ store: (y, _, column) => (column === 63 ? clamp(y + 1) : y) })),
    caughtBy: ['orderPreserving', 'columnEquivariance', 'evenShares'],
  },
  {
    mistake: 'row 0 one too high',
    make: once(softmaxWith({ store: (y, row) => (row === 0 ? clamp(y + 1) : y) })),
    caughtBy: ['rowEquivariance', 'rowsSumToOne', 'evenShares'],
  },
  {
    mistake: 'sum kept between rows',
    make: once(softmaxWith({ keepsSum: true })),
    caughtBy: ['batchIndependence', 'rowEquivariance', 'rowsSumToOne', 'evenShares'],
  },
  { mistake: 'one element flickers', make: flickering(softmaxWith(), 'p'), caughtBy: ['determinism'] },
];

const l256 = { n: 256 };
const layernormMutants: readonly Mutant[] = [
  {
    mistake: 'mean truncated',
    make: once(layernormWith({ ...l256, mean: Math.trunc })),
    caughtBy: ['shiftInvariance', 'meanAndDeviation'],
  },
  {
    mistake: 'mean left in the variance',
    make: once(layernormWith({ ...l256, spread: (variance, mean) => variance + mean * mean })),
    caughtBy: ['shiftInvariance'],
  },
  {
    mistake: 'epsilon of 8 squared steps',
    make: once(layernormWith({ ...l256, epsilon: 8 })),
    caughtBy: ['positiveScaleInvariance', 'meanAndDeviation'],
  },
  {
    mistake: 'variance floored to a power of two',
    make: once(layernormWith({ ...l256, spread: (variance) => 2 ** Math.floor(Math.log2(variance + 1)) })),
    caughtBy: ['positiveScaleInvariance', 'meanAndDeviation'],
  },
  {
    mistake: 'shift by one bit less',
    make: once(layernormWith({ ...l256, divisor: 2 })),
    caughtBy: ['meanAndDeviation'],
  },
  {
    mistake: 'all one too high',
    make: once(layernormWith({ ...l256, store: (y) => clamp(y + 1) })),
    caughtBy: ['meanAndDeviation', 'oddSymmetry'],
  },
  {
    mistake: 'quotient floored',
    make: once(layernormWith({ ...l256, rounding: 'floor' })),
    caughtBy: ['oddSymmetry'],
  },
  {
    mistake: 'clamp dropped',
    make: once(layernormWith({ ...l256, clamp: wrap })),
    caughtBy: ['saturatesInOrder'],
  },
  {
    mistake: 'first gamma for all',
    make: once(layernormWith({ ...l256, gammaAt: () => 0 })),
    caughtBy: ['elementEquivariance', 'batchIndependence'],
  },
  {
    mistake: 'gamma of the element before',
    make: once(layernormWith({ ...l256, gammaAt: (i) => Math.max(0, i - 1) })),
    caughtBy: ['elementEquivariance', 'batchIndependence'],
  },
  {
    mistake: 'element 255 one too high',
    make: once(layernormWith({ ...l256, store: (y, i) => (i === 255 ? clamp(y + 1) : y) })),
    caughtBy: ['elementEquivariance', 'oddSymmetry'],
  },
  { mistake: 'one element flickers', make: flickering(layernormWith(l256), 'y'), caughtBy: ['determinism'] },
];

const m16 = { n: 16, shift: 9 };
const matmulMutants: readonly Mutant[] = [
  {
    mistake: 'shift by one bit less',
    make: once(matmulWith({ ...m16, shift: 8 })),
    caughtBy: ['identityLaw'],
  },
  {
    mistake: 'floored instead of rounded',
    make: once(matmulWith({ ...m16, rounding: 'floor' })),
    caughtBy: ['identityLaw', 'oddSymmetry'],
  },
  {
    mistake: 'truncated instead of rounded',
    make: once(matmulWith({ ...m16, rounding: 'truncate' })),
    caughtBy: ['identityLaw'],
  },
  {
    mistake: 'all one too high',
    make: once(matmulWith({ ...m16, store: (y) => clamp(y + 1) })),
    caughtBy: ['zeroGivesZero', 'linearity', 'identityLaw', 'oddSymmetry'],
  },
  {
    mistake: 'zero point of A one off',
    make: once(matmulWith({ ...m16, a: (code) => code + 1 })),
    caughtBy: ['zeroGivesZero', 'linearity', 'transposeLaw', 'oddSymmetry'],
  },
  {
    mistake: 'B transposed',
    make: once(matmulWith({ ...m16, transposedB: true })),
    caughtBy: ['identityLaw', 'transposeLaw', 'columnEquivariance', 'jointPermutation'],
  },
  {
    mistake: 'last product left out',
    make: once(matmulWith({ ...m16, terms: 15 })),
    caughtBy: ['identityLaw', 'jointPermutation'],
  },
  {
    mistake: 'element [15, 0] one too high',
    make: once(
      matmulWith({ ...m16, store: (y, row, column) => (row === 15 && column === 0 ? clamp(y + 1) : y) }),
    ),
    caughtBy: ['zeroGivesZero', 'rowEquivariance', 'columnEquivariance', 'transposeLaw', 'oddSymmetry'],
  },
  {
    mistake: 'sum kept between elements',
    make: once(matmulWith({ ...m16, keepsSum: true })),
    caughtBy: ['batchIndependence', 'rowEquivariance', 'columnEquivariance', 'transposeLaw', 'identityLaw'],
  },
  {
    mistake: 'accumulator of 16 bits that saturates',
    make: once(matmulWith({ ...m16, sum: (sum) => saturate(sum, -32768, 32767) })),
    caughtBy: ['linearity', 'outerProduct'],
  },
  { mistake: 'clamp dropped', make: once(matmulWith({ ...m16, clamp: wrap })), caughtBy: ['outerProduct'] },
  { mistake: 'one element flickers', make: flickering(matmulWith(m16), 'c'), caughtBy: ['determinism'] },
];

const geluMutants: readonly Mutant[] = [
  {
    mistake: 'table off by one',
    make: once(geluWith({ index: (code) => code + 1 })),
    caughtBy: ['boundedByRelu', 'mapsZeroToZero', 'reflection'],
  },
  {
    mistake: 'one entry one too high',
    make: once(geluWith({ entry: (y, code) => (code === 64 ? y + 1 : y) })),
    caughtBy: ['reflection'],
  },
  {
    mistake: 'one entry too low by three',
    make: once(geluWith({ entry: (y, code) => (code === 20 ? y - 3 : y) })),
    caughtBy: ['reflection', 'monotoneRightOfMinimum'],
  },
  {
    mistake: 'all one too high',
    make: once(geluWith({ store: (y) => y + 1 })),
    caughtBy: ['boundedByRelu', 'mapsZeroToZero'],
  },
  {
    mistake: 'index without its sign',
    make: once(geluWith({ index: Math.abs })),
    caughtBy: ['boundedByRelu', 'reflection', 'monotoneRightOfMinimum'],
  },
  {
    mistake: 'element 511 one too low',
    make: once(geluWith({ store: (y, i) => (i === 511 ? y - 1 : y) })),
    caughtBy: ['elementEquivariance', 'mapsZeroToZero'],
  },
  {
    mistake: 'one above where the neighbour is negative',
    make: () => (inputs) => {
      const x = codes(inputs, 'x');
      return geluWith({ store: (y, i) => (x[i - 1]! < 0 ? y + 1 : y) })(inputs);
    },
    caughtBy: ['batchIndependence', 'elementEquivariance', 'monotoneRightOfMinimum'],
  },
  { mistake: 'one element flickers', make: flickering(geluWith({}), 'y'), caughtBy: ['determinism'] },
];

/** Mutants by the name of the bundled kernel whose laws they break. */
export const mutants = {
  attention_16x16: attentionMutants,
  softmax_64x64: softmaxMutants,
  layernorm_256: layernormMutants,
  matmul_16x16: matmulMutants,
  gelu_512: geluMutants,
} as const;

/** The same programs without a mistake. */
export const faithful = {
  attention_16x16: attentionWith(a16),
  softmax_64x64: softmaxWith(),
  layernorm_256: layernormWith(l256),
  matmul_16x16: matmulWith(m16),
  gelu_512: geluWith({}),
} as const;
