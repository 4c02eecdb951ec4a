import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Programs of the Debian 13 root that scripts/trixie-root.sh makes. They run under that root's own loader and
 * libraries, which needs neither root nor chroot, and see this machine's files.
 */
const dir =
  process.env.TILECHECK_TRIXIE_ROOT ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tilecheck', 'trixie');

/** Why programs of the root cannot run; undefined where they can. */
export const trixieMissing = existsSync(join(dir, '.complete'))
  ? undefined
  : 'no trixie root, run scripts/trixie-root.sh';

/** Title for `describe.skipIf(trixieMissing !== undefined)`, so that a skipped block prints its reason. */
export const trixieTitle = (title: string): string =>
  trixieMissing === undefined ? title : `${title} (skipped: ${trixieMissing})`;

/** Runs a program of the root, such as `usr/bin/xclbinutil`, in the folder `cwd`. */
export function runInTrixie(program: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const libraries = join(dir, 'usr', 'lib');
  const triplet = readdirSync(libraries).find((name) => name.endsWith('-linux-gnu'));
  // Debian keeps the loader under its own name only in the multi-arch folder of the architecture.
  const folder = join(libraries, triplet ?? '');
  const loader = readdirSync(folder).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
  if (loader === undefined) throw new Error(`no dynamic loader in ${folder}`);
  return spawnSync(
    join(folder, loader),
    ['--library-path', folder, join(dir, program), ...args],
    // LD_LIBRARY_PATH and the like of this machine must not mix in.
    { cwd, encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } },
  );
}
