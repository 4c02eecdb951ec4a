import { dtypeInfo, toFloat64 } from '../../tensor/index.ts';
import { outside } from './agreement.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { outputOf } from './shift.ts';
import { equalTensors, mapValues } from './values.ts';

/**
 * Negating `parts` (zero point 0) negates `output`. The least code of an integer has no negative, so it is replaced
 * by its neighbour, which costs a second follow-up run where it occurs. A saturated output may come back as either end
 * of the asymmetric range, -128 for 127.
 */
export function oddSymmetry(parts: readonly string[], output: string, options: LawOptions = {}): Law {
  const { tolerance = 0 } = options;
  const list = parts.join(' and ');
  return {
    name: `oddSymmetry(${parts.join(', ')}; ${output})`,
    because: `${output} is odd in ${list}, and rounding to nearest with ties to even or away from zero is odd too`,
    tolerance: toleranceText('exact: both sides round mirrored values', options),
    runs: 2,
    async check(c) {
      const bases = parts.map((part) => {
        const tensor = partOf(c.inputs, part);
        const { integer, min } = dtypeInfo(tensor.dtype);
        return [part, integer ? mapValues(tensor, (x) => Math.max(x, min + 1)) : tensor] as const;
      });
      const unchanged = bases.every(([part, base]) => equalTensors(base, c.inputs[part]!));
      const base = unchanged ? c.inputs : { ...c.inputs, ...Object.fromEntries(bases) };
      // 0 - x, for -0 is no int8.
      const negated = bases.map(([part, tensor]) => [part, mapValues(tensor, (x) => 0 - x)] as const);
      const followUp = { ...c.inputs, ...Object.fromEntries(negated) };
      const before = await outputOf(c, base, output);
      if (before === null) return 'not-applicable';
      const actual = await outputOf(c, followUp, output);
      if (actual === null) return 'not-applicable';
      const { integer, min, max } = dtypeInfo(actual.dtype);
      const mirrored = toFloat64(before).map((y) => (integer ? Math.min(0 - y, max) : -y));
      const low = mirrored.map((y) => (integer && y === -max ? min : y - tolerance));
      const high = mirrored.map((y) => y + tolerance);
      return outside({ after: `${list} negated`, inputs: followUp, output, actual }, low, high);
    },
  };
}
