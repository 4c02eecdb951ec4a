import { FormatError } from '../../errors.ts';
import { ByteReader } from '../../tensor/bytes.ts';
import { type AiePartition, readAiePartition } from './aie-partition.ts';
import { type Connection, readConnectivity } from './connectivity.ts';
import { readEmbeddedMetadata, type XclbinKernel } from './embedded-metadata.ts';
import { fixedString } from './fields.ts';
import { HEADER_BYTES, readHeader, type XclbinHeader } from './header.ts';
import { type ComputeUnit, readIpLayout } from './ip-layout.ts';
import { type Extent, type LooseBytes, looseBytes } from './layout.ts';
import { type MemoryBank, readMemTopology } from './mem-topology.ts';
import { findMirror, type Mirror } from './mirror.ts';
import {
  SECTION_HEADER_BYTES,
  SECTION_KINDS,
  type SectionKind,
  sectionNumber,
  type XclbinSection,
} from './sections.ts';

/**
 * An xclbin (AXLF container) as plain data. `header`, `sections`, `mirror`, `signature` and `loose` are the whole file;
 * the rest is what the sections of known kinds say, undefined where there is no such section. Where a kind occurs
 * twice the first one counts, as for XRT, except that all partitions are listed. Bytes share storage with the file.
 */
export interface Xclbin {
  readonly header: XclbinHeader;
  /** In the order of their headers. */
  readonly sections: readonly XclbinSection[];
  readonly mirror: Mirror | undefined;
  readonly signature: Uint8Array | undefined;
  readonly loose: readonly LooseBytes[];

  readonly memTopology: readonly MemoryBank[] | undefined;
  readonly groupTopology: readonly MemoryBank[] | undefined;
  readonly connectivity: readonly Connection[] | undefined;
  readonly groupConnectivity: readonly Connection[] | undefined;
  readonly ipLayout: readonly ComputeUnit[] | undefined;
  /** Kernels of EMBEDDED_METADATA. */
  readonly kernels: readonly XclbinKernel[] | undefined;
  readonly partitions: readonly AiePartition[];
  /** The JSON text of BUILD_METADATA; {@link parseBuildMetadata} reads it. */
  readonly buildMetadata: string | undefined;
}

/**
 * Reads an xclbin (FORMATS.md 1 and 2; XRT's xclbin.h).
 *
 * Throws {@link FormatError} naming file, section and offset where the file is empty, a Git LFS pointer, a web page,
 * truncated, or a section of a known kind contradicts itself. Sections of unknown kind are kept as bytes.
 *
 * @param name what to call the file in messages
 */
export function readXclbin(bytes: Uint8Array, name: string): Xclbin {
  const reader = new ByteReader(bytes, name);
  const { header, sectionCount } = readHeader(reader);
  const sections = readSections(reader, sectionCount);

  const headersEnd = HEADER_BYTES + sectionCount * SECTION_HEADER_BYTES;
  const sectionsEnd = sections.reduce(
    (end, { offset, bytes }) => Math.max(end, offset + bytes.length),
    headersEnd,
  );
  const signature = signatureOf(reader, header, sectionsEnd);
  const mirror = findMirror(bytes.subarray(0, bytes.length - (signature?.length ?? 0)), sectionsEnd);
  const extents: Extent[] = [
    { offset: 0, size: headersEnd, what: 'the headers' },
    ...sections.map((section, i) => ({
      offset: section.offset,
      size: section.bytes.length,
      what: `section ${i} (${section.kindName ?? section.kind})`,
    })),
  ];
  if (mirror !== undefined) extents.push({ ...mirror, what: 'the mirror' });
  if (signature !== undefined) {
    const size = signature.length;
    extents.push({ offset: bytes.length - size, size, what: 'the signature' });
  }
  const loose = looseBytes(bytes, extents, name);

  /** Reads the first section of a kind; one without bytes says as little as none. */
  const content = <T>(kind: SectionKind, read: (reader: ByteReader) => T): T | undefined => {
    const section = sections.find(({ kindName, bytes }) => kindName === kind && bytes.length > 0);
    return section && read(new ByteReader(section.bytes, `${name}: ${kind}`));
  };
  return {
    header,
    sections,
    mirror: mirror && { offset: mirror.offset, text: mirror.text },
    signature,
    loose,
    memTopology: content('MEM_TOPOLOGY', readMemTopology),
    groupTopology: content('GROUP_TOPOLOGY', readMemTopology),
    connectivity: content('CONNECTIVITY', readConnectivity),
    groupConnectivity: content('GROUP_CONNECTIVITY', readConnectivity),
    ipLayout: content('IP_LAYOUT', readIpLayout),
    kernels: content('EMBEDDED_METADATA', (section) => readEmbeddedMetadata(section.bytes, section.name)),
    partitions: sections
      .filter(({ kindName, bytes }) => kindName === 'AIE_PARTITION' && bytes.length > 0)
      .map((section) => readAiePartition(new ByteReader(section.bytes, `${name}: AIE_PARTITION`))),
    buildMetadata: content('BUILD_METADATA', (section) => new TextDecoder().decode(section.bytes)),
  };
}

function readSections(reader: ByteReader, count: number): XclbinSection[] {
  if (count * SECTION_HEADER_BYTES > reader.remaining) {
    throw new FormatError(
      `${reader.name}: ${count} section headers do not fit into the ${reader.remaining} bytes behind the header`,
      'the file is truncated or damaged',
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const start = reader.offset;
    const kind = reader.u32();
    const name = fixedString(reader, 16, `the name of section ${index}`);
    reader.seek(start + 0x18);
    const offset = reader.size64(`the offset of section ${index}`);
    const size = reader.size64(`the size of section ${index}`);
    const kindName = SECTION_KINDS[kind];
    const what = `section ${index} (${kindName ?? kind})`;
    if (size > 0 && (offset > reader.bytes.length || size > reader.bytes.length - offset)) {
      throw new FormatError(
        `${reader.name}: ${what} has ${size} bytes at offset ${offset}, beyond the ${reader.bytes.length} bytes of the file`,
        'the file is truncated or damaged',
      );
    }
    return { kind, kindName, name, offset, bytes: reader.bytes.subarray(offset, offset + size) };
  });
}

/** The last bytes of the file, as many as the header says (FORMATS.md 1.2). */
function signatureOf(reader: ByteReader, header: XclbinHeader, sectionsEnd: number): Uint8Array | undefined {
  const length = header.signatureLength;
  if (length === -1) return undefined;
  if (length < 0 || length > reader.bytes.length - sectionsEnd) {
    throw new FormatError(
      `${reader.name}: a signature of ${length} bytes does not fit behind the sections, which end at ${sectionsEnd}`,
    );
  }
  return reader.bytes.subarray(reader.bytes.length - length);
}

/** The value of an {@link Xclbin.buildMetadata} text. Throws {@link FormatError} where it is no JSON. */
export function parseBuildMetadata(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/\0+$/, ''));
  } catch (thrown) {
    throw new FormatError(`${name}: BUILD_METADATA is no JSON: ${String(thrown)}`);
  }
}

/** The first section of a kind, undefined where there is none. */
export function findSection(xclbin: Xclbin, kind: SectionKind): XclbinSection | undefined {
  const number = sectionNumber(kind);
  return xclbin.sections.find((section) => section.kind === number);
}
