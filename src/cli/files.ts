import {
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import { messageOf, TilecheckError } from '../errors.ts';
import { readNpy, readNpz, type Tensor, writeNpy } from '../tensor/index.ts';

function missing(cwd: string, name: string): TilecheckError {
  const file = path.resolve(cwd, name);
  const folder = path.dirname(file);
  let siblings: string[];
  try {
    siblings = readdirSync(folder).filter((entry) => /\.np[yz]$/.test(entry));
  } catch {
    return new TilecheckError('FILE_MISSING', `no file ${name}`, {
      hint: `there is no folder ${path.relative(cwd, folder) || folder}`,
    });
  }
  const hint =
    siblings.length === 0
      ? 'its folder holds no .npy or .npz file'
      : `did you mean ${path.join(path.dirname(name), closest(path.basename(name), siblings))}?`;
  return new TilecheckError('FILE_MISSING', `no file ${name}`, { hint });
}

function readBytes(cwd: string, name: string): Uint8Array {
  try {
    return readFileSync(path.resolve(cwd, name));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(cwd, name);
    const what = code === 'EISDIR' ? `${name} is a folder` : `cannot read ${name}: ${messageOf(thrown)}`;
    throw new TilecheckError('FILE_UNREADABLE', what, { hint: 'name an .npy file' });
  }
}

/** The part of `archive.npz:member` before the colon; a Windows drive letter is none. */
function splitMember(name: string): { file: string; member: string | undefined } {
  const [, file, member] = /^(.*\.npz):([^/\\]+)$/.exec(name) ?? [];
  return file === undefined ? { file: name, member: undefined } : { file, member };
}

/**
 * Reads `x.npy` or `archive.npz:member` (the member may be left out where there is one). Throws a usage error that
 * names the file and the nearest valid choice, or FormatError.
 */
export function readTensor(cwd: string, name: string): Tensor {
  const { file, member } = splitMember(name);
  const bytes = readBytes(cwd, file);
  if (!file.endsWith('.npz')) return readNpy(bytes, name);
  const arrays = readNpz(bytes, file);
  const names = [...arrays.keys()];
  const chosen = member ?? (names.length === 1 ? names[0]! : undefined);
  const found = chosen === undefined ? undefined : arrays.get(chosen);
  if (found !== undefined) return found;
  throw new TilecheckError(
    'MEMBER_MISSING',
    chosen === undefined ? `${file} holds ${names.length} arrays` : `${file} holds no array '${chosen}'`,
    {
      hint:
        names.length === 0
          ? 'the archive is empty'
          : `name one of them: ${names.map((each) => `${file}:${each}`).join(', ')}`,
    },
  );
}

/** Writes a file whole or not at all. Throws a usage error naming the file where its folder does not take it. */
export function writeWhole(cwd: string, name: string, content: string | Uint8Array): void {
  const file = path.resolve(cwd, name);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      throw new TilecheckError('FILE_UNWRITABLE', `cannot write ${name}: it is a folder`);
    }
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if (thrown instanceof TilecheckError) throw thrown;
    const absent = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
    const why = absent ? `there is no folder ${path.dirname(name)}` : messageOf(thrown);
    throw new TilecheckError('FILE_UNWRITABLE', `cannot write ${name}: ${why}`, {
      hint: absent ? 'make it first' : 'choose another file',
    });
  }
}

/** Throws unless `out` is an .npy file and none of `inputs`. */
export function checkOutput(cwd: string, out: string, inputs: readonly string[]): void {
  if (!out.endsWith('.npy')) {
    throw new TilecheckError('OUTPUT', `the output '${out}' is no .npy file`, {
      hint: `write to ${out}.npy`,
    });
  }
  const identity = (name: string): string => {
    const file = path.resolve(cwd, name);
    return statSync(file, { throwIfNoEntry: false }) === undefined ? file : realpathSync(file);
  };
  const same = inputs.find((input) => identity(splitMember(input).file) === identity(out));
  if (same !== undefined) {
    throw new TilecheckError('OUTPUT', `the output ${out} would overwrite the input ${same}`, {
      hint: 'name another file after --out',
    });
  }
}

/** Writes `t` as an .npy file, whole or not at all. */
export function writeTensor(cwd: string, name: string, t: Tensor): void {
  writeWhole(cwd, name, writeNpy(t));
}
