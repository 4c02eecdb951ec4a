/**
 * Command codes of a CDO (configuration data object): low 16 bits of a command's first word (FORMATS 3.2; the
 * names are bootgen's). Codes without a decoded form below are kept as `OTHER` with their name.
 */
export const cdoCodes = {
  END: 0x100,
  MASK_POLL: 0x101,
  MASK_WRITE: 0x102,
  WRITE: 0x103,
  DELAY: 0x104,
  DMA_WRITE: 0x105,
  MASK_POLL64: 0x106,
  MASK_WRITE64: 0x107,
  WRITE64: 0x108,
  DMA_XFER: 0x109,
  NOP: 0x111,
  MARKER: 0x119,
} as const;

/** `value` replaces the bits of the register that `mask` has set. */
export interface MaskWrite {
  readonly op: 'MASK_WRITE';
  readonly address: number;
  readonly mask: number;
  readonly value: number;
}

export interface Write {
  readonly op: 'WRITE';
  readonly address: number;
  readonly value: number;
}

/** MASK_WRITE whose address has an upper word as well; 0 for every tile of an NPU. */
export interface MaskWrite64 {
  readonly op: 'MASK_WRITE64';
  readonly addressHigh: number;
  readonly address: number;
  readonly mask: number;
  readonly value: number;
}

export interface Write64 {
  readonly op: 'WRITE64';
  readonly addressHigh: number;
  readonly address: number;
  readonly value: number;
}

/** A block of consecutive words: a program, data, or a buffer descriptor. */
export interface DmaWrite {
  readonly op: 'DMA_WRITE';
  readonly addressHigh: number;
  readonly address: number;
  readonly data: Uint8Array;
  /** The length in bytes that the file states, where the file ends before it (AMD's transformed PDIs, FORMATS 3.5). */
  readonly declaredLength?: number;
  /** Transformed form only: the flag of a block of zeros for data memory. The zeros are stored all the same. */
  readonly zeroFlag?: true;
}

/** Nothing, or padding that brings the next block to a multiple of 16 bytes. */
export interface Nop {
  readonly op: 'NOP';
  readonly filler: Uint8Array;
}

/** A command tilecheck does not decode. `code` has every bit of the first word but the count's. */
export interface OtherCommand {
  readonly op: 'OTHER';
  readonly code: number;
  /** Its name where one is known from {@link cdoCodes}. */
  readonly name?: string;
  /** Arguments as they stand in the file. In the transformed form: all that follows the code in the command zone. */
  readonly args: Uint8Array;
}

/** `longForm`: the count stands in a word of its own although it would fit the first word. */
export type CdoCommand = (MaskWrite | Write | MaskWrite64 | Write64 | DmaWrite | Nop | OtherCommand) & {
  readonly longForm?: true;
};

/** A command and the byte in the file at which it starts. */
export type PlacedCommand = CdoCommand & { readonly offset: number };

const namesByCode: ReadonlyMap<number, string> = new Map(
  Object.entries(cdoCodes).map(([name, code]) => [code, name]),
);

/** The name of a command code, `undefined` when it is not in {@link cdoCodes}. */
export function cdoCodeName(code: number): string | undefined {
  return namesByCode.get(code);
}

/** An undecoded command, named where its code is known. */
export function otherCommand(code: number, args: Uint8Array): OtherCommand {
  const name = cdoCodeName(code);
  return name === undefined ? { op: 'OTHER', code, args } : { op: 'OTHER', code, name, args };
}
