/** Entry of the device process: answers requests one after another until its parent is gone. */
import { TilecheckError } from '../../errors.ts';
import type { LoadedKernel, NpuDevice } from '../contract.ts';
import { EmulatorDevice } from '../emulator/emulator-device.ts';
import { withFault } from '../fault.ts';
import { type Answers, type Envelope, type Reply, type Request, toWire } from './protocol.ts';

let device: NpuDevice | undefined;
const kernels = new Map<number, LoadedKernel>();

async function answer(request: Request): Promise<Answers[Request['kind']]> {
  switch (request.kind) {
    case 'open': {
      const { cacheDir, fault } = request;
      const emulator = new EmulatorDevice(cacheDir === undefined ? {} : { cacheDir });
      device = fault === undefined ? emulator : withFault(emulator, fault);
      return undefined;
    }
    case 'load': {
      if (device === undefined)
        throw new TilecheckError('PROTOCOL', 'load before open', { kind: 'internal' });
      const kernel = await device.load(request.artifact);
      kernels.set(request.kernel, kernel);
      return { instructions: kernel.instructions };
    }
    case 'run': {
      const kernel = kernels.get(request.kernel);
      if (kernel === undefined) {
        throw new TilecheckError('PROTOCOL', `run of unknown kernel ${request.kernel}`, { kind: 'internal' });
      }
      return kernel.run(request.args, request.options);
    }
    case 'unload':
      await kernels.get(request.kernel)?.close();
      kernels.delete(request.kernel);
      return undefined;
    default:
      throw new TilecheckError('PROTOCOL', `unknown request ${JSON.stringify(request)}`, {
        kind: 'internal',
      });
  }
}

async function serve({ id, request }: Envelope): Promise<void> {
  let reply: Reply;
  try {
    reply = { id, ok: true, value: await answer(request) };
  } catch (thrown) {
    reply = { id, ok: false, error: toWire(thrown) };
  }
  process.send?.(reply);
}

process.on('message', (envelope: Envelope) => void serve(envelope));
process.on('disconnect', () => process.exit(0));
