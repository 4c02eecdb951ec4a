/** The ELF header; numbers are those of the System V ABI. */
export interface ElfHeader {
  readonly osAbi: number;
  readonly abiVersion: number;
  readonly type: number;
  readonly machine: number;
  readonly entry: number;
  readonly flags: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  /** Offset in the file. */
  readonly offset: number;
  /** Bytes in memory; a section without bytes in the file (NOBITS) has a size all the same. */
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  readonly bytes: Uint8Array;
}

/** One program header and its bytes in the file. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly virtualAddress: number;
  readonly physicalAddress: number;
  readonly memorySize: number;
  readonly alignment: number;
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** 0 none, 1 object, 2 function, 3 section, 4 file. */
  readonly type: number;
  /** 0 local, 1 global, 2 weak. */
  readonly binding: number;
  /** Index of its section; 0 undefined, 0xfff1 absolute. */
  readonly section: number;
}
