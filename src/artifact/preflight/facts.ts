import { FormatError } from '../../errors.ts';
import { type ArrayConfig, liftArray } from '../array/index.ts';
import { type DataFlow, dataFlow } from '../dataflow/index.ts';
import { type Pdi, readPdi } from '../pdi/index.ts';
import { type InstructionStream, type Lifted, lift, readInstructions } from '../txn/index.ts';
import { readXclbin, type Xclbin, type XclbinKernel } from '../xclbin/index.ts';
import type { Artifacts, DeviceShape, HostCall, NamedBytes } from './artifacts.ts';

/** A file that was read, or why it could not be. */
export interface Opened<T> {
  readonly name: string;
  readonly content: T | undefined;
  readonly error: FormatError | undefined;
}

/** An instruction stream with what it does. */
export interface StreamFacts {
  readonly stream: InstructionStream;
  readonly lifted: Lifted;
  readonly flow: DataFlow;
}

export interface XclbinFacts {
  readonly name: string;
  readonly xclbin: Xclbin;
  /** The kernel the host asks for, or the only one; undefined where neither is told. */
  readonly kernel: XclbinKernel | undefined;
}

/** A device configuration and the array it makes. */
export interface PdiFacts {
  readonly name: string;
  readonly pdi: Pdi;
  readonly config: ArrayConfig;
}

/** What all rules look at, read once. */
export interface Facts {
  readonly artifacts: Artifacts;
  readonly files: readonly Opened<unknown>[];
  readonly instructions: StreamFacts | undefined;
  readonly xclbin: XclbinFacts | undefined;
  /** The PDIs of the xclbin, then the one beside it. */
  readonly pdis: readonly PdiFacts[];
  readonly call: HostCall;
  readonly device: DeviceShape | undefined;
}

/** Reads the artifacts; a file that cannot be read is a fact, not an exception. */
export function gather(artifacts: Artifacts): Facts {
  const { instructions, xclbin, pdi, call = {}, device } = artifacts;
  const stream =
    instructions === undefined || instructions === 'missing'
      ? undefined
      : open(instructions, readInstructions);
  const container = xclbin === undefined ? undefined : open(xclbin, readXclbin);
  const inside = embedded(container);
  // The PDI beside the xclbin usually is the one in it, and then is looked at once.
  const beside = pdi !== undefined && !inside.some(({ bytes }) => sameBytes(bytes, pdi.bytes)) ? [pdi] : [];
  const pdis = [...inside, ...beside].map((file) => open(file, readPdi));
  return {
    artifacts,
    files: [stream, container, ...pdis].filter((file) => file !== undefined),
    instructions: stream?.content === undefined ? undefined : streamFacts(stream.content),
    xclbin:
      container?.content === undefined
        ? undefined
        : {
            name: container.name,
            xclbin: container.content,
            kernel: chosenKernel(container.content, call.kernel),
          },
    pdis: pdis.flatMap(({ name, content }) =>
      content === undefined ? [] : [{ name, pdi: content, config: configOf(content) }],
    ),
    call,
    device,
  };
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function embedded(container: Opened<Xclbin> | undefined): NamedBytes[] {
  const images = container?.content?.partitions.flatMap(({ pdis }) => pdis) ?? [];
  return images.map(({ image }, index) => ({ name: `${container!.name}: PDI ${index}`, bytes: image }));
}

const configOf = ({ images }: Pdi): ArrayConfig =>
  liftArray(images.flatMap(({ partitions }) => partitions).flatMap(({ cdo }) => cdo.commands));

function open<T>({ bytes, name }: NamedBytes, read: (bytes: Uint8Array, name: string) => T): Opened<T> {
  try {
    return { name, content: read(bytes, name), error: undefined };
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    return { name, content: undefined, error: thrown };
  }
}

function streamFacts(stream: InstructionStream): StreamFacts {
  const lifted = lift(stream);
  return { stream, lifted, flow: dataFlow(stream, lifted) };
}

/** XRT takes `kernel` as well as `kernel:instance`. */
export const kernelPart = (name: string): string => name.split(':')[0]!;

function chosenKernel({ kernels = [] }: Xclbin, name: string | undefined): XclbinKernel | undefined {
  if (name !== undefined) return kernels.find((kernel) => kernel.name === kernelPart(name));
  return kernels.length === 1 ? kernels[0] : undefined;
}
