/** Direction of a DMA channel: S2MM writes host memory, MM2S reads it. */
export type Direction = 'S2MM' | 'MM2S';

/** Writes one register. `address` is `column << 25 | row << 20 | offset`, columns counted from the partition's first. */
export interface Write {
  readonly kind: 'write';
  readonly address: number;
  readonly value: number;
}

/** Writes consecutive registers from `address`. */
export interface BlockWrite {
  readonly kind: 'blockwrite';
  readonly address: number;
  readonly words: Uint32Array;
}

/** register = (register & ~mask) | (value & mask). */
export interface MaskWrite {
  readonly kind: 'maskwrite';
  readonly address: number;
  readonly value: number;
  readonly mask: number;
}

/** Waits until (register & mask) equals value; the busy form belongs to opcode MASKPOLL_BUSY. */
export interface MaskPoll {
  readonly kind: 'maskpoll' | 'maskpollbusy';
  readonly address: number;
  readonly value: number;
  readonly mask: number;
}

/** DDR_PATCH: the address of data argument `argument` (0 = first buffer) plus `argumentOffset` bytes goes to `address`. */
export interface Patch {
  readonly kind: 'patch';
  readonly address: number;
  readonly argument: number;
  readonly argumentOffset: number;
}

/** TCT: waits for one task-complete token of a channel from each of `columns` x `rows` tiles. */
export interface Sync {
  readonly kind: 'sync';
  readonly direction: Direction;
  readonly column: number;
  readonly row: number;
  readonly channel: number;
  readonly columns: number;
  readonly rows: number;
}

/** Legacy WRITEBD_EXTEND_SHIMTILE: a shim buffer descriptor with its address patch in one operation. */
export interface ShimBdWrite {
  readonly kind: 'shimbd';
  readonly column: number;
  readonly columns: number;
  readonly columnIncrement: number;
  /** DDR id: 0 input, 1 parameter, 2 output, 3 intermediate, 4 second output, 5 control packet. */
  readonly argument: number;
  readonly bd: number;
  readonly argumentOffset: number;
  /** The eight words of the descriptor; word 1, the address, is 0 here because it comes from the argument. */
  readonly words: Uint32Array;
}

export interface Noop {
  readonly kind: 'noop';
}

/** Levels of xaie_txn.h: 0 NOOP, 1 MEM_TILE, 2 AIE_TILE, 3 AIE_REGISTERS. */
export interface Preempt {
  readonly kind: 'preempt';
  readonly level: number;
}

export interface LoadPdi {
  readonly kind: 'loadpdi';
  readonly pdi: number;
  readonly pdiBytes: number;
  readonly pdiAddress: number;
}

export interface LoadPmStart {
  readonly kind: 'loadpmstart';
  readonly loadSequenceCount: number;
  readonly pmLoadId: number;
}

export interface CreateScratchpad {
  readonly kind: 'createscratchpad';
  readonly usage: number;
  readonly scratchpadBytes: number;
  readonly scratchpadOffset: number;
}

export interface UpdateStateTable {
  readonly kind: 'updatestatetable';
  readonly stateTableIndex: number;
  readonly func: number;
  readonly funcArgument: number;
}

export interface UpdateRegister {
  readonly kind: 'updatereg';
  readonly stateTableIndex: number;
  readonly func: number;
  readonly funcArgument: number;
  readonly address: number;
}

export interface UpdateScratch {
  readonly kind: 'updatescratch';
}

/** An operation whose extent is known but whose meaning is not decoded; `bytes` hold it whole, opcode included. */
export interface Raw {
  readonly kind: 'raw';
  readonly opcode: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What one operation of an instruction stream says. */
export type Instruction =
  | Write
  | BlockWrite
  | MaskWrite
  | MaskPoll
  | Patch
  | Sync
  | ShimBdWrite
  | Noop
  | Preempt
  | LoadPdi
  | LoadPmStart
  | CreateScratchpad
  | UpdateStateTable
  | UpdateRegister
  | UpdateScratch
  | Raw;

/** Where an operation stands: its number, and its extent in bytes of the stream's binary form. */
export interface Placement {
  readonly index: number;
  readonly offset: number;
  readonly size: number;
}

export type Operation = Instruction & Placement;

export type TxnVersion = '0.1' | '1.0';

/** The 16-byte TXN header as the file has it (FORMATS.md 4.2); `opCount` and `totalBytes` are claims, not checked. */
export interface TxnHeader {
  readonly version: TxnVersion;
  /** 3 = Phoenix and Hawk Point (npu1), 4 = Strix and Krackan (npu2). */
  readonly generation: number;
  readonly rows: number;
  readonly columns: number;
  readonly memTileRows: number;
  readonly opCount: number;
  readonly totalBytes: number;
}

export type StreamProblemCode =
  | 'OP_COUNT'
  | 'TOTAL_BYTES'
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'UNKNOWN_OPCODE'
  | 'OP_SIZE'
  | 'FIELD_RANGE'
  | 'GENERATION'
  | 'NAME_SAYS_TEXT'
  | 'NAME_SAYS_BINARY'
  | 'PARTIAL_WORD';

/** Something about the stream that is not as its format demands; reading went on as far as it could. */
export interface StreamProblem {
  readonly code: StreamProblemCode;
  /** Byte offset in the binary form of the stream. */
  readonly offset: number;
  readonly message: string;
}

export interface InstructionStream {
  readonly name: string;
  readonly form: 'txn' | 'legacy';
  /** How the file spells its words: little-endian bytes, or hex digits a line. */
  readonly encoding: 'binary' | 'text';
  /** The TXN header; undefined for the legacy form. */
  readonly header: TxnHeader | undefined;
  /** The binary form of the whole stream, whatever the encoding of the file. */
  readonly bytes: Uint8Array;
  readonly operations: readonly Operation[];
  /** Offset from which on the bytes could not be decoded, or lie beyond the stream; `bytes.length` if none. */
  readonly restOffset: number;
  readonly problems: readonly StreamProblem[];
}
