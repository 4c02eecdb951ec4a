import fc from 'fast-check';
import type { KernelSpec } from '../src/spec/index.ts';
import { arbitraryInputs, judge, packBuffers, unpackOutputs } from './built.ts';
import type { Operation } from './operations.ts';

/** Cases drawn at once, as a validation draws them. */
const DRAWN = 100;

/**
 * All the host does for one property case of a kernel: draw the inputs, pack them, unpack the outputs and judge them
 * by both oracles. The device's work is left out: the outputs are the model's, made before.
 */
export function propertyCase(spec: KernelSpec): {
  readonly whole: Operation;
  readonly steps: readonly Operation[];
} {
  const arbitrary = arbitraryInputs(spec);
  const draw = (seed: number) => fc.sample(arbitrary, { numRuns: DRAWN, seed });
  const cases = draw(42).map((drawn, index) => {
    const input = { ...drawn, path: `random/${index}` };
    const outputs = spec.args.map((arg) =>
      arg.direction === 'in' ? new Uint8Array(0) : Uint8Array.from(bytesOf(spec, input.inputs, arg.name)),
    );
    return { input, outputs };
  });
  let turn = 0;
  const next = () => cases[turn++ % cases.length]!;
  const packed = ({ input }: ReturnType<typeof next>) => packBuffers(spec, input.inputs, 0xa5);
  const judged = (level: 'model' | 'ideal', { input, outputs }: ReturnType<typeof next>) => {
    const problem = judge(spec, level, input, unpackOutputs(spec, outputs));
    if (problem !== null) throw new Error(`${spec.name}, ${input.name}: ${problem.evidence}`);
  };
  let seed = 0;
  const step = (name: string, ours: () => unknown): Operation => ({ name: `  ${name}`, ours, numpy: null });
  const generate = () => draw(seed++);
  return {
    whole: {
      name: `host work of one ${spec.name} case`,
      ours: () => {
        generate();
        for (const one of cases) {
          packed(one);
          judged('model', one);
          judged('ideal', one);
        }
      },
      numpy: null,
      ...(spec.name === 'attention_64x64' ? { target: { ms: 0.22 } } : {}),
      per: DRAWN,
    },
    steps: [
      { ...step('draw inputs', generate), per: DRAWN },
      step('pack', () => packed(next())),
      step('model: oracle and comparison', () => judged('model', next())),
      step('ideal: oracle and comparisons', () => judged('ideal', next())),
    ],
  };
}

function bytesOf(spec: KernelSpec, inputs: Parameters<KernelSpec['model']>[0], name: string): Uint8Array {
  const { view } = spec.model(inputs)[name]!;
  return new Uint8Array(view.data.buffer, view.data.byteOffset, view.data.byteLength);
}
