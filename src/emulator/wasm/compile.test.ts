import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClang } from './clang.ts';
import { type CompileOptions, compileCore } from './compile.ts';
import { loadProgram, type ProgramSpec } from './program.ts';

let dir: string;
let cacheDir: string;
let options: CompileOptions;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tilecheck-compile-'));
  cacheDir = join(dir, 'cache');
  options = { linkedStack: 1088, frameLimit: 1024, cacheDir };
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function source(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const entries = async (): Promise<string[]> =>
  (await readdir(cacheDir).catch(() => [])).filter((name) => name.endsWith('.json'));

const copy =
  'void copy(const signed char *in, signed char *out) { for (int i = 0; i < 4; i++) out[i] = in[i]; }\n';

const spec = (path: string, change: Partial<ProgramSpec> = {}): ProgramSpec => ({
  name: 'k',
  source: path,
  entry: 'copy',
  stackSize: 1024,
  bufferDepth: 2,
  buffers: [
    { name: 'in', direction: 'in', bytes: 4 },
    { name: 'out', direction: 'out', bytes: 4 },
  ],
  ...change,
});

/** A compiler that must not be called: proves that an answer came from the cache. */
const noCompiler = async () => ({
  entry: join(dir, 'no-such-compiler.js'),
  version: (await findClang()).version,
});

describe('the cache', () => {
  it('answers a second compilation without the compiler, and recompiles a damaged entry', async () => {
    const path = await source('cached.c', copy);
    const first = await compileCore(path, options);
    expect(await entries()).toHaveLength(1);
    expect(await readFile(join(cacheDir, '.gitignore'), 'utf8')).toBe('*\n');
    expect(await compileCore(path, { ...options, clang: await noCompiler() })).toEqual(first);

    const file = join(cacheDir, (await entries())[0]!);
    const entry = JSON.parse(await readFile(file, 'utf8')) as { wasm: string };
    const damaged = Buffer.from(entry.wasm, 'base64');
    damaged[damaged.length - 1]! ^= 1;
    for (const bad of [JSON.stringify({ ...entry, wasm: damaged.toString('base64') }), '{"sha', '']) {
      await writeFile(file, bad);
      await expect(compileCore(path, { ...options, clang: await noCompiler() })).rejects.toThrow(
        'no-such-compiler',
      );
      expect(await compileCore(path, options)).toEqual(first);
      expect(await compileCore(path, { ...options, clang: await noCompiler() })).toEqual(first);
    }
  });

  it('tells a change of a header, of the flags and of the compiler version', async () => {
    const path = await source(
      'a/main.c',
      `#include "deep/one.h"\n${copy}int answer(void) { return ANSWER; }\n`,
    );
    await source('a/deep/one.h', '#include "../../two.h"\n');
    await source('two.h', '#define ANSWER 42\n');
    const first = await compileCore(path, options);
    const count = (await entries()).length;
    await source('two.h', '#define ANSWER 43\n');
    expect((await compileCore(path, options)).wasm).not.toEqual(first.wasm);
    await compileCore(path, { ...options, linkedStack: 2112 });
    await compileCore(path, { ...options, clang: { ...(await findClang()), version: 'another' } });
    expect(await entries()).toHaveLength(count + 3);
  });

  it('is not needed: an unwritable folder only costs time', async () => {
    const path = await source('uncached.c', copy);
    const inTheWay = await source('file-not-folder', '');
    await expect(compileCore(path, { ...options, cacheDir: inTheWay })).resolves.toMatchObject({
      warnings: '',
    });
  });
});

describe('a source that cannot run on a tile', () => {
  it('is named when it is not there', async () => {
    const path = join(dir, 'gone.c');
    await expect(loadProgram(spec(path), options)).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: expect.stringContaining(path),
    });
  });

  it('is refused where the compiler could not tell two of its headers apart', async () => {
    const path = await source('pair/main.c', `#include "same.h"\n#include "../same.h"\n${copy}`);
    await source('pair/same.h', '');
    await source('same.h', '');
    await expect(compileCore(path, options)).rejects.toMatchObject({ code: 'SOURCE_AMBIGUOUS' });
  });

  it('is refused with file, line and diagnostics when it does not compile', async () => {
    const path = await source('bad.c', '\nvoid copy(void) { return x; }\n');
    await expect(loadProgram(spec(path), options)).rejects.toMatchObject({
      code: 'COMPILE',
      message: expect.stringMatching(/bad\.c:2 does not compile\n(?:.*\n)*.*undeclared identifier 'x'/),
    });
  });

  it('does not drown the reader in diagnostics', async () => {
    const path = await source(
      'verybad.c',
      Array.from({ length: 100 }, (_, i) => `unknown${i} x${i};\n`).join(''),
    );
    const thrown = await loadProgram(spec(path), options).catch((error: Error) => error);
    expect((thrown as Error).message.split('\n').length).toBeLessThan(45);
    expect((thrown as Error).message).toMatch(/more lines$/);
  });

  it('is told which functions it has when the entry is missing', async () => {
    const path = await source(
      'entries.c',
      `static void hidden(void) {}\nvoid other(void) { hidden(); }\n${copy}`,
    );
    await expect(loadProgram(spec(path, { entry: 'kopy' }), options)).rejects.toMatchObject({
      code: 'ENTRY_MISSING',
      message: expect.stringMatching(/no function 'kopy'.*defines (other, copy|copy, other)$/),
    });
  });

  it('is refused when the entry takes another number of buffers', async () => {
    const path = await source('entries.c', `void other(void) {}\n${copy}`);
    await expect(loadProgram(spec(path, { entry: 'other' }), options)).rejects.toMatchObject({
      code: 'ENTRY_SIGNATURE',
      message: expect.stringMatching(/takes 0 parameters, but k has 2 buffers/),
    });
  });

  it('is refused when it needs an operating system', async () => {
    const path = await source(
      'prints.c',
      '#include <stdio.h>\nvoid copy(void *a, void *b) { printf("%p%p", a, b); }\n',
    );
    await expect(loadProgram(spec(path), options)).rejects.toMatchObject({
      code: 'CORE_IMPORTS',
      message: expect.stringContaining('fd_write'),
    });
  });

  it('is refused with a budget where its static data alone exceeds the tile', async () => {
    const text =
      'static signed char t[70000];\nvoid copy(int *in, int *out) { for (int i = 0; i < 70000; i++) *out += t[i]++ + *in; }\n';
    const path = await source('huge.c', text);
    await expect(loadProgram(spec(path), options)).rejects.toMatchObject({
      code: 'TILE_MEMORY',
      message: expect.stringMatching(/static data +700\d\d bytes/),
    });
  });

  it('is refused with a budget where buffers and static data together exceed it', async () => {
    const path = await source('cached.c', copy);
    const buffers = [
      { name: 'in', direction: 'in', bytes: 32_768 },
      { name: 'out', direction: 'out', bytes: 4 },
    ] as const;
    await expect(loadProgram(spec(path, { buffers }), options)).rejects.toMatchObject({
      code: 'TILE_MEMORY',
      message: expect.stringMatching(/in \(2 x 32768\) +65536 bytes/),
    });
  });

  it.each([{ stackSize: 8 }, { stackSize: Number.NaN }, { bufferDepth: 0 }])(
    'is refused with %o',
    async (change) => {
      const path = await source('cached.c', copy);
      await expect(loadProgram(spec(path, change), options)).rejects.toMatchObject({ code: 'VALUE' });
    },
  );
});

describe('findClang', () => {
  it('says how to install the compiler where it is missing', async () => {
    // Nothing is installed at the root of the file system.
    await expect(findClang([join(parse(dir).root, 'package.json')])).rejects.toMatchObject({
      code: 'CLANG_MISSING',
      kind: 'environment',
      hint: 'npm install --save-dev @yowasp/clang',
    });
  });
});
