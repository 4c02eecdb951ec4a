import { ShapeError } from '../../errors.ts';
import { toFloat64 } from '../../tensor/index.ts';
import { differs } from './agreement.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { alongAxis, choose, mapValues, uniformLike } from './values.ts';

/** A second run on the same inputs gives the same `output`. */
export function determinism(output: string, options: LawOptions = {}): Law {
  return {
    name: `determinism(${output})`,
    because: 'the kernel has no input but its arguments',
    tolerance: toleranceText('exact: the same program on the same bytes', options),
    runs: 1,
    async check({ inputs, outputs, run }) {
      const results = await run(inputs);
      if (results === null) return 'not-applicable';
      const demand = { after: 'the same inputs again', inputs, output, actual: partOf(results, output) };
      return differs(demand, partOf(outputs, output), options.tolerance ?? 0);
    },
  };
}

/**
 * A slice of `output` along `axis` (default 0: batch elements, heads, the share of a core) depends on no other slice
 * of `parts` than its own. One follow-up run in which a random half of the slices of `parts` is drawn anew: the
 * outputs of the other half must not change.
 */
export function batchIndependence(
  parts: readonly string[],
  output: string,
  options: LawOptions & { readonly axis?: number } = {},
): Law {
  const { axis = 0 } = options;
  const list = parts.join(', ');
  return {
    name: `batchIndependence(${list}; ${output}; axis ${axis})`,
    because: `along axis ${axis}, ${output} is computed slice by slice, and a slice sees no neighbour`,
    tolerance: toleranceText('exact: the slices left alone are the same computation', options),
    runs: 1,
    async check({ inputs, outputs, random, run }) {
      const before = partOf(outputs, output);
      const { extent } = alongAxis(before, axis);
      if (extent < 2) return 'not-applicable';
      const changed = choose(extent >> 1, extent, random);
      const redrawn = parts.map((name) => {
        const part = partOf(inputs, name);
        const fresh = toFloat64(uniformLike(part, random));
        const { inner, extent: ofPart } = alongAxis(part, axis);
        if (ofPart !== extent) {
          throw new ShapeError(
            `along axis ${axis}, ${name} has ${ofPart} slices and ${output} ${extent}; batchIndependence pairs them`,
          );
        }
        const isChanged = (i: number): boolean => changed.has(Math.floor(i / inner) % extent);
        return [name, mapValues(part, (value, i) => (isChanged(i) ? fresh[i]! : value))] as const;
      });
      const followUp = { ...inputs, ...Object.fromEntries(redrawn) };
      const results = await run(followUp);
      if (results === null) return 'not-applicable';
      const { inner } = alongAxis(before, axis);
      const demand = {
        after: `${changed.size} of ${extent} slices of ${list} along axis ${axis} changed, the others not`,
        inputs: followUp,
        output,
        actual: partOf(results, output),
      };
      const skip = (i: number): boolean => changed.has(Math.floor(i / inner) % extent);
      return differs(demand, before, options.tolerance ?? 0, skip);
    },
  };
}
