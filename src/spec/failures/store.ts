import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceInfo } from '../../device/index.ts';
import { EnvironmentError, messageOf, ValueError } from '../../errors.ts';
import { decodeFailure, encodeFailure } from './file.ts';
import { type FoundFailure, failureId, type KeptFailure } from './kept.ts';

export interface FailureStoreOptions {
  /** Passes in a row after which a failure is dropped. Default 3. */
  readonly dropAfter?: number;
  /** Failures kept for one kernel; the oldest make room. Default 50. */
  readonly limit?: number;
}

export interface Kept {
  readonly failure: KeptFailure;
  /** Older failures of the kernel that made room; say so in the report. */
  readonly dropped: readonly KeptFailure[];
}

/** A file that could not be read as a failure. */
export interface DamagedFile {
  readonly file: string;
  readonly reason: string;
  /** Where it was set aside; null where it could not be moved. */
  readonly movedTo: string | null;
}

export interface LoadedFailures {
  /** Oldest first. */
  readonly failures: readonly KeptFailure[];
  /** Files found damaged by this very call. */
  readonly damaged: readonly DamagedFile[];
}

const SUFFIX = '.npz';
const DAMAGED = 'damaged';

/**
 * Failures kept between runs, one file each: `<dir>/<kernel>/<id>.npz`.
 *
 * Several workers and processes may use one folder at once without locks. A file is written beside its place and
 * renamed into it, so that a reader sees all of it or none; its name is a digest of what failed, so that two finders
 * of one failure write the same file and finders of two never meet. What may get lost in a race is one increment of
 * `passes`, which keeps a failure for one run more.
 *
 * Every method throws {@link ValueError} for what is no kernel's name and {@link EnvironmentError} with code
 * `FAILURE_STORE` where the folder cannot be read or written.
 */
export class FailureStore {
  readonly dir: string;
  readonly #dropAfter: number;
  readonly #limit: number;

  constructor(
    dir = path.join('.tilecheck', 'failures'),
    { dropAfter = 3, limit = 50 }: FailureStoreOptions = {},
  ) {
    for (const [name, value] of Object.entries({ dropAfter, limit })) {
      if (!(Number.isSafeInteger(value) && value >= 1)) {
        throw new ValueError(`${name} of ${value}`, 'give a whole number from 1');
      }
    }
    this.dir = path.resolve(dir);
    this.#dropAfter = dropAfter;
    this.#limit = limit;
  }

  /** Keeps a failure, or renews one with the same inputs and level: it then counts no passes and keeps its date. */
  async keep(found: FoundFailure): Promise<Kept> {
    const id = failureId(found);
    const known = await this.#read(found.kernel, id);
    const createdAt = known?.createdAt ?? new Date().toISOString();
    const failure: KeptFailure = { ...found, id, createdAt, passes: 0 };
    await this.#write(failure);
    const dropped = known === null ? await this.#makeRoom(found.kernel, id) : [];
    return { failure, dropped };
  }

  /** The failures of a kernel. What cannot be read is moved to `<kernel>/damaged/` and reported, never thrown. */
  async load(kernel: string): Promise<LoadedFailures> {
    const failures: KeptFailure[] = [];
    const damaged: DamagedFile[] = [];
    for await (const [file, read] of this.#readAll(kernel)) {
      if (read.status === 'damaged') damaged.push(await this.#setAside(file, read.reason));
      if (read.status === 'read') failures.push(read.failure);
    }
    return { failures: failures.sort(byAge), damaged };
  }

  /**
   * Counts a pass; after `dropAfter` in a row the failure is dropped, and null is answered. A pass on another kind of
   * device than the one that failed (`on`) counts nothing: an emulator cannot clear what hardware got wrong.
   */
  async passed(failure: KeptFailure, on: DeviceInfo = failure.device): Promise<KeptFailure | null> {
    // Read again: another process may have counted, renewed or dropped it.
    const current = await this.#read(failure.kernel, failure.id);
    if (current === null || on.kind !== current.device.kind) return current;
    const counted = { ...current, passes: current.passes + 1 };
    if (counted.passes < this.#dropAfter) {
      await this.#write(counted);
      return counted;
    }
    await this.#remove(failure);
    return null;
  }

  /** The failure is still there: its passes start again from 0. */
  async failedAgain(failure: KeptFailure): Promise<KeptFailure> {
    const renewed = { ...failure, passes: 0 };
    await this.#write(renewed);
    return renewed;
  }

  /** The failures of every kernel that has a folder here, by name in alphabetical order. */
  async list(): Promise<ReadonlyMap<string, LoadedFailures>> {
    const entries = await guarded('read', this.dir, () => readdir(this.dir, { withFileTypes: true }));
    const kernels = (entries ?? []).filter((entry) => entry.isDirectory() && isKernelName(entry.name));
    const listed = new Map<string, LoadedFailures>();
    for (const { name } of kernels.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      listed.set(name, await this.load(name));
    }
    return listed;
  }

  /** Removes the failures of a kernel, or of all, with what was set aside. Answers how many failures were removed. */
  async clean(kernel?: string): Promise<number> {
    const kernels = kernel === undefined ? [...(await this.list()).keys()] : [kernel];
    let removed = 0;
    for (const each of kernels) {
      removed += (await this.#names(each)).length;
      // Renamed first: deleting a folder that others write into may fail half way.
      const doomed = path.join(this.dir, `.${each}.${randomUUID()}.tmp`);
      await guarded('write', this.dir, async () => {
        await rename(this.#folder(each), doomed);
        await rm(doomed, { recursive: true, force: true });
      });
    }
    return removed;
  }

  #folder(kernel: string): string {
    if (!isKernelName(kernel)) {
      throw new ValueError(
        `kernel name '${kernel}'`,
        'letters, digits and underscores: it names a folder of the failure store',
      );
    }
    return path.join(this.dir, kernel);
  }

  #file({ kernel, id }: Pick<KeptFailure, 'kernel' | 'id'>): string {
    return path.join(this.#folder(kernel), `${id}${SUFFIX}`);
  }

  /** Names of the failure files of a kernel; those of unfinished writes are not among them. */
  async #names(kernel: string): Promise<string[]> {
    const folder = this.#folder(kernel);
    const names = (await guarded('read', folder, () => readdir(folder))) ?? [];
    return names.filter((name) => name.endsWith(SUFFIX)).sort();
  }

  async *#readAll(kernel: string): AsyncGenerator<[file: string, read: Read]> {
    for (const name of await this.#names(kernel)) {
      const file = path.join(this.#folder(kernel), name);
      yield [file, await readFailure(file, kernel)];
    }
  }

  /** The failure as it stands in the store; null where it is absent or damaged, which `load` reports. */
  async #read(kernel: string, id: string): Promise<KeptFailure | null> {
    const read = await readFailure(this.#file({ kernel, id }), kernel);
    return read.status === 'read' ? read.failure : null;
  }

  async #write(failure: KeptFailure): Promise<void> {
    const file = this.#file(failure);
    const temporary = `${file}.${randomUUID()}.tmp`;
    const bytes = encodeFailure(failure);
    // Another process may clean the folder between two of these steps.
    for (let attempt = 1; ; attempt++) {
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(path.join(this.dir, '.gitignore'), '*\n');
        await writeFile(temporary, bytes);
        await rename(temporary, file);
        return;
      } catch (thrown) {
        await rm(temporary, { force: true }).catch(() => undefined);
        if (!isAbsence(thrown) || attempt === 5) throw inaccessible('write', file, thrown);
      }
    }
  }

  async #remove(failure: KeptFailure): Promise<void> {
    const file = this.#file(failure);
    await guarded('write', file, () => unlink(file));
  }

  /** Drops the oldest failures beyond the limit, but never the one just kept. */
  async #makeRoom(kernel: string, kept: string): Promise<KeptFailure[]> {
    if ((await this.#names(kernel)).length <= this.#limit) return [];
    const others: KeptFailure[] = [];
    // What is damaged is left for `load` to report.
    for await (const [, read] of this.#readAll(kernel)) {
      if (read.status === 'read' && read.failure.id !== kept) others.push(read.failure);
    }
    const dropped = others.sort(byAge).slice(0, Math.max(0, others.length + 1 - this.#limit));
    for (const failure of dropped) await this.#remove(failure);
    return dropped;
  }

  async #setAside(file: string, reason: string): Promise<DamagedFile> {
    const folder = path.join(path.dirname(file), DAMAGED);
    const target = path.join(folder, `${path.basename(file, SUFFIX)}.${randomUUID().slice(0, 8)}${SUFFIX}`);
    try {
      await mkdir(folder, { recursive: true });
      await rename(file, target);
      return { file, reason, movedTo: target };
    } catch {
      return { file, reason, movedTo: null };
    }
  }
}

type Read =
  | { readonly status: 'read'; readonly failure: KeptFailure }
  | { readonly status: 'damaged'; readonly reason: string }
  | { readonly status: 'absent' };

async function readFailure(file: string, kernel: string): Promise<Read> {
  try {
    const name = path.basename(file);
    const failure = decodeFailure(await readFile(file), name);
    if (failure.kernel !== kernel || `${failure.id}${SUFFIX}` !== name) {
      const reason = `${name} of ${kernel} holds failure ${failure.id} of kernel ${failure.kernel}`;
      return { status: 'damaged', reason };
    }
    return { status: 'read', failure };
  } catch (thrown) {
    // Dropped by another process since the folder was listed.
    return isAbsence(thrown) ? { status: 'absent' } : { status: 'damaged', reason: messageOf(thrown) };
  }
}

/** Runs a file operation; null where what it needs is absent. Throws {@link EnvironmentError} naming `where`. */
async function guarded<T>(
  what: 'read' | 'write',
  where: string,
  operation: () => Promise<T>,
): Promise<T | null> {
  try {
    return await operation();
  } catch (thrown) {
    if (isAbsence(thrown)) return null;
    throw inaccessible(what, where, thrown);
  }
}

function inaccessible(what: 'read' | 'write', where: string, thrown: unknown): EnvironmentError {
  return new EnvironmentError(
    'FAILURE_STORE',
    `cannot ${what} the failure store: ${where}: ${messageOf(thrown)}`,
    'make the folder writable, or name another one',
  );
}

function isAbsence(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

function isKernelName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/i.test(name);
}

function byAge(a: KeptFailure, b: KeptFailure): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1);
}
