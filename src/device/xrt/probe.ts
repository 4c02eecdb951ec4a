import { EnvironmentError } from '../../errors.ts';

/** Core library of XRT by version; NPUs need hardware contexts, which `libxrt` 2.13 and older do not have. */
const libraries = ['libxrt_coreutil.so.2', 'libxrt_coreutil.so.3', 'libxrt_coreutil.so'];

/** The first of `names` the dynamic loader finds, or undefined. */
export async function findXrt(names: readonly string[] = libraries): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { default: koffi } = await import('koffi');
  return names.find((name) => {
    try {
      koffi.load(name).unload();
      return true;
    } catch {
      return false;
    }
  });
}

/** Why no XRT device can be opened here: `XRT_MISSING` or `XRT_NOT_BUILT`. */
export async function xrtUnavailable(names?: readonly string[]): Promise<EnvironmentError> {
  const library = await findXrt(names);
  if (library === undefined) {
    return new EnvironmentError(
      'XRT_MISSING',
      'no XRT runtime on this machine (libxrt_coreutil.so.2 not found)',
      'on Debian or Ubuntu: apt install libxrt2 libxrt-npu2 (from trixie-backports or newer), or use --device emulator',
    );
  }
  return new EnvironmentError(
    'XRT_NOT_BUILT',
    `XRT is here (${library}), but this version of tilecheck has no XRT runner yet`,
    'use --device emulator',
  );
}
