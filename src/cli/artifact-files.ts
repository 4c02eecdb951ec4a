import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import {
  type ArtifactKind,
  kindByContent,
  kindByName,
  type NamedBytes,
} from '../artifact/preflight/index.ts';
import { messageOf, TilecheckError } from '../errors.ts';

/** A file by what it is; undefined where neither content nor name tell. */
export interface ArtifactFile extends NamedBytes {
  readonly kind: ArtifactKind | undefined;
}

/** First bytes that tell a file's kind. */
const HEAD_BYTES = 128;

function missing(cwd: string, name: string): TilecheckError {
  const folder = path.dirname(path.resolve(cwd, name));
  let siblings: string[];
  try {
    siblings = readdirSync(folder);
  } catch {
    return new TilecheckError('FILE_MISSING', `no file ${name}`, {
      hint: `there is no folder ${path.dirname(name)}`,
    });
  }
  const hint =
    siblings.length === 0
      ? 'its folder is empty'
      : `did you mean ${path.join(path.dirname(name), closest(path.basename(name), siblings))}?`;
  return new TilecheckError('FILE_MISSING', `no file ${name}`, { hint });
}

/** Runs a file operation; what the system refuses becomes a usage error that names the file. */
function guarded<T>(cwd: string, name: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(cwd, name);
    if (code === 'EISDIR') {
      throw new TilecheckError('FILE_UNREADABLE', `${name} is a folder`, { hint: 'name a file in it' });
    }
    throw new TilecheckError('FILE_UNREADABLE', `cannot read ${name}: ${messageOf(thrown)}`);
  }
}

/** Reads a file. What it holds counts before what it is called. Throws a usage error where it cannot be read. */
export function readArtifact(cwd: string, name: string): ArtifactFile {
  const bytes = guarded(cwd, name, () => new Uint8Array(readFileSync(path.resolve(cwd, name))));
  return { name, bytes, kind: kindByContent(bytes.subarray(0, HEAD_BYTES)) ?? kindByName(name) };
}

export function isFolder(cwd: string, name: string): boolean {
  return guarded(cwd, name, () => statSync(path.resolve(cwd, name)).isDirectory());
}

function head(file: string): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  const handle = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** Endings that an instruction file of any name can have. */
const MAYBE_INSTRUCTIONS = /\.(bin|txt)$/i;

/**
 * Instruction files and xclbins in a folder and all below it, by their folders, in order of their names. Hidden folders
 * and node_modules are passed over.
 */
export function findArtifacts(cwd: string, folder: string): string[][] {
  const entries = guarded(cwd, folder, () => readdirSync(path.resolve(cwd, folder), { withFileTypes: true }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const here: string[] = [];
  const below: string[][] = [];
  for (const entry of entries) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        below.push(...findArtifacts(cwd, name));
    } else if (entry.isFile() && isWanted(cwd, name)) here.push(name);
  }
  return here.length === 0 ? below : [here, ...below];
}

function isWanted(cwd: string, name: string): boolean {
  const byName = kindByName(name);
  const content = (): ArtifactKind | undefined =>
    guarded(cwd, name, () => kindByContent(head(path.resolve(cwd, name))));
  if (byName === 'xclbin') return true;
  // Something else under an instruction file's name is a mistake to report, unless it is a known artifact by itself.
  if (byName === 'instructions') return (content() ?? 'instructions') === 'instructions';
  return MAYBE_INSTRUCTIONS.test(name) && content() === 'instructions';
}
