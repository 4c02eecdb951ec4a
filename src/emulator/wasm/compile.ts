import { basename } from 'node:path';
import { TilecheckError } from '../../errors.ts';
import { type CompiledCore, defaultCacheDir, readCache, sha256, writeCache } from './cache.ts';
import { type ClangPackage, findClang, runClang } from './clang.ts';
import { gatherSources } from './sources.ts';

/** Data memory of an AIE2 compute tile in bytes, and the size of one WebAssembly page: 64 KiB both. */
export const TILE_BYTES = 65_536;

export interface CompileOptions {
  /** Stack the linker places at the bottom of memory, in bytes; a multiple of 16. */
  readonly linkedStack: number;
  /** A function whose frame is larger is warned about by name. */
  readonly frameLimit: number;
  readonly cacheDir?: string;
  /** The compiler; found by {@link findClang} where absent. */
  readonly clang?: ClangPackage;
}

/** Static data and stack alone exceed the tile; the caller knows the buffers and tells the whole story. */
export class ProgramTooLargeError extends TilecheckError {
  /** Bytes of stack and static data together. */
  readonly bytes: number;

  constructor(source: string, bytes: number) {
    super('TILE_MEMORY', `${source} needs ${bytes} bytes of stack and static data; a tile has ${TILE_BYTES}`);
    this.bytes = bytes;
  }
}

function flags({ linkedStack, frameLimit }: CompileOptions): string[] {
  return [
    '--target=wasm32-wasip1',
    '-std=c11',
    '-O2',
    '-Wall',
    `-Wframe-larger-than=${frameLimit}`,
    '-fvisibility=default',
    '-nostartfiles',
    '-Wl,--no-entry',
    // Every function, so that a wrong entry name can be answered with the right ones.
    '-Wl,--export-dynamic',
    '-Wl,--export=__heap_base',
    '-Wl,--export=__data_end',
    '-Wl,--export=__stack_pointer',
    // At the bottom of memory an overflowing stack runs out of memory instead of into static data.
    '-Wl,--stack-first',
    `-Wl,-z,stack-size=${linkedStack}`,
    `-Wl,--initial-memory=${TILE_BYTES}`,
    `-Wl,--max-memory=${TILE_BYTES}`,
  ];
}

/** Diagnostics longer than this many lines repeat themselves. */
const maxDiagnosticLines = 40;

/** `diagnostics` for people: the first of them. */
export function trimmed(diagnostics: string): string {
  const lines = diagnostics.trimEnd().split('\n');
  if (lines.length <= maxDiagnosticLines) return lines.join('\n');
  return [...lines.slice(0, maxDiagnosticLines), `... ${lines.length - maxDiagnosticLines} more lines`].join(
    '\n',
  );
}

function compileError(source: string, diagnostics: string): TilecheckError {
  const needed = /memory too small, (\d+) bytes needed/.exec(diagnostics);
  if (needed !== null) return new ProgramTooLargeError(source, Number(needed[1]));
  const line = /^(\S+):(\d+):\d+: (?:fatal )?error:/m.exec(diagnostics);
  const where = line !== null && basename(line[1]!) === basename(source) ? `${source}:${line[2]}` : source;
  return new TilecheckError('COMPILE', `${where} does not compile\n${trimmed(diagnostics)}`, {
    hint: 'core programs are C11 without a C library beyond stdint.h and string.h',
  });
}

/**
 * Compiles a C11 core program to a WebAssembly module whose whole memory is one tile's data memory. Answers from
 * the cache where the same source, headers, flags and compiler version were compiled before.
 *
 * Throws `SOURCE_MISSING`, `COMPILE` (with the compiler's diagnostics), {@link ProgramTooLargeError}, and
 * `EnvironmentError` `CLANG_MISSING`.
 */
export async function compileCore(source: string, options: CompileOptions): Promise<CompiledCore> {
  const { main, files } = await gatherSources(source);
  const clang = options.clang ?? (await findClang());
  const args = flags(options);
  const dir = options.cacheDir ?? defaultCacheDir();
  const key = sha256(clang.version, ...args, main, ...[...files].flat());
  const cached = await readCache(dir, key);
  if (cached !== undefined) return cached;
  const { wasm, diagnostics } = await runClang(clang, args, main, files);
  if (wasm === undefined) throw compileError(source, diagnostics);
  const core = { wasm, warnings: diagnostics.trimEnd() };
  await writeCache(dir, key, core);
  return core;
}
