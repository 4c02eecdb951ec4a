import { differs } from './agreement.ts';
import { type Law, type LawOptions, partOf, toleranceText } from './law.ts';
import { mapValues, realLike } from './values.ts';

/** All of a part zero gives an output all zero (zero points 0); each of `parts` alone, one follow-up run each. */
export function zeroGivesZero(parts: readonly string[], output: string, options: LawOptions = {}): Law {
  return {
    name: `zeroGivesZero(${parts.join(', ')}; ${output})`,
    because: `${output} is 0 where ${parts.join(' or ')} is`,
    tolerance: toleranceText('exact: 0 is a step of every format with zero point 0', options),
    runs: parts.length,
    async check({ inputs, run }) {
      for (const part of parts) {
        const followUp = { ...inputs, [part]: mapValues(partOf(inputs, part), () => 0) };
        const results = await run(followUp);
        if (results === null) return 'not-applicable';
        const actual = partOf(results, output);
        const demand = { after: `${part} all zero`, inputs: followUp, output, actual };
        const failure = differs(
          demand,
          realLike(actual, () => 0),
          options.tolerance ?? 0,
        );
        if (failure !== null) return failure;
      }
      return null;
    },
  };
}
