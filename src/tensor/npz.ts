import { zipSync } from 'fflate';
import { FormatError } from '../errors.ts';
import { readNpy, writeNpy } from './npy.ts';
import type { Tensor } from './tensor.ts';
import { readZip } from './zip.ts';

const SUFFIX = '.npy';

export interface NpzReadOptions {
  /** Most bytes the archive may declare uncompressed, checked before anything is inflated. Default 1 GiB. */
  readonly maxBytes?: number;
}

export interface NpzWriteOptions {
  /** Deflate, as `np.savez_compressed`; else store, as `np.savez`. Default false. */
  readonly compress?: boolean;
}

/**
 * The arrays of an .npz archive by name, in the order of its directory. Throws {@link FormatError} naming `name` and
 * the entry for a damaged or hostile archive and for arrays that {@link readNpy} refuses.
 */
export function readNpz(bytes: Uint8Array, name: string, options: NpzReadOptions = {}): Map<string, Tensor> {
  const arrays = new Map<string, Tensor>();
  for (const entry of readZip(bytes, name, options.maxBytes ?? 2 ** 30)) {
    if (!entry.name.endsWith(SUFFIX)) {
      throw new FormatError(
        `${name}: entry '${entry.name}' is no array`,
        `arrays of an .npz end in ${SUFFIX}`,
      );
    }
    const key = entry.name.slice(0, -SUFFIX.length);
    arrays.set(key, readNpy(entry.bytes, `${name}, entry '${entry.name}'`));
  }
  return arrays;
}

/** The bytes of an .npz archive of these arrays; the same arrays give the same bytes. Throws as {@link writeNpy} does. */
export function writeNpz(
  arrays: Readonly<Record<string, Tensor>>,
  options: NpzWriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const files = Object.entries(arrays).map(([name, t]) => [`${name}${SUFFIX}`, writeNpy(t)] as const);
  return zipSync(Object.fromEntries(files), {
    level: options.compress ? 6 : 0,
    mtime: new Date(1980, 0, 1), // the earliest a zip archive can say, as NumPy writes
  });
}
