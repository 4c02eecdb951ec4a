import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createJiti } from 'jiti';
import { TilecheckError } from '../errors.ts';
import { isKernelSpec, type KernelSpec } from '../spec/index.ts';

/** A kernel specification and the file that exports it. */
export interface FoundKernel {
  readonly spec: KernelSpec;
  /** Relative to the current directory. */
  readonly file: string;
}

/** A kernel file that does not load. */
export interface BrokenKernel {
  /** Name of its folder. */
  readonly name: string;
  readonly file: string;
  readonly error: unknown;
}

export interface Discovery {
  /** In the order of their files. */
  readonly kernels: readonly FoundKernel[];
  readonly broken: readonly BrokenKernel[];
}

const kernelFile = /^kernel\.m?[jt]s$/;

function kernelFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : kernelFiles(full);
    return kernelFile.test(entry.name) ? [full] : [];
  });
}

/**
 * Loads kernel files. They are TypeScript outside any build, and `tilecheck` means this running copy to them, from
 * wherever it was started: a second copy would have error classes of its own.
 */
async function createLoader(): Promise<(file: string) => Promise<Record<string, unknown>>> {
  const virtualModules = {
    tilecheck: await import('../index.ts'),
    'tilecheck/reference': await import('../../reference/index.ts'),
  };
  const jiti = createJiti(import.meta.url, { virtualModules, interopDefault: false });
  return (file) => jiti.import<Record<string, unknown>>(file);
}

/**
 * Finds the kernel specifications exported by every `kernel.ts` (.mts, .js, .mjs) below `folder`. A file that does not
 * load is reported beside the others. Throws a usage error where there is no such folder or file, or where two
 * kernels have one name.
 */
export async function discover(cwd: string, folder = 'kernels'): Promise<Discovery> {
  const root = path.resolve(cwd, folder);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TilecheckError('NO_KERNELS', `no folder '${folder}' in ${cwd}`, {
      hint: 'stand in the folder of your project, or name the folder of your kernels: --kernels <dir>',
    });
  }
  const files = kernelFiles(root);
  if (files.length === 0) {
    throw new TilecheckError('NO_KERNELS', `no kernel.ts below '${folder}'`, {
      hint: `write ${path.join(folder, '<name>', 'kernel.ts')} and export a kernel from it: export const <name> = defineKernel({ ... })`,
    });
  }
  const load = await createLoader();
  const kernels: FoundKernel[] = [];
  const broken: BrokenKernel[] = [];
  for (const full of files) {
    const file = path.relative(cwd, full);
    try {
      const specs = new Set(Object.values(await load(full)).filter(isKernelSpec));
      if (specs.size === 0) {
        throw new TilecheckError('NO_KERNELS', 'it exports no kernel', {
          hint: 'export what defineKernel({ ... }) returns',
        });
      }
      for (const spec of specs) addKernel(kernels, { spec, file });
    } catch (error) {
      if (error instanceof TilecheckError && error.code === 'TWO_KERNELS') throw error;
      broken.push({ name: path.basename(path.dirname(full)), file, error });
    }
  }
  return { kernels, broken };
}

function addKernel(kernels: FoundKernel[], found: FoundKernel): void {
  const { spec, file } = found;
  const other = kernels.find((known) => known.spec.name === spec.name);
  // One kernel file may export again what another one defines.
  if (other?.spec === spec) return;
  if (other !== undefined) {
    throw new TilecheckError(
      'TWO_KERNELS',
      `two kernels are named '${spec.name}': in ${other.file} and ${file}`,
      {
        hint: 'rename one of them',
      },
    );
  }
  kernels.push(found);
}
