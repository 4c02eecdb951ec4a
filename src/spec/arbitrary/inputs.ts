import type fc from 'fast-check';
import type { Tensor } from '../../tensor/index.ts';
import type { Parts } from '../args.ts';
import type { Tensors } from '../kernel.ts';
import { paint } from './canvas.ts';
import { type DistributionName, distributions, usualDistributions } from './distributions/index.ts';
import { Drawn } from './drawn.ts';
import type { Random } from './random.ts';

/** Inputs of a kernel and how they were drawn. */
export interface DrawnInputs {
  readonly inputs: Tensors;
  /** Distribution of each part; empty once the inputs were shrunk. */
  readonly drawn: Readonly<Record<string, DistributionName>>;
}

const uniformly: readonly DistributionName[] = ['uniform'];
const gentle: readonly DistributionName[] = ['small', 'small', 'small', 'one-hot', 'activations'];
const bold: readonly DistributionName[] = ['uniform', 'uniform', 'saturating'];

/**
 * fast-check arbitrary of all input parts of a kernel together.
 * - One case in five is uniform throughout, so that aggregates have something to judge.
 * - In two of five all parts but one are gentle, as products of full-range values make a softmax one-hot: only small
 *   scores exercise its exponential, and only large values beside them show what it gave.
 * - In the rest each part draws its own distribution, so that corners of one meet ordinary values of another.
 */
export function inputsOf(
  parts: Parts,
  options: { readonly tile?: readonly number[] | undefined } = {},
): fc.Arbitrary<DrawnInputs> {
  const entries = Object.entries(parts);
  const draw = (random: Random): DrawnInputs => {
    const kind = random.below(5);
    // Operands come first and what they weight comes last, so that the last part is the likeliest to stand out.
    const outstanding = random.oneIn(2) ? entries.length - 1 : random.below(entries.length);
    const inputs: Record<string, Tensor> = {};
    const drawn: Record<string, DistributionName> = {};
    entries.forEach(([name, type], i) => {
      const soft = i === outstanding && entries.length > 1 ? bold : gentle;
      const names = kind === 0 ? uniformly : kind < 3 ? soft : usualDistributions(type.dtype);
      const distribution = random.pick(names);
      drawn[name] = distribution;
      inputs[name] = paint(type, distributions[distribution], random);
    });
    return { inputs, drawn };
  };
  return new Drawn<DrawnInputs>({
    draw,
    tensorsOf: ({ inputs }) => inputs,
    withTensors: (_, inputs) => ({ inputs, drawn: {} }),
    tile: options.tile,
  });
}
