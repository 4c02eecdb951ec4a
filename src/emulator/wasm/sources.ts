import { readFile } from 'node:fs/promises';
import { basename, dirname, posix, resolve } from 'node:path';
import { messageOf, TilecheckError } from '../../errors.ts';

/** A C source and every local header it includes, as a file tree a sandboxed compiler can be given. */
export interface Sources {
  /** Path of the main source in the tree. */
  readonly main: string;
  /** Text by path; `/`-separated. */
  readonly files: ReadonlyMap<string, string>;
}

const localInclude = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The compiler's file system in memory passes over `.` and `..` in a path; so do the names in the tree. */
function spelling(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '.' && part !== '..')
    .join('/');
}

/**
 * Reads `path` and, transitively, the files it includes with `#include "..."` relative to the including file. A
 * header that is not there is left to the compiler to complain about, with its line. Throws `SOURCE_MISSING`, and
 * `SOURCE_AMBIGUOUS` where two headers differ only in the `..` of their paths.
 */
export async function gatherSources(path: string): Promise<Sources> {
  const main = { name: posix.join(basename(dirname(resolve(path))), basename(path)), onDisk: resolve(path) };
  let text: string;
  try {
    text = await readFile(main.onDisk, 'utf8');
  } catch (cause) {
    throw new TilecheckError(
      'SOURCE_MISSING',
      `cannot read the core program '${path}': ${messageOf(cause)}`,
      {
        hint: 'check `artifact.dir` and `artifact.source` of the kernel',
        cause,
      },
    );
  }
  const files = new Map([[main.name, text]]);
  const places = new Map([[main.name, main.onDisk]]);
  const queue = [main];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const [, included] of files.get(file.name)!.matchAll(localInclude)) {
      const name = spelling(`${posix.dirname(file.name)}/${included!}`);
      const onDisk = resolve(dirname(file.onDisk), included!);
      const known = places.get(name);
      if (known === onDisk) continue;
      if (known !== undefined) {
        throw new TilecheckError('SOURCE_AMBIGUOUS', `the compiler cannot tell ${known} from ${onDisk}`, {
          hint: `rename one of the two '${posix.basename(name)}'`,
        });
      }
      const content = await textOf(onDisk);
      if (content === undefined) continue;
      files.set(name, content);
      places.set(name, onDisk);
      queue.push({ name, onDisk });
    }
  }
  return { main: main.name, files: new Map([...files].sort()) };
}
