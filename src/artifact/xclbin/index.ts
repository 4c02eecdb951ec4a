export {
  type AiePartition,
  CDO_TYPES,
  type CdoGroup,
  encodeAiePartition,
  type PartitionPdi,
} from './aie-partition.ts';
export { type Connection, encodeConnectivity } from './connectivity.ts';
export {
  type AddressQualifier,
  encodeEmbeddedMetadata,
  type KernelArgument,
  type XclbinKernel,
} from './embedded-metadata.ts';
export type { Hex64 } from './fields.ts';
export type { XclbinHeader } from './header.ts';
export {
  type ComputeUnit,
  type DpuProperties,
  dpuProperties,
  encodeIpLayout,
  IP_PS_KERNEL,
  IP_TYPES,
} from './ip-layout.ts';
export type { LooseBytes } from './layout.ts';
export { encodeMemTopology, MEM_TYPES, type MemoryBank } from './mem-topology.ts';
export { memoryGroup } from './memory-group.ts';
export type { Mirror } from './mirror.ts';
export { buildNpuXclbin, type NpuArgument, type NpuXclbinOptions, npuArguments } from './npu.ts';
export { findSection, parseBuildMetadata, readXclbin, type Xclbin } from './read.ts';
export { SECTION_KINDS, type SectionKind, sectionNumber, type XclbinSection } from './sections.ts';
export { writeXclbin, type XclbinDescription } from './write.ts';
