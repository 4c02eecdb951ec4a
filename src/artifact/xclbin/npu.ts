import { createHash } from 'node:crypto';
import { ValueError } from '../../errors.ts';
import { encodeAiePartition } from './aie-partition.ts';
import { type Connection, encodeConnectivity } from './connectivity.ts';
import { encodeEmbeddedMetadata, type KernelArgument, type XclbinKernel } from './embedded-metadata.ts';
import { HEADER_BYTES, plainHeader, type XclbinHeader } from './header.ts';
import { encodeIpLayout, IP_PS_KERNEL } from './ip-layout.ts';
import { ALIGNMENT } from './layout.ts';
import { encodeMemTopology, MEM_TYPES, type MemoryBank } from './mem-topology.ts';
import { mirrorText } from './mirror.ts';
import { SECTION_HEADER_BYTES, type SectionKind, sectionNumber } from './sections.ts';
import { writeXclbin } from './write.ts';

/** One argument of an NPU kernel's call. */
export interface NpuArgument {
  readonly name: string;
  /** A C type; one that ends in `*` is a buffer. */
  readonly type: string;
  /** The bank of a buffer: `SRAM` for the instructions, `HOST` (the default) for data. */
  readonly memory?: 'HOST' | 'SRAM';
}

export interface NpuXclbinOptions {
  /** Default `MLIR_AIE`, as mlir-aie names it. */
  readonly kernelName?: string;
  /** Default `MLIRAIE`. */
  readonly instanceName?: string;
  /** Default {@link npuArguments} with five buffers, as mlir-aie declares whatever the kernel needs. */
  readonly args?: readonly NpuArgument[];
  /** Columns of the array that the kernel takes. */
  readonly columns: number;
  /** Physical columns it may start at; default [0]. */
  readonly startColumns?: readonly number[];
  /** The device configuration, a PDI file. */
  readonly pdi: Uint8Array;
  /** Default: from the PDI's content. */
  readonly pdiUuid?: string;
  /** 12 bits; default 0x901. */
  readonly dpuKernelId?: number;
  /** Default: from the content of all sections. */
  readonly uuid?: string;
  /** Unix seconds; default 0, so that the same input gives the same file. */
  readonly timeStamp?: number;
}

/** The call of a kernel built by mlir-aie (FORMATS.md 1.4): opcode, instructions, their count, then the buffers. */
export const npuArguments = (buffers = 5): NpuArgument[] => [
  { name: 'opcode', type: 'uint64_t' },
  { name: 'instr', type: 'char *', memory: 'SRAM' },
  { name: 'ninstr', type: 'uint32_t' },
  ...Array.from({ length: buffers }, (_, i): NpuArgument => ({ name: `bo${i}`, type: 'void*' })),
];

/** The two banks of mlir-aie's main_mem_topology.json (FORMATS.md 1.4). */
const BANKS: readonly MemoryBank[] = (
  [
    ['HOST', 0x1_0000],
    ['SRAM', 0xc000],
  ] as const
).map(([tag, sizeKB]) => ({
  type: MEM_TYPES.indexOf('MEM_DRAM'),
  used: 1,
  sizeKB,
  baseAddress: '0x4000000',
  tag,
}));

/** Sizes of the types that xclbinutil knows (KernelUtilities.cxx), pointers aside, in bytes. */
const SCALAR_BYTES: ReadonlyMap<string, number> = new Map([
  ['char', 1],
  ['unsigned char', 1],
  ['int8_t', 1],
  ['uint8_t', 1],
  ['int16_t', 2],
  ['uint16_t', 2],
  ['float', 4],
  ['int32_t', 4],
  ['uint32_t', 4],
  ['int64_t', 8],
  ['uint64_t', 8],
]);
const POINTER_BYTES = 8;

/**
 * Builds the xclbin of an NPU kernel with one PDI: the sections, their order, names and constants are those that
 * mlir-aie and xclbinutil 2.25 make together (FORMATS.md 1.5, 2), mirror included. The same input gives the same bytes.
 * Throws {@link ValueError} where a value does not fit or an argument's type is unknown.
 */
export function buildNpuXclbin(options: NpuXclbinOptions): Uint8Array {
  const { kernelName = 'MLIR_AIE', instanceName = 'MLIRAIE', dpuKernelId = 0x901 } = options;
  const { args = npuArguments(), pdi } = options;
  if (!Number.isInteger(dpuKernelId) || dpuKernelId < 0 || dpuKernelId > 0xfff) {
    throw new ValueError(`dpuKernelId is ${dpuKernelId}, which does not fit: 12 bits`);
  }
  const kernel: XclbinKernel = {
    name: kernelName,
    language: 'c',
    type: 'dpu',
    dpu: { subtype: 1, functional: 0, kernelId: dpuKernelId },
    args: registerMap(args),
    instances: [instanceName],
  };
  const connectivity = args.flatMap(({ type, memory = 'HOST' }, argIndex): Connection[] => {
    const memDataIndex = BANKS.findIndex(({ tag }) => tag === memory);
    return isPointer(type) ? [{ argIndex, ipLayoutIndex: 0, memDataIndex }] : [];
  });
  const content = {
    memTopology: BANKS,
    groupTopology: BANKS,
    connectivity,
    // xclbinutil lists the groups, then the connections again; with one bank an argument both are the same.
    groupConnectivity: [...connectivity, ...connectivity],
    ipLayout: [
      {
        type: IP_PS_KERNEL,
        properties: 1 | (dpuKernelId << 16),
        baseAddress: '0xffffffffffffffff',
        name: `${kernelName}:${instanceName}`,
      } as const,
    ],
  };
  const partition = encodeAiePartition({
    schemaVersion: 0,
    name: '',
    // The three constants stand in every aie_partition.json that mlir-aie writes.
    operationsPerCycle: 2048,
    inferenceFingerprint: '0x5b7f',
    prePostFingerprint: '0x3039',
    columnWidth: options.columns,
    startColumns: options.startColumns ?? [0],
    kernelCommitId: '',
    pdis: [
      {
        uuid: options.pdiUuid ?? derivedUuid([pdi]),
        image: pdi,
        cdoGroups: [{ name: 'DPU', type: 1, pdiId: 1, dpuKernelIds: [dpuKernelId], preCdoGroups: [0xc1] }],
      },
    ],
  });
  const sections = laidOut([
    // The names are the stems of mlir-aie's JSON files, cut to 15 characters.
    ['MEM_TOPOLOGY', 'main_mem_topolo', encodeMemTopology(BANKS)],
    ['AIE_PARTITION', 'main_aie_partit', partition],
    ['EMBEDDED_METADATA', '', encodeEmbeddedMetadata([kernel])],
    ['IP_LAYOUT', '', encodeIpLayout(content.ipLayout)],
    ['CONNECTIVITY', '', encodeConnectivity(connectivity)],
    ['GROUP_CONNECTIVITY', '', encodeConnectivity(content.groupConnectivity)],
    ['GROUP_TOPOLOGY', '', encodeMemTopology(BANKS)],
  ]);
  const timeStamp = options.timeStamp ?? 0;
  const header: XclbinHeader = {
    ...plainHeader(),
    uniqueId: `0x${timeStamp.toString(16)}`,
    timeStamp,
    // The version of xclbinutil whose files these are.
    version: { major: 2, minor: 25, patch: 0 },
    uuid: options.uuid ?? derivedUuid(sections.map(({ bytes }) => bytes)),
  };
  return writeXclbin({ header, sections, mirror: { text: mirrorText(header, sections, content) } });
}

const isPointer = (type: string): boolean => type.endsWith('*');

/** The arguments one behind the other without padding, as the firmware expects them (FORMATS.md 1.4). */
function registerMap(args: readonly NpuArgument[]): KernelArgument[] {
  let offset = 0;
  return args.map(({ name, type }, id) => {
    const size = isPointer(type) ? POINTER_BYTES : SCALAR_BYTES.get(type);
    if (size === undefined) {
      throw new ValueError(
        `argument '${name}' has the type '${type}', whose size is unknown`,
        `a pointer such as 'void*', or one of ${[...SCALAR_BYTES.keys()].join(', ')}`,
      );
    }
    const argument: KernelArgument = {
      id,
      name,
      qualifier: isPointer(type) ? 'GLOBAL' : 'SCALAR',
      type,
      offset,
      size,
    };
    offset += size;
    return argument;
  });
}

/** Sections with the offsets that the writer gives them; the mirror states them. */
function laidOut(parts: readonly (readonly [SectionKind, string, Uint8Array])[]) {
  let end = HEADER_BYTES + parts.length * SECTION_HEADER_BYTES;
  return parts.map(([kind, name, bytes]) => {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = offset + bytes.length;
    return { kind: sectionNumber(kind), name, offset, bytes };
  });
}

/** A uuid that follows from content: version 8 of RFC 9562 over its SHA-256. */
function derivedUuid(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const hex = hash.digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
