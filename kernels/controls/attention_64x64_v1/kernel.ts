import {
  batchIndependence,
  codesOf,
  columnEquivariance,
  correlation,
  defineKernel,
  determinism,
  exact,
  int8,
  jointPermutation,
  lsb,
  out,
  packed,
  RandomState,
  rowEquivariance,
  saturate,
  type Tensor,
  tensor,
} from 'tilecheck';
import { attention } from 'tilecheck/reference';
import { attention64v1 as printed } from '../../../fixtures/hardware.ts';

/** Shift of the scores as shipped; a scale of 1/8 would be 3. */
const shift = 4;

type Head = Tensor<'int8', readonly [64, 64]>;

/** q, k, v of NumPy seed 42: three `randint(-64, 64, (64, 64), int8)` in a row. */
export function attentionSeed42(): { q: Head; k: Head; v: Head } {
  const random = new RandomState(42);
  const draw = (): Head => random.randint(-64, 64, [64, 64], 'int8');
  return { q: draw(), k: draw(), v: draw() };
}

/** The arithmetic that shipped: scores clamped to int8, a parabola for the exponential, 7-bit weights. */
function model(args: { q: Head; k: Head; v: Head }): Head {
  const [q, k, v] = [codesOf<'int8'>(args.q), codesOf<'int8'>(args.k), codesOf<'int8'>(args.v)];
  const output: number[] = [];
  for (let i = 0; i < 64; i++) {
    const query = q.subarray(64 * i, 64 * i + 64);
    const scores = Array.from({ length: 64 }, (_, j) => {
      const dot = query.reduce((sum, x, d) => sum + x * k[64 * j + d]!, 0);
      return saturate(Math.floor(dot / 2 ** shift), -128, 127);
    });
    const max = Math.max(...scores);
    const e = scores.map((score) => {
      const x = Math.max(score - max, -64);
      return Math.max(0, 64 + x + Math.trunc((x * x) / 128));
    });
    const total = e.reduce((sum, x) => sum + x, 0);
    const weights = e.map((x) => Math.min(127, Math.trunc((127 * x) / total)));
    for (let d = 0; d < 64; d++) {
      const sum = weights.reduce((acc, w, j) => acc + w * v[64 * j + d]!, 0);
      output.push(saturate(Math.floor(sum / 2 ** 7), -128, 127));
    }
  }
  return tensor('int8', [64, 64], output);
}

/** The attention that shipped: COMPLETED, 92 % non-zero, correlation 0.19. */
export const attention64v1 = defineKernel({
  name: 'attention_64x64_v1',
  // Half of the scores and weights live on the stack; with the default 1,024 bytes that is a stack overflow.
  artifact: { dir: import.meta.dirname, stackSize: 8192 },
  args: [packed('qkv', { q: int8(64, 64), k: int8(64, 64), v: int8(64, 64) }), out('o', int8(64, 64))],
  tile: [16, 16],
  model,
  ideal: ({ q, k, v }) => attention.ideal({ q, k, v, scale: 1 / 8 }),
  accept: { model: exact(), ideal: lsb(2), random: correlation(0.99) },
  // What the wrong exponential leaves standing: its weights are wrong alike in every order.
  properties: [
    rowEquivariance('q', 'o'),
    columnEquivariance('v', 'o'),
    jointPermutation(['k', 'v'], 'o'),
    jointPermutation(['q', 'k'], 'o', { axes: [-1, -1] }),
    batchIndependence(['q'], 'o', { axis: -2 }),
    determinism('o'),
  ],
  fixtures: [{ name: 'NumPy seed 42, printed by hardware', inputs: attentionSeed42, random: true, printed }],
  control: {
    rejectedAt: 'ideal',
    because: 'scores saturate at int8 before a softmax that is no exponential',
  },
});
