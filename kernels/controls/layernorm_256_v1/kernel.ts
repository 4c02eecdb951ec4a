import {
  batchIndependence,
  codesOf,
  correlation,
  defineKernel,
  dequantize,
  determinism,
  elementEquivariance,
  exact,
  inLsb,
  int8,
  lsb,
  out,
  packed,
  RandomState,
  round,
  saturate,
  type Tensor,
  tensor,
} from 'tilecheck';
import { layernorm } from 'tilecheck/reference';
import { layernorm256v1 as printed } from '../../../fixtures/hardware.ts';

const scale = 1 / 127;

type Row = Tensor<'int8', readonly [256]>;

/** x = round(127 * 0.5 * standard_normal(256)) in float32, NumPy seed 42; gamma 127, beta 0. */
export function layernormSeed42(): { x: Row; gamma: Row; beta: Row } {
  const normal = new RandomState(42).standardNormal([256]).view.data;
  const codes = normal.map((x) => saturate(round(127 * Math.fround(0.5 * x), 'half-even'), -128, 127));
  return {
    x: tensor('int8', [256], codes),
    gamma: tensor('int8', [256], new Array<number>(256).fill(127)),
    beta: tensor('int8', [256], new Array<number>(256).fill(0)),
  };
}

/** The arithmetic that shipped: the reciprocal root has 23 fraction bits, of which only 15 are shifted out again. */
function model(args: { x: Row; gamma: Row; beta: Row }): Row {
  const x = Array.from(codesOf<'int8'>(args.x));
  const [gamma, beta] = [codesOf<'int8'>(args.gamma), codesOf<'int8'>(args.beta)];
  const mean = Math.trunc(x.reduce((sum, code) => sum + code, 0) / 256);
  const variance = Math.floor(x.reduce((sum, code) => sum + (code - mean) ** 2, 0) / 256);
  const reciprocal = Math.trunc(8388608 / Math.floor(Math.sqrt(variance + 128)));
  const codes = x.map((code, i) => {
    const normalised = Math.floor(((code - mean) * reciprocal) / 2 ** 15);
    return saturate(Math.floor((gamma[i]! * normalised) / 2 ** 7) + beta[i]!, -128, 127);
  });
  return tensor('int8', [256], codes);
}

/** The LayerNorm that shipped: it completes, its output is non-zero, and two thirds of it are saturated. */
export const layernorm256v1 = defineKernel({
  name: 'layernorm_256_v1',
  artifact: { dir: import.meta.dirname },
  args: [packed('xgb', { x: int8(256), gamma: int8(256), beta: int8(256) }), out('y', int8(256))],
  tile: [32],
  model,
  ideal: ({ x, gamma, beta }) =>
    inLsb(
      layernorm.ideal({
        x: dequantize(x, { scale }),
        gamma: dequantize(gamma, { scale }),
        beta: dequantize(beta, { scale }),
        epsilon: 1e-5,
      }),
      { scale },
    ),
  accept: { model: exact(), ideal: lsb(2), random: correlation(0.99) },
  properties: [
    elementEquivariance(['x', 'gamma', 'beta'], 'y'),
    batchIndependence(['gamma', 'beta'], 'y', { axis: -1 }),
    determinism('y'),
  ],
  fixtures: [{ name: 'NumPy seed 42, normal', inputs: layernormSeed42, random: true, printed }],
  control: { rejectedAt: 'ideal', because: 'normalised values are 256 times their step and saturate' },
});
