import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wasm } from './webassembly.ts';

/** What the compiler made of a source; plain data. */
export interface CompiledCore {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Diagnostics of a successful compilation, one a line; empty where there were none. */
  readonly warnings: string;
}

/** One cache entry as JSON; the checksum is of the module, so that a damaged entry is never run. */
interface Entry {
  readonly sha256: string;
  readonly warnings: string;
  readonly wasm: string;
}

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}

/** Where compiled modules are kept: `.tilecheck/cache/` of the current directory. */
export function defaultCacheDir(): string {
  return join(process.cwd(), '.tilecheck', 'cache');
}

/** The entry of `key`, or undefined where there is none or it is damaged. */
export async function readCache(dir: string, key: string): Promise<CompiledCore | undefined> {
  try {
    const entry = JSON.parse(await readFile(join(dir, `${key}.json`), 'utf8')) as Entry;
    const bytes = Uint8Array.from(Buffer.from(entry.wasm, 'base64'));
    if (sha256(bytes, entry.warnings) !== entry.sha256 || !wasm.validate(bytes)) return undefined;
    return { wasm: bytes, warnings: entry.warnings };
  } catch {
    return undefined;
  }
}

/** Keeps `core`. A cache that cannot be written (read-only directory) costs time, never a result. */
export async function writeCache(dir: string, key: string, core: CompiledCore): Promise<void> {
  const entry: Entry = {
    sha256: sha256(core.wasm, core.warnings),
    warnings: core.warnings,
    wasm: Buffer.from(core.wasm).toString('base64'),
  };
  const target = join(dir, `${key}.json`);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, '.gitignore'), '*\n');
    await writeFile(temporary, JSON.stringify(entry));
    // Renaming is atomic: another process sees the whole entry or none.
    await rename(temporary, target);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
