/** A file's bytes, and what to call it in messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the host says of one data argument; anything may be unknown. */
export interface HostBuffer {
  /** Size of the buffer object in bytes. */
  readonly bytes?: number;
  /** What the kernel is meant to do with it. */
  readonly direction?: 'in' | 'out' | 'inout';
  /** Name of the buffer object: equal where one object is passed for two arguments. */
  readonly object?: string;
  /** What XRT's `kernel.group_id` gave for the allocation. */
  readonly groupId?: number;
}

/** What is known of the host's call `kernel(opcode, instructions, count, buffers...)`; anything may be unknown. */
export interface HostCall {
  /** Name of the kernel the host asks for. */
  readonly kernel?: string;
  readonly opcode?: number;
  /** The third argument, ninstr. */
  readonly instructionCount?: number;
  /** What the host passes, from the opcode on. */
  readonly arguments?: readonly ('scalar' | 'buffer')[];
  /** How many data buffers it passes. */
  readonly bufferCount?: number;
  /** The data buffers in order, 0 being the fourth argument of the call; may be fewer than `bufferCount`. */
  readonly buffers?: readonly HostBuffer[];
}

/** The device that is to run it. */
export interface DeviceShape {
  readonly name: string;
  /** Columns a context can use. */
  readonly columns: number;
  /** Rows with shim and memory tiles. */
  readonly rows: number;
  /** Byte 2 of a TXN header: 3 or 4. */
  readonly generation: number;
}

/** FORMATS.md 1.7, 4.2 and 6.1. */
export const devices = {
  npu1: { name: 'npu1 (Phoenix, Hawk Point)', columns: 4, rows: 6, generation: 3 },
  npu2: { name: 'npu2 (Strix, Krackan)', columns: 8, rows: 6, generation: 4 },
} as const satisfies Record<string, DeviceShape>;

/** What preflight looks at; every part may be left out, and rules that need it then say nothing. */
export interface Artifacts {
  /** `'missing'` where there should be an instruction file and is none. */
  readonly instructions?: NamedBytes | 'missing';
  readonly xclbin?: NamedBytes;
  /** A PDI beside the xclbin, or without one; the PDIs inside the xclbin are looked at anyway. */
  readonly pdi?: NamedBytes;
  readonly call?: HostCall;
  readonly device?: DeviceShape;
}
