import path from 'node:path';
import type { BufferLayout, KernelArtifact } from '../device/index.ts';
import { ShapeError } from '../errors.ts';
import { assign } from '../tensor/index.ts';
import type { KernelSpec, Tensors } from './kernel.ts';
import { bytesOfArg, viewsOf } from './layout.ts';

/** What a device needs to load the kernel. */
export function artifactOf(spec: KernelSpec): KernelArtifact {
  const { dir, source, placement, ...core } = spec.artifact;
  return {
    name: spec.name,
    core: { source: path.resolve(dir, source), ...core },
    buffers: spec.args.map(
      (arg): BufferLayout => ({ name: arg.name, direction: arg.direction, bytes: bytesOfArg(arg) }),
    ),
  };
}

/** The data buffers of a run: inputs packed, outputs filled with `canary`. Throws {@link ShapeError} on a wrong input. */
export function packBuffers(spec: KernelSpec, inputs: Tensors, canary: number): Uint8Array<ArrayBuffer>[] {
  return spec.args.map((arg) => {
    const bytes = new Uint8Array(bytesOfArg(arg));
    if (arg.direction === 'out') return bytes.fill(canary);
    for (const [name, view] of Object.entries(viewsOf(arg, spec.artifact.cores, bytes))) {
      const tensor = inputs[name];
      if (tensor === undefined) throw new ShapeError(`kernel ${spec.name}: input '${name}' is missing`);
      assign(view, tensor);
    }
    return bytes;
  });
}

/** The outputs of a run by name, as views over its buffers. */
export function unpackOutputs(spec: KernelSpec, buffers: readonly Uint8Array<ArrayBuffer>[]): Tensors {
  return Object.assign(
    {},
    ...spec.args.map((arg, i) =>
      arg.direction === 'out' ? viewsOf(arg, spec.artifact.cores, buffers[i]!) : {},
    ),
  );
}
