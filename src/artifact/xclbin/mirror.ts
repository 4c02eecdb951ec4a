import type { Connection } from './connectivity.ts';
import { fromHex64 } from './fields.ts';
import type { XclbinHeader } from './header.ts';
import { type ComputeUnit, dpuProperties, IP_TYPES } from './ip-layout.ts';
import { MEM_TYPES, type MemoryBank } from './mem-topology.ts';
import type { XclbinSection } from './sections.ts';

/** The copy of header and small sections as JSON that xclbinutil puts behind the last section. */
export interface Mirror {
  /** Offset of its start mark in the file. */
  readonly offset: number;
  /**
   * The JSON text between the marks. Its `section_header` key occurs once a section, so that `JSON.parse` keeps only
   * the last; nothing that runs a kernel reads it.
   */
  readonly text: string;
}

const START = new TextEncoder().encode('XCLBIN_MIRROR_DATA_START');
const END = new TextEncoder().encode('XCLBIN_MIRROR_DATA_END');

/** The mirror that starts at or behind `from`, and its bytes in the file with both marks; undefined without both. */
export function findMirror(
  bytes: Uint8Array,
  from: number,
): (Mirror & { readonly size: number }) | undefined {
  const offset = find(bytes, START, from);
  if (offset < 0) return undefined;
  const textAt = offset + START.length;
  const end = find(bytes, END, textAt);
  if (end < 0) return undefined;
  // Not fatal: the mirror is a copy, and its damage must not hide the original.
  const text = new TextDecoder('latin1').decode(bytes.subarray(textAt, end));
  return { offset, text, size: end + END.length - offset };
}

/** The bytes of a mirror with its marks. */
export function encodeMirror(text: string): Uint8Array {
  const body = Uint8Array.from(text, (character) => byteOf(character));
  const bytes = new Uint8Array(START.length + body.length + END.length);
  bytes.set(START);
  bytes.set(body, START.length);
  bytes.set(END, START.length + body.length);
  return bytes;
}

/** Windows-1252 is what `latin1` means to TextDecoder; its upper half does not equal the code points. */
const fromByte = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('latin1').decode(Uint8Array.of(byte)), byte]),
);
const byteOf = (character: string): number => fromByte.get(character) ?? 0x3f;

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return at;
  }
  return -1;
}

/** What a mirror shows of the sections besides their headers. */
export interface MirroredContent {
  readonly memTopology: readonly MemoryBank[];
  readonly groupTopology: readonly MemoryBank[];
  readonly connectivity: readonly Connection[];
  readonly groupConnectivity: readonly Connection[];
  readonly ipLayout: readonly ComputeUnit[];
}

/** JSON whose objects may repeat a key, as boost::property_tree writes it: every leaf is text. */
type Json = string | readonly Json[] | { readonly pairs: readonly (readonly [string, Json])[] };
const object = (...pairs: (readonly [string, Json])[]): Json => ({ pairs });

/** The mirror that xclbinutil 2.25 writes for an NPU xclbin, character for character. */
export function mirrorText(
  header: XclbinHeader,
  sections: readonly Omit<XclbinSection, 'kindName'>[],
  content: MirroredContent,
): string {
  const payloads = new Map<number, Json>([
    [6, object(['mem_topology', topology(content.memTopology)])],
    [7, object(['connectivity', connectivity(content.connectivity)])],
    [8, object(['ip_layout', ipLayout(content.ipLayout)])],
    [26, object(['group_topology', topology(content.groupTopology)])],
    [27, object(['group_connectivity', connectivity(content.groupConnectivity)])],
  ]);
  const sectionHeaders = sections.map((section): [string, Json] => {
    const payload = payloads.get(section.kind);
    return [
      'section_header',
      object(
        ['Kind', `${section.kind}`],
        ['Name', section.name],
        ['Offset', hex(section.offset)],
        ['Size', hex(section.bytes.length)],
        ...(payload === undefined ? [] : [['payload', payload] as const]),
      ),
    ];
  });
  const text = render(
    object(
      ['schema_version', object(['major', '1'], ['minor', '0'], ['patch', '0'])],
      ['header', mirroredHeader(header)],
      ...sectionHeaders,
    ),
  );
  return `${text}\n`;
}

function mirroredHeader(header: XclbinHeader): Json {
  const { major, minor, patch } = header.version;
  return object(
    ['Magic', 'xclbin2'],
    ['SignatureLength', littleEndian(BigInt.asUintN(32, BigInt(header.signatureLength)), 4)],
    ['KeyBlock', hexBytes(header.keyBlock)],
    ['UniqueID', littleEndian(fromHex64(header.uniqueId, 'uniqueId'), 8)],
    ['TimeStamp', `${header.timeStamp}`],
    ['FeatureRomTimeStamp', `${header.featureRomTimeStamp}`],
    // The tool prints the two version bytes as characters.
    ['Version', `${String.fromCharCode(major)}.${String.fromCharCode(minor)}.${patch}`],
    ['Mode', `${header.mode}`],
    ['InterfaceUUID', header.interfaceUuid.replaceAll('-', '')],
    ['PlatformVBNV', header.platformVbnv],
    ['XclBinUUID', header.uuid.replaceAll('-', '')],
    ['DebugBin', header.debugBin],
  );
}

const topology = (banks: readonly MemoryBank[]): Json =>
  object(
    ['m_count', `${banks.length}`],
    [
      'm_mem_data',
      banks.map((bank) =>
        object(
          ['m_type', MEM_TYPES[bank.type] ?? `UNKNOWN (${bank.type})`],
          ['m_used', `${bank.used}`],
          ['m_sizeKB', hex(bank.sizeKB)],
          ['m_tag', bank.tag],
          ['m_base_address', bank.baseAddress],
        ),
      ),
    ],
  );

const connectivity = (connections: readonly Connection[]): Json =>
  object(
    ['m_count', `${connections.length}`],
    [
      'm_connection',
      connections.map((connection) =>
        object(
          ['arg_index', `${connection.argIndex}`],
          ['m_ip_layout_index', `${connection.ipLayoutIndex}`],
          ['mem_data_index', `${connection.memDataIndex}`],
        ),
      ),
    ],
  );

const ipLayout = (units: readonly ComputeUnit[]): Json =>
  object(
    ['m_count', `${units.length}`],
    [
      'm_ip_data',
      units.map((unit) => {
        const { subtype, functional, kernelId } = dpuProperties(unit.properties);
        return object(
          ['m_type', IP_TYPES[unit.type] ?? `UNKNOWN (${unit.type})`],
          ['m_subtype', subtype === 1 ? 'DPU' : 'PS'],
          ['m_functional', functional === 0 ? 'DPU' : 'PrePost'],
          ['m_kernel_id', hex(kernelId)],
          ['m_base_address', unit.baseAddress === '0xffffffffffffffff' ? 'not_used' : unit.baseAddress],
          ['m_name', unit.name],
        );
      }),
    ],
  );

const hex = (value: number): string => `0x${value.toString(16)}`;
const hexBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const littleEndian = (value: bigint, bytes: number): string =>
  hexBytes(Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)));

function render(value: Json): string {
  if (typeof value === 'string') return quote(value);
  if ('pairs' in value) {
    return `{${value.pairs.map(([key, entry]) => `${quote(key)}:${render(entry)}`).join(',')}}`;
  }
  return `[${value.map(render).join(',')}]`;
}

/** A JSON string as boost::property_tree writes it: `/` is escaped, hex digits are capitals. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\\(u[0-9a-f]{4}|.)|\//g, (found, escaped?: string) => {
    if (escaped === undefined) return '\\/';
    return escaped.startsWith('u') ? `\\u${escaped.slice(1).toUpperCase()}` : found;
  });
}
