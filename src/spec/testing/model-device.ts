import { ErtCmdState, type NpuDevice } from '../../device/index.ts';
import { bytesOf } from '../../tensor/index.ts';
import type { KernelSpec, Tensors } from '../kernel.ts';
import { viewsOf } from '../layout.ts';

/** A device that answers with a function of the inputs instead of running a kernel. */
export function modelDevice(spec: KernelSpec, kernel: (inputs: Tensors) => Tensors): NpuDevice {
  return {
    info: { kind: 'emulator', name: 'stand-in of a test' },
    async load() {
      return {
        instructions: new Uint32Array(4),
        async run(args) {
          const buffers = args.flatMap((arg) => (arg.kind === 'buffer' ? [arg.bytes] : []));
          const inputs = spec.args.flatMap((arg, i) =>
            arg.direction === 'in' ? Object.entries(viewsOf(arg, spec.artifact.cores, buffers[i]!)) : [],
          );
          const outputs = kernel(Object.fromEntries(inputs));
          return {
            state: ErtCmdState.COMPLETED,
            buffers: spec.args.map((arg, i) =>
              arg.direction === 'in' ? buffers[i]! : bytesOf(outputs[arg.name]!).slice(),
            ),
            timing: { runMs: 0 },
            findings: [],
            log: [],
          };
        },
        async close() {},
      };
    },
    async close() {},
  };
}
