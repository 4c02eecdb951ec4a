import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findClang, runClang } from '../src/emulator/wasm/clang.ts';

/**
 * Compiles src/simd/*.c to src/simd/simd.wasm, and puts a copy where the built src/simd/ looks for it.
 */
const folder = join(import.meta.dirname, '..', 'src', 'simd');
const built = join(import.meta.dirname, '..', 'dist', 'src', 'simd');

const names = (await readdir(folder)).filter((name) => /\.[ch]$/.test(name)).sort();
const files = new Map<string, string>();
for (const name of names) files.set(name, await readFile(join(folder, name), 'utf8'));
const sources = names.filter((name) => name.endsWith('.c'));
// One translation unit, so that one call of the compiler does.
files.set('all.c', sources.map((name) => `#include "${name}"\n`).join(''));

const { wasm, diagnostics } = await runClang(
  await findClang(),
  [
    '--target=wasm32-wasip1',
    '-std=c11',
    '-O3',
    '-msimd128',
    // A loop must not become a call of a C library that is not there.
    '-fno-builtin-memset',
    '-fno-builtin-memcpy',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-nostdlib',
    '-Wl,--no-entry',
    '-Wl,--export=__heap_base',
    '-Wl,--strip-all',
  ],
  'all.c',
  files,
);
if (wasm === undefined) throw new Error(`src/simd does not compile:\n${diagnostics}`);
for (const target of [folder, built]) {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'simd.wasm'), wasm);
}
