import { compare, exact } from '../../compare/index.ts';
import { type Control, type Level, type LevelResult, levels, type Verdict } from '../../spec/index.ts';
import { tensor } from '../../tensor/index.ts';

const passed: LevelResult = { status: 'pass', summary: '10 of 10 passed', inputs: 10, failed: 0 };
const notRun: LevelResult = { status: 'not-run', summary: 'not run: not built yet', inputs: 0, failed: 0 };

/** A failed level with the comparison of two int8 [4, 4] that differ in one tile. */
export function failedLevel(): LevelResult {
  const expected = tensor('int8', [4, 4], new Int8Array(16).fill(5));
  const actual = tensor('int8', [4, 4], new Int8Array(16).fill(5).fill(9, 15));
  const comparison = compare(expected, actual, { accept: exact(), tile: [2, 2] });
  return {
    status: 'fail',
    summary: `3 of 10 failed: ${comparison.acceptance.evidence}`,
    inputs: 10,
    failed: 3,
    failure: {
      input: 'NumPy seed 42',
      path: 'random/3',
      evidence: comparison.acceptance.evidence,
      comparison,
    },
  };
}

/** A verdict that passes state, coverage, model and ideal, but for `changes`. */
export function verdict(
  kernel: string,
  changes: Partial<Record<Level, LevelResult>> = {},
  rest: { readonly control?: Control; readonly pass?: boolean; readonly findings?: Verdict['findings'] } = {},
): Verdict {
  const judged: readonly Level[] = ['state', 'coverage', 'model', 'ideal'];
  const results = Object.fromEntries(
    levels.map((level) => [level, judged.includes(level) ? passed : notRun]),
  );
  return {
    kernel,
    device: { kind: 'emulator', name: 'hand-made device' },
    seed: 7,
    commands: 15,
    durationMs: 1234,
    levels: { ...(results as Verdict['levels']), ...changes },
    findings: [],
    pass: Object.keys(changes).length === 0,
    ...rest,
  };
}
