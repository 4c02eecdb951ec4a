import type fc from 'fast-check';
import { ValueError } from '../../errors.ts';
import type { DType, Shape, Tensor } from '../../tensor/index.ts';
import type { TensorType } from '../args.ts';
import { paint } from './canvas.ts';
import { type DistributionName, distributions, usualDistributions } from './distributions/index.ts';
import { Drawn } from './drawn.ts';

export interface TensorOptions {
  /** Distributions to draw from. Default: all, but for floats without `full range`. */
  readonly distributions?: readonly DistributionName[];
  /** Tile to clear first when shrinking, over the trailing axes. */
  readonly tile?: readonly number[];
}

/**
 * fast-check arbitrary of tensors of one dtype and shape: draws a distribution, then its values. Integers span the
 * whole range of the dtype, floats [-4, 4] (the distribution `full range`: every finite value). Never NaN or infinite.
 * Shrinks by clearing tiles, rows, columns and elements, then magnitudes. Throws {@link ValueError} for an unknown
 * distribution.
 */
export function tensorOf<D extends DType, S extends Shape>(
  type: TensorType<D, S>,
  options: TensorOptions = {},
): fc.Arbitrary<Tensor<D, S>> {
  const names = options.distributions ?? usualDistributions(type.dtype);
  checkDistributions(names);
  return new Drawn<Tensor<D, S>>({
    // A painted tensor has the dtype and shape of its type; `paint` has them erased.
    draw: (random) => paint(type, distributions[random.pick(names)], random) as Tensor<D, S>,
    tensorsOf: (tensor) => ({ tensor: tensor as Tensor }),
    withTensors: (_, { tensor }) => tensor as Tensor<D, S>,
    tile: options.tile,
  });
}

/** Throws {@link ValueError} unless there is at least one name and each is a distribution. */
export function checkDistributions(names: readonly string[]): void {
  const known = Object.keys(distributions);
  const wrong = names.find((name) => !known.includes(name));
  if (names.length > 0 && wrong === undefined) return;
  throw new ValueError(
    wrong === undefined ? 'no distribution to draw from' : `unknown distribution '${wrong}'`,
    `use one or more of ${known.join(', ')}`,
  );
}
