import { createHash } from 'node:crypto';
import type { KernelArtifact } from '../../device/index.ts';
import { gatherSources } from '../../emulator/wasm/sources.ts';

/**
 * SHA-256, in hex, of all that decides what a kernel computes: the core program's source with its local includes, the
 * tile it runs in (entry, cores, stack, buffer depth) and the layout of its buffers. It does not depend on where the
 * sources lie. Throws what {@link gatherSources} throws.
 */
export async function artifactDigest({ core, buffers }: KernelArtifact): Promise<string> {
  const { main, files } = await gatherSources(core.source);
  const { entry, cores, stackSize, bufferDepth } = core;
  const described = {
    main,
    files: [...files],
    entry,
    cores,
    stackSize,
    bufferDepth,
    buffers: buffers.map(({ name, direction, bytes }) => [name, direction, bytes]),
  };
  return createHash('sha256').update(JSON.stringify(described)).digest('hex');
}
