import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildElf } from '../artifact/elf/index.ts';
import { writePdi } from '../artifact/pdi/index.ts';
import { pdi, sound, stream, xclbin } from '../artifact/preflight/testing/samples.ts';
import { Project } from './testing/project.ts';

const project = new Project();
const { bytes } = stream(sound);

beforeAll(() => {
  project.write({
    'insts.bin': bytes,
    'short.bin': bytes.slice(0, 200),
    'final.xclbin': xclbin().bytes,
    'main.pdi': writePdi({
      images: [{ partitions: [{ cdo: { commands: [{ op: 'WRITE', address: 0x21f000, value: 1 }] } }] }],
    }),
    'cdo.bin': Uint8Array.from([4, 0, 0, 0, 0x43, 0x44, 0x4f, 0, 0, 2, 0, 0]),
    'core.elf': core(),
    'notes.txt': 'hello',
  });
});
afterAll(() => project.remove());

function core(): Uint8Array {
  return buildElf({ sections: [{ name: '.text', bytes: new Uint8Array(64), address: 0, executable: true }] });
}

const inspect = (...argv: string[]) => project.tilecheck(['inspect', ...argv]);

describe('tilecheck inspect', () => {
  it('shows header, arguments and transfers of an instruction file', async () => {
    const { exit, stdout } = await inspect('insts.bin');
    expect(exit).toBe(0);
    expect(stdout).toContain('insts.bin: instruction stream, TXN v0.1, binary, 300 bytes (75 words)');
    expect(stdout).toMatch(/bo1 +out +0 +64 +64 +1\n/);
    expect(stdout).toMatch(/0 +bo0 +MM2S0 +0 +1 +1 +64 +0 to 63 +never\n/);
    expect(stdout).toMatch(/1 +bo1 +S2MM0 +0 +0 +1 +64 +0 to 63 +by operation 7\n/);
    expect(stdout).not.toContain('BLOCKWRITE');
  });

  it('lists the operations', async () => {
    const { stdout } = await inspect('insts.bin', '--disasm');
    expect(stdout.match(/^0x00.*$/gm)).toHaveLength(8);
  });

  it('lists what is wrong with a stream', async () => {
    const { exit, stdout } = await inspect('short.bin');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/problems\n {2}0x[0-9a-f]+: /);
  });

  it.each([
    ['final.xclbin', ['kernel MLIR_AIE, DPU kernel id 0x901', 'partition of 1 columns', 'MEM_TOPOLOGY']],
    ['main.pdi', ['id code 0x14ca8093', '1 WRITE', '(0,2) 1 writes']],
    ['core.elf', ['core program for AIE2', 'program 64 of 16384 bytes']],
    ['cdo.bin', ['recognised but not printed yet']],
  ])('shows %s', async (name, parts) => {
    const { exit, stdout } = await inspect(name);
    expect(exit).toBe(0);
    for (const part of parts) expect(stdout).toContain(part);
  });

  it('prints all files as JSON, byte arrays as their length', async () => {
    const { stdout } = await inspect(
      'insts.bin',
      'final.xclbin',
      'main.pdi',
      'core.elf',
      '--json',
      '--disasm',
    );
    const { files } = JSON.parse(stdout) as { files: Record<string, unknown>[] };
    expect(files).toMatchObject([
      { kind: 'instructions', arguments: [{ argument: 0 }, { argument: 1, bytesWritten: 64 }] },
      {
        kind: 'xclbin',
        kernels: [{ name: 'MLIR_AIE' }],
        partitions: [{ pdis: [{ image: { bytes: pdi(0).bytes.length } }] }],
      },
      { kind: 'pdi', images: [{}] },
      { kind: 'elf', role: 'core' },
    ]);
    expect(files[0]!.disassembly).toHaveLength(8);
  });

  it.each([
    [['notes.txt'], 'error: notes.txt is no artifact that is known\n'],
    [['inst.bin'], 'error: no file inst.bin\nhint: did you mean insts.bin?\n'],
    [['.'], 'error: . is a folder\n'],
  ])('%j is a usage error', async (argv, message) => {
    const { exit, stdout, stderr } = await inspect(...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
