import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pdi, sound, stream, xclbin } from '../artifact/preflight/testing/samples.ts';
import { formatHexLines } from '../artifact/txn/index.ts';
import { Project } from './testing/project.ts';

const project = new Project();
const { bytes } = stream(sound);
const { bytes: container } = xclbin();
const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 300\n';

beforeAll(() => {
  project.write({
    'good/insts.bin': bytes,
    'good/final.xclbin': container,
    'good/notes.txt': 'hello',
    'deep/build/kernel_sequence.bin': bytes,
    'deep/build/odd-name.txt': formatHexLines(bytes),
    'deep/node_modules/insts.bin': pointer,
    'pointer/insts.bin': pointer,
    'alone/final.xclbin': container,
    'several/gelu.xclbin': container,
    'several/gelu.insts': stream(sound, { generation: 4 }).bytes,
    'several/other.xclbin': container,
    'nothing/notes.txt': 'hello',
    'nothing/array.npy': 'x',
    'main.pdi': pdi(0).bytes,
    'other.pdi': pdi(1).bytes,
    'core.elf': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46),
  });
});
afterAll(() => project.remove());

const lint = (...argv: string[]) => project.tilecheck(['lint', ...argv]);

interface Report {
  readonly files: readonly string[];
  readonly errors: number;
  readonly issues: readonly { readonly rule: string }[];
}

describe('tilecheck lint', () => {
  it('finds the files of a folder and has nothing against sound ones', async () => {
    expect(await lint('good', '--sizes', 'bo0=64,bo1=64', '--kernel', 'MLIR_AIE')).toEqual({
      exit: 0,
      stdout: '2 files checked: no issues\n',
      stderr: '',
    });
  });

  it('prints an issue under its file, with place and fix', async () => {
    const { exit, stdout } = await lint('good', '--sizes', 'bo1=32');
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^good\/insts\.bin\n {2}error TC031 buffer-too-small: bo1 .* 32 bytes/);
    expect(stdout).toContain('0x104: S2MM0 of column 0 (descriptor 0) writes bytes 0 to 63');
    expect(stdout).toContain('fix: make the buffer 64 bytes');
    expect(stdout).toContain('2 files checked: 1 error, 0 warnings\n');
  });

  it('passes where there are only warnings', async () => {
    const { exit, stdout } = await lint('good', '--sizes', 'bo1=96');
    expect(exit).toBe(0);
    expect(stdout).toContain('warning TC032');
  });

  it('knows instruction files by content as well as by name', async () => {
    const { exit, stdout } = await lint('deep', '--json');
    expect(exit).toBe(0);
    expect((JSON.parse(stdout) as Report).files).toEqual([
      'deep/build/kernel_sequence.bin',
      'deep/build/odd-name.txt',
    ]);
  });

  it('says what a file under the name of an instruction file is', async () => {
    const { exit, stdout } = await lint('pointer');
    expect(exit).toBe(1);
    expect(stdout).toContain('error TC001 unreadable-file');
    expect(stdout).toContain('fix: run `git lfs pull` first');
  });

  it('misses the instruction file of an xclbin in a folder, but not of an xclbin named alone', async () => {
    expect((await lint('alone')).stdout).toContain('error TC004 no-instructions');
    expect((await lint('alone/final.xclbin')).exit).toBe(0);
  });

  it('pairs by name where a folder has several xclbins', async () => {
    const { exit, stdout } = await lint('several', '--device', 'npu1', '--kernel', 'gelu', '--json');
    const { issues, errors, files } = JSON.parse(stdout) as Report;
    expect(exit).toBe(1);
    expect(files).toHaveLength(3);
    // The wrong generation of the stream once, the wrong kernel name for each xclbin.
    expect(issues.map(({ rule }) => rule).sort()).toEqual(['TC010', 'TC020', 'TC020']);
    expect(errors).toBe(3);
  });

  it('takes the files of a call from two folders', async () => {
    expect(
      (await lint('deep/build/kernel_sequence.bin', 'good/final.xclbin', '--kernel', 'x')).stdout,
    ).toContain("the xclbin has no kernel 'x'");
  });

  it('checks a PDI alone, against the stream, and against the xclbin', async () => {
    expect(await lint('main.pdi')).toMatchObject({ exit: 0, stdout: '1 file checked: no issues\n' });
    expect((await lint('other.pdi', 'good/insts.bin')).stdout).toContain('error TC015 unconfigured-column');
    expect((await lint('other.pdi', 'good/final.xclbin')).stdout).toContain('warning TC027 other-pdi');
    expect((await lint('main.pdi', 'good/insts.bin', 'good/final.xclbin')).exit).toBe(0);
  });

  it.each([
    [['god'], 'error: no file god\nhint: did you mean good?\n'],
    [['no/insts.bin'], 'error: no file no/insts.bin\nhint: there is no folder no\n'],
    [['nothing'], 'error: nothing holds no instruction file and no xclbin\n'],
    [['core.elf'], 'error: core.elf is a file of the kind elf\n'],
    [['main.pdi', 'other.pdi'], 'error: more than one PDI is named\n'],
    [['good/notes.txt'], 'error: good/notes.txt is no artifact that is known\n'],
    [['good', '--sizes', 'bo0'], 'give buffers and their bytes, e.g. bo0=512,bo1=512'],
    [['good', '--sizes', 'bo999=4'], 'give buffers and their bytes'],
    [['good', '--device', 'npu7'], 'allowed choices are npu1, npu2'],
    [[], "error: missing required argument 'file-or-folder'"],
  ])('%j is a usage error', async (argv, message) => {
    const { exit, stdout, stderr } = await lint(...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
