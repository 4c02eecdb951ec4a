import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy, writeNpy } from '../tensor/npy.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** NumPy as a second source for tests. Arrays go back and forth as .npy files in a temporary directory. */

type Availability =
  | { readonly ok: true; readonly version: string; readonly python: string }
  | { readonly ok: false; readonly reason: string };

function findNumpy(): Availability {
  // Debian's python3-numpy first: another python3 on PATH may lack NumPy or bring one of another version.
  for (const python of ['/usr/bin/python3', 'python3']) {
    const probe = spawnSync(python, ['-c', 'import numpy; print(numpy.__version__)'], { encoding: 'utf8' });
    if (probe.status === 0) return { ok: true, version: probe.stdout.trim(), python };
  }
  return { ok: false, reason: 'no python3 with numpy' };
}

export const numpyAvailable: Availability = findNumpy();

/** Title for `describe.skipIf(!numpyAvailable.ok)`, so that a skipped block prints its reason. */
export const numpyTitle = numpyAvailable.ok
  ? `against NumPy ${numpyAvailable.version}`
  : `against NumPy (skipped: ${numpyAvailable.reason})`;

const RUNNER = `
import glob, os, sys
import numpy as np
folder = sys.argv[1]
scope = {'np': np, 'out': {}}
for path in glob.glob(os.path.join(folder, 'in.*.npy')):
    scope[os.path.basename(path)[3:-4]] = np.load(path)
with open(os.path.join(folder, 'script.py')) as file:
    exec(compile(file.read(), 'script.py', 'exec'), scope)
for name, value in scope['out'].items():
    np.save(os.path.join(folder, 'out.' + name + '.npy'), np.asarray(value))
`;

/**
 * Runs Python `code` in which `np` is NumPy and each input is an array of that name; whatever the code puts into the
 * dict `out` comes back. int64 and bool do not (cast them there, e.g. `.astype(np.int32)`). Throws with Python's own
 * message when the code fails.
 */
export function runNumpy(
  code: string,
  inputs: Readonly<Record<string, Tensor>> = {},
): Readonly<Record<string, Tensor>> {
  if (!numpyAvailable.ok) throw new Error(numpyAvailable.reason);
  const folder = mkdtempSync(join(tmpdir(), 'tilecheck-numpy-'));
  try {
    for (const [name, t] of Object.entries(inputs))
      writeFileSync(join(folder, `in.${name}.npy`), writeNpy(t));
    writeFileSync(join(folder, 'script.py'), code);
    const run = spawnSync(numpyAvailable.python, ['-c', RUNNER, folder], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`NumPy script failed:\n${run.stderr || run.error?.message}`);
    const outputs = readdirSync(folder).filter((file) => file.startsWith('out.'));
    return Object.fromEntries(
      outputs.map((file) => [file.slice(4, -4), readNpy(readFileSync(join(folder, file)), file)]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
