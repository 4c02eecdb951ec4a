import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failedLevels, type KernelSpec, type Level, type NpuDevice, openDevice, validate } from 'tilecheck';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attention16 } from './attention_16x16/kernel.ts';
import { attention64 } from './attention_64x64/kernel.ts';
import { gelu512 } from './gelu_512/kernel.ts';
import { layernorm256 } from './layernorm_256/kernel.ts';
import { matmul16 } from './matmul_16x16/kernel.ts';
import { softmax64 } from './softmax_64x64/kernel.ts';

/** One plausible mistake in a core program: the text `from` of `file` becomes `to`; `level` is the first to notice. */
interface Mutant {
  readonly mistake: string;
  readonly spec: KernelSpec;
  /** Relative to the kernel's folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly level: Level;
}

const attention = { spec: attention16, file: '../common/attention.h' };
const softmax = { spec: softmax64, file: '../common/softmax.h' };
const layernorm = { spec: layernorm256, file: '../common/layernorm.h' };
const matmul = { spec: matmul16, file: '../common/matmul.h' };

const mutants: readonly Mutant[] = [
  {
    mistake: 'scale of a neighbour',
    spec: attention16,
    file: 'core.c',
    from: '378194',
    to: '189097',
    level: 'model',
  },
  {
    mistake: 'scale off by one',
    spec: attention64,
    file: 'core.c',
    from: '189097',
    to: '189098',
    level: 'model',
  },
  {
    mistake: 'K and V swapped',
    spec: attention16,
    file: 'core.c',
    from: 'qkv + 16 * 16, qkv + 2 * 16 * 16',
    to: 'qkv + 2 * 16 * 16, qkv + 16 * 16',
    level: 'model',
  },
  { ...attention, mistake: 'K transposed', from: 'k[j * depth + d]', to: 'k[d * depth + j]', level: 'model' },
  { ...attention, mistake: 'minimum for maximum', from: 'score > max', to: 'score < max', level: 'state' },
  {
    ...attention,
    mistake: 'last query row never computed',
    from: 'i < rows; i++',
    to: 'i < rows - 1; i++',
    level: 'coverage',
  },
  {
    ...attention,
    mistake: 'last key left out of the weighted sum',
    from: 'j < rows; j++) numerator',
    to: 'j < rows - 1; j++) numerator',
    level: 'model',
  },
  {
    spec: attention16,
    mistake: 'quotient truncated instead of rounded',
    file: '../common/int8.h',
    from: 'numerator < 0 ? numerator - half : numerator + half',
    to: 'numerator + 0 * half',
    level: 'model',
  },
  {
    spec: attention16,
    mistake: 'wrong shift in the exponential',
    file: '../common/exp.h',
    from: 'exponent >> 20',
    to: 'exponent >> 19',
    level: 'model',
  },
  { ...softmax, mistake: 'zero point dropped', from: ' - 128)', to: ')', level: 'model' },
  { ...softmax, mistake: 'clamp dropped', from: 'clamp_int8(', to: '(int8_t)(', level: 'model' },
  { ...softmax, mistake: 'maximum starts at 0', from: 'max = -128', to: 'max = 0', level: 'state' },
  { ...layernorm, mistake: 'clamp dropped', from: 'clamp_int8(', to: '(int8_t)(', level: 'model' },
  { ...layernorm, mistake: 'mean not subtracted', from: 'x[i] * n - sum', to: 'x[i] * n', level: 'model' },
  {
    ...layernorm,
    mistake: 'mean left in the variance',
    from: ' - (uint32_t)sum * (uint32_t)sum',
    to: '',
    level: 'model',
  },
  {
    ...layernorm,
    mistake: 'gamma and beta swapped',
    from: 'gamma[i] * distance',
    to: 'beta[i] * distance',
    level: 'model',
  },
  {
    mistake: 'half the row',
    spec: layernorm256,
    file: 'core.c',
    from: 'o, 8,',
    to: 'o, 7,',
    level: 'coverage',
  },
  {
    mistake: 'shift of a neighbour',
    spec: matmul16,
    file: 'core.c',
    from: '16, 9)',
    to: '16, 10)',
    level: 'model',
  },
  {
    mistake: 'operands swapped',
    spec: matmul16,
    file: 'core.c',
    from: 'ab, ab + 16 * 16',
    to: 'ab + 16 * 16, ab',
    level: 'model',
  },
  { ...matmul, mistake: 'clamp dropped', from: 'clamp_int8(', to: '(int8_t)(', level: 'model' },
  { ...matmul, mistake: 'last product left out', from: 'k < n', to: 'k < n - 1', level: 'model' },
  { ...matmul, mistake: 'ties up instead of to even', from: ' && (rounded & 1)', to: '', level: 'model' },
  {
    ...matmul,
    mistake: 'sum kept between elements',
    from: 'int32_t sum = 0',
    to: 'static int32_t sum',
    level: 'coverage',
  },
  {
    mistake: 'one element too many',
    spec: gelu512,
    file: 'core.c',
    from: 'i < 512',
    to: 'i <= 512',
    level: 'coverage',
  },
  {
    mistake: 'last word not written',
    spec: gelu512,
    file: 'core.c',
    from: 'i < 512',
    to: 'i < 508',
    level: 'coverage',
  },
  {
    mistake: 'table off by one',
    spec: gelu512,
    file: 'core.c',
    from: '+ 128]',
    to: '+ 127]',
    level: 'model',
  },
  {
    mistake: 'loop that never ends',
    spec: gelu512,
    file: 'core.c',
    from: 'i++',
    to: 'i += x[0] & 0',
    level: 'state',
  },
];

const kernelsDir = import.meta.dirname;

/** The kernel with its folder and the shared headers copied to `dir` and the mistake made there. */
function mutate({ spec, file, from, to }: Mutant, dir: string): KernelSpec {
  for (const folder of [spec.artifact.dir, path.join(kernelsDir, 'common')]) {
    cpSync(folder, path.join(dir, path.relative(kernelsDir, folder)), { recursive: true });
  }
  const copied = path.join(dir, path.relative(kernelsDir, spec.artifact.dir));
  const target = path.join(copied, file);
  const source = readFileSync(target, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`'${from}' stands ${parts.length - 1} times in ${file}, not once`);
  writeFileSync(target, parts.join(to));
  return { ...spec, artifact: { ...spec.artifact, dir: copied } };
}

describe('mutants of the bundled kernels', () => {
  let device: NpuDevice;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'tilecheck-mutants-'));
    device = await openDevice('emulator');
  });
  afterAll(async () => {
    await device?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(mutants.map((mutant, index) => ({ ...mutant, index, kernel: mutant.spec.name })))(
    '$kernel, $mistake: caught at level $level',
    async ({ index, ...mutant }) => {
      const spec = mutate(mutant, path.join(dir, String(index)));
      const verdict = await validate(spec, device, { seed: 7, runs: 20, timeLimitMs: 300, shrinkBudget: 0 });
      expect(verdict.pass).toBe(false);
      expect(failedLevels(verdict)[0]).toBe(mutant.level);
    },
  );
});
