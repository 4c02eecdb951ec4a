import fc from 'fast-check';
import { inputsOf } from '../../arbitrary/index.ts';
import type { Tensors } from '../../kernel.ts';
import { describeSmallest, nonZeroOf, type ShrinkResult, shrinkInputs } from '../index.ts';
import type { InjectedFault } from './faults.ts';

/** What shrinking made of one fault. */
export interface ShrinkRow {
  readonly kernel: string;
  readonly fault: string;
  /** Non-zero elements of the input that failed first. */
  readonly from: number;
  readonly runs: number;
  readonly nonZero: number;
  readonly exhausted: boolean;
  readonly smallest: string;
  readonly result: ShrinkResult;
}

function differs({ expected, actual }: InjectedFault, inputs: Tensors): boolean {
  const [e, a] = [expected(inputs), actual(inputs)];
  return e.some((code, i) => code !== a[i]);
}

/** The first of the drawn inputs on which the fault shows. */
function failing(fault: InjectedFault, seed: number): Tensors {
  const drawn = fc.sample(inputsOf(fault.parts), { numRuns: 100, seed });
  const found = drawn.find(({ inputs }) => differs(fault, inputs));
  if (found === undefined) throw new Error(`no drawn input shows '${fault.fault}' of ${fault.kernel}`);
  return found.inputs;
}

/** Shrinks the first failing input that `seed` draws. */
export async function shrinkFault(fault: InjectedFault, seed: number): Promise<ShrinkRow> {
  const start = failing(fault, seed);
  const result = await shrinkInputs(start, async (inputs) => differs(fault, inputs), { tile: fault.tile });
  return {
    kernel: fault.kernel,
    fault: fault.fault,
    from: nonZeroOf(start),
    runs: result.runs,
    nonZero: result.nonZero,
    exhausted: result.exhausted,
    smallest: describeSmallest(result.inputs),
    result,
  };
}

/** A Markdown table of what shrinking made of every fault. */
export async function shrinkTable(faults: readonly InjectedFault[], seed: number): Promise<string> {
  const lines = ['| kernel | fault | from | runs | non-zero | smallest |', '|---|---|---|---|---|---|'];
  for (const fault of faults) {
    const row = await shrinkFault(fault, seed);
    const runs = `${row.runs}${row.exhausted ? ' (all)' : ''}`;
    lines.push(`| ${row.kernel} | ${row.fault} | ${row.from} | ${runs} | ${row.nonZero} | ${row.smallest} |`);
  }
  return lines.join('\n');
}
