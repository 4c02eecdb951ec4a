import type { ErtCmdState } from './state.ts';

/**
 * The device contract. Buffers cross it as bytes: dtype and shape belong to the spec, and a buffer object of XRT is
 * bytes too. Everything here is plain data that survives `structuredClone`, because devices live in a process of
 * their own.
 */

export type DeviceKind = 'xrt' | 'emulator' | 'replay';

/** Who ran it; printed with every verdict, so that an emulated run is never taken for a run on hardware. */
export interface DeviceInfo {
  readonly kind: DeviceKind;
  /** For people, e.g. `functional emulator (WebAssembly)`; names an injected fault where there is one. */
  readonly name: string;
  /** Why this device and not another, where `auto` chose it. */
  readonly note?: string;
}

export type BufferDirection = 'in' | 'out';

/** One data buffer of a kernel as its DMA programs expect it. */
export interface BufferLayout {
  readonly name: string;
  readonly direction: BufferDirection;
  /** Bytes over all cores. */
  readonly bytes: number;
}

/** What the functional emulator needs of a kernel: the core program's C source and the tile it runs in. */
export interface CoreProgram {
  /** Absolute path of the C11 source. */
  readonly source: string;
  /** Function called once a run on each core, with one pointer for each data buffer in argument order. */
  readonly entry: string;
  /** Cores that run the program side by side; each sees its equal, contiguous share of every buffer. */
  readonly cores: number;
  /** Stack in bytes (mlir-aie's default is 1,024). */
  readonly stackSize: number;
  /** Copies of each buffer in tile memory: 2 for the usual ping-pong of an objectFifo of depth 2. */
  readonly bufferDepth: number;
}

/** A kernel as a device loads it. */
export interface KernelArtifact {
  readonly name: string;
  readonly core: CoreProgram;
  /** Data buffers in argument order, from argument index 3. */
  readonly buffers: readonly BufferLayout[];
}

/**
 * Arguments by position, as XRT numbers them: 0 the opcode (3 = TXN), 1 the instruction buffer, 2 the instruction
 * count in 32-bit words, 3 and on the data buffers. `buffer.bytes` is the content before the run, outputs included.
 */
export type KernelArg =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'instructions'; readonly words: Uint32Array<ArrayBuffer> }
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array<ArrayBuffer> };

export interface RunOptions {
  /** Time limit of the command; past it the state is TIMEOUT. Default 10,000 ms. */
  readonly timeLimitMs?: number;
  /** Bytes of guard band before and after each buffer, filled with `guardFill` and checked after the run. Default 64. */
  readonly guardBytes?: number;
  /** Byte that fills the guard bands. Default 0xc3. */
  readonly guardFill?: number;
}

export interface RunTiming {
  /** Wall-clock time of the command on the device. Only of an `xrt` device does it say anything about the NPU. */
  readonly runMs: number;
}

/** Something seen during a run that no comparison of outputs can see. `code` is stable. */
export interface Finding {
  /** `STACK_OVERFLOW`, `GUARD_OVERWRITTEN`, `OUT_OF_BOUNDS`, `STACK_HIGH_WATER` ... */
  readonly code: string;
  readonly severity: 'error' | 'info';
  /** What was seen, with numbers and units. */
  readonly evidence: string;
  /** What to do about it. */
  readonly fix?: string;
}

export interface RunResult {
  readonly state: ErtCmdState;
  /** Content of every data buffer after the run, inputs included, in argument order. */
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
  readonly timing: RunTiming;
  readonly findings: readonly Finding[];
  /** What the device said; when the state is not COMPLETED, the reason comes first. */
  readonly log: readonly string[];
}

export interface LoadedKernel {
  /** The instruction stream a host passes as argument 1. */
  readonly instructions: Uint32Array<ArrayBuffer>;
  /**
   * Runs one command. A command that fails is a result with its state, never an exception; an exception
   * ({@link DeviceProcessError}) means that the device process itself died or hung.
   */
  run(args: readonly KernelArg[], options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

export interface NpuDevice {
  readonly info: DeviceInfo;
  load(artifact: KernelArtifact): Promise<LoadedKernel>;
  close(): Promise<void>;
}

/** Opcode that starts a TXN instruction stream on XDNA. */
export const OPCODE_TXN = 3;

/** The arguments of a well-formed XDNA kernel call: `(3, instructions, word count, data buffers...)`. */
export function kernelCall(
  instructions: Uint32Array<ArrayBuffer>,
  buffers: readonly Uint8Array<ArrayBuffer>[],
): KernelArg[] {
  return [
    { kind: 'scalar', value: OPCODE_TXN },
    { kind: 'instructions', words: instructions },
    { kind: 'scalar', value: instructions.length },
    ...buffers.map((bytes): KernelArg => ({ kind: 'buffer', bytes })),
  ];
}
