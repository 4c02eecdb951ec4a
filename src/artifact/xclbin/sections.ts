/** Section kinds by number, named as in `axlf_section_kind` of XRT's xclbin.h; the two ASK_ prefixes are left off. */
export const SECTION_KINDS = [
  'BITSTREAM',
  'CLEARING_BITSTREAM',
  'EMBEDDED_METADATA',
  'FIRMWARE',
  'DEBUG_DATA',
  'SCHED_FIRMWARE',
  'MEM_TOPOLOGY',
  'CONNECTIVITY',
  'IP_LAYOUT',
  'DEBUG_IP_LAYOUT',
  'DESIGN_CHECK_POINT',
  'CLOCK_FREQ_TOPOLOGY',
  'MCS',
  'BMC',
  'BUILD_METADATA',
  'KEYVALUE_METADATA',
  'USER_METADATA',
  'DNA_CERTIFICATE',
  'PDI',
  'BITSTREAM_PARTIAL_PDI',
  'PARTITION_METADATA',
  'EMULATION_DATA',
  'SYSTEM_METADATA',
  'SOFT_KERNEL',
  'ASK_FLASH',
  'AIE_METADATA',
  'GROUP_TOPOLOGY',
  'GROUP_CONNECTIVITY',
  'SMARTNIC',
  'AIE_RESOURCES',
  'OVERLAY',
  'VENDER_METADATA',
  'AIE_PARTITION',
  'IP_METADATA',
  'AIE_RESOURCES_BIN',
  'AIE_TRACE_METADATA',
  'DTBO',
] as const;

export type SectionKind = (typeof SECTION_KINDS)[number];

/** The number of a section kind in the section header. */
export const sectionNumber = (kind: SectionKind): number => SECTION_KINDS.indexOf(kind);

/** One section: what its header says and its bytes as they are, whether or not we understand them. */
export interface XclbinSection {
  /** The number in the section header. */
  readonly kind: number;
  /** Its name; undefined for a kind that XRT 2.25 does not know. */
  readonly kindName: SectionKind | undefined;
  /** Name given by who added the section, at most 15 characters; often empty. */
  readonly name: string;
  /** Offset in the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Bytes of one section header (FORMATS.md 1.1). */
export const SECTION_HEADER_BYTES = 40;
