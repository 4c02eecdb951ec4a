import { ByteWriter } from '../../tensor/byte-writer.ts';
import type { ByteReader } from '../../tensor/bytes.ts';
import { checkTable, fixedString, fromHex64, type Hex64, toHex64 } from './fields.ts';

/** Types by number, `IP_TYPE` of XRT's xclbin.h. */
export const IP_TYPES = [
  'IP_MB',
  'IP_KERNEL',
  'IP_DNASC',
  'IP_DDR4_CONTROLLER',
  'IP_MEM_DDR4',
  'IP_MEM_HBM',
  'IP_MEM_HBM_ECC',
  'IP_PS_KERNEL',
] as const;

/** IP_PS_KERNEL: what an NPU kernel's compute unit is. */
export const IP_PS_KERNEL = IP_TYPES.indexOf('IP_PS_KERNEL');

/** One entry of IP_LAYOUT, `ip_data` of xclbin.h. */
export interface ComputeUnit {
  /** Index into {@link IP_TYPES}; NPU files use 7. */
  readonly type: number;
  /** 32 bits whose meaning depends on the type; {@link dpuProperties} splits those of an NPU kernel. */
  readonly properties: number;
  /** All ones where it is not used. */
  readonly baseAddress: Hex64;
  /** `kernel:instance`. */
  readonly name: string;
}

/** The properties of an IP_PS_KERNEL entry. */
export interface DpuProperties {
  /** 0 PS, 1 DPU. */
  readonly subtype: number;
  /** 0 DPU, 1 pre- or post-processing. */
  readonly functional: number;
  /** 12 bits; the kernel's `dpu_kernel_id`, by which the driver finds the PDI. */
  readonly kernelId: number;
}

/** Bytes of an `ip_data` (FORMATS.md 1.4), and where the first one stands. */
const UNIT_BYTES = 80;
const UNITS_AT = 8;
const NAME_BYTES = 64;

/** Splits `ComputeUnit.properties` of type 7: bits 1:0, 5:4 and 27:16 (FORMATS.md 1.4). */
export function dpuProperties(properties: number): DpuProperties {
  return {
    subtype: properties & 3,
    functional: (properties >>> 4) & 3,
    kernelId: (properties >>> 16) & 0xfff,
  };
}

/** Reads IP_LAYOUT (FORMATS.md 1.4). */
export function readIpLayout(reader: ByteReader): ComputeUnit[] {
  const count = reader.i32('the number of compute units');
  reader.take(UNITS_AT - 4, 'padding');
  checkTable(reader, count, UNIT_BYTES, 'compute units');
  return Array.from({ length: count }, () => ({
    type: reader.u32(),
    properties: reader.u32(),
    baseAddress: toHex64(reader.u64()),
    name: fixedString(reader, NAME_BYTES, 'the name of a compute unit'),
  }));
}

/** The bytes of IP_LAYOUT. */
export function encodeIpLayout(units: readonly ComputeUnit[]): Uint8Array {
  const writer = new ByteWriter();
  writer.i32(units.length, 'the number of compute units');
  writer.align(UNITS_AT);
  for (const unit of units) {
    writer.u32(unit.type, 'type');
    writer.u32(unit.properties, 'properties');
    writer.u64(fromHex64(unit.baseAddress, 'baseAddress'), 'baseAddress');
    writer.fixedString(unit.name, NAME_BYTES, 'name');
  }
  return writer.finish();
}
