import { ByteWriter } from '../../tensor/byte-writer.ts';
import type { ByteReader } from '../../tensor/bytes.ts';
import { checkTable, fixedString, fromHex64, type Hex64, toHex64 } from './fields.ts';

/** Memory types by number, `MEM_TYPE` of XRT's xclbin.h. */
export const MEM_TYPES = [
  'MEM_DDR3',
  'MEM_DDR4',
  'MEM_DRAM',
  'MEM_STREAMING',
  'MEM_PREALLOCATED_GLOB',
  'MEM_ARE',
  'MEM_HBM',
  'MEM_BRAM',
  'MEM_URAM',
  'MEM_STREAMING_CONNECTION',
  'MEM_HOST',
  'MEM_PS_KERNEL',
] as const;

/** One memory bank of MEM_TOPOLOGY or GROUP_TOPOLOGY, `mem_data` of xclbin.h; a buffer's group is an index of these. */
export interface MemoryBank {
  /** Index into {@link MEM_TYPES}; NPU files use 2 (DRAM). */
  readonly type: number;
  /** 0 where the bank is not present. */
  readonly used: number;
  readonly sizeKB: number;
  readonly baseAddress: Hex64;
  /** `HOST` for data and `SRAM` for instructions in NPU files. */
  readonly tag: string;
}

/** Bytes of a `mem_data` (FORMATS.md 1.4), and where the first one stands. */
const BANK_BYTES = 40;
const BANKS_AT = 8;
const TAG_BYTES = 16;

/** Reads MEM_TOPOLOGY or GROUP_TOPOLOGY (FORMATS.md 1.4). */
export function readMemTopology(reader: ByteReader): MemoryBank[] {
  const count = reader.i32('the number of memory banks');
  reader.take(BANKS_AT - 4, 'padding');
  checkTable(reader, count, BANK_BYTES, 'memory banks');
  return Array.from({ length: count }, () => {
    const type = reader.u8();
    const used = reader.u8();
    reader.take(6);
    const sizeKB = reader.size64('the size of a memory bank');
    const baseAddress = toHex64(reader.u64());
    return {
      type,
      used,
      sizeKB,
      baseAddress,
      tag: fixedString(reader, TAG_BYTES, 'the tag of a memory bank'),
    };
  });
}

/** The bytes of MEM_TOPOLOGY or GROUP_TOPOLOGY. */
export function encodeMemTopology(banks: readonly MemoryBank[]): Uint8Array {
  const writer = new ByteWriter();
  writer.i32(banks.length, 'the number of memory banks');
  writer.align(BANKS_AT);
  for (const bank of banks) {
    writer.u8(bank.type, 'type');
    writer.u8(bank.used, 'used');
    writer.fill(6);
    writer.u64(bank.sizeKB, 'sizeKB');
    writer.u64(fromHex64(bank.baseAddress, 'baseAddress'), 'baseAddress');
    writer.fixedString(bank.tag, TAG_BYTES, 'tag');
  }
  return writer.finish();
}
