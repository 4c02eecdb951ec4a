import { type ArrayConfig, buildArray, describeArray } from '../../array/index.ts';
import { type CdoCommand, writePdi } from '../../pdi/index.ts';
import { type BuildTxnOptions, buildTxn, type Instruction, memcpyNd, wait } from '../../txn/index.ts';
import { buildNpuXclbin, type NpuXclbinOptions } from '../../xclbin/index.ts';
import type { Artifacts, HostCall, NamedBytes } from '../artifacts.ts';
import { devices } from '../artifacts.ts';

/** An instruction file of these operations. */
export const stream = (instructions: readonly Instruction[], options: BuildTxnOptions = {}): NamedBytes => ({
  name: 'insts.bin',
  bytes: buildTxn(instructions, options),
});

/** A PDI of these commands. */
export const pdiOf = (commands: readonly CdoCommand[], idCode?: number): NamedBytes => ({
  name: 'main.pdi',
  bytes: writePdi({
    ...(idCode === undefined ? {} : { idCode }),
    images: [{ partitions: [{ cdo: { commands } }] }],
  }),
});

/** The array of cores that each take 64 bytes from the host and give 64 back. */
export const coresIn = (...columns: readonly number[]): ArrayConfig =>
  describeArray(
    columns.map((column) => ({
      column,
      program: new Uint8Array(64).fill(1),
      inputs: [{ bytes: 64, addresses: [0x400] }],
      outputs: [{ bytes: 64, addresses: [0x800] }],
    })),
  ).config;

export const pdi = (...columns: readonly number[]): NamedBytes => pdiOf(buildArray(coresIn(...columns)));

/** An xclbin, by default around one core in column 0. */
export const xclbin = (options: Partial<NpuXclbinOptions> = {}): NamedBytes => ({
  name: 'final.xclbin',
  bytes: buildNpuXclbin({ columns: 1, pdi: pdi(0).bytes, ...options }),
});

/** A read of argument 0. */
export const read = (bytes: number, more: Partial<Parameters<typeof memcpyNd>[0]> = {}): Instruction[] =>
  memcpyNd({ argument: 0, direction: 'MM2S', bd: 1, sizes: [bytes], ...more });

/** A write of argument 1 that reports its end. */
export const write = (bytes: number, more: Partial<Parameters<typeof memcpyNd>[0]> = {}): Instruction[] =>
  memcpyNd({ argument: 1, direction: 'S2MM', bd: 0, sizes: [bytes], issueToken: true, ...more });

export const finish = wait({ direction: 'S2MM' });

/** 64 bytes in, 64 bytes out. */
export const sound: readonly Instruction[] = [...read(64), ...write(64), finish];

export const soundStream = stream(sound);

export const soundCall: HostCall = {
  kernel: 'MLIR_AIE',
  opcode: 3,
  instructionCount: soundStream.bytes.length / 4,
  arguments: ['scalar', 'buffer', 'scalar', 'buffer', 'buffer'],
  bufferCount: 2,
  buffers: [
    { bytes: 64, direction: 'in', object: 'a', groupId: 0x10000 },
    { bytes: 64, direction: 'out', object: 'b', groupId: 0x10000 },
  ],
};

/** Everything known, nothing wrong. */
export const soundArtifacts: Artifacts = {
  instructions: soundStream,
  xclbin: xclbin(),
  call: soundCall,
  device: devices.npu1,
};
