import { FormatError, ValueError } from '../../errors.ts';
import { ByteReader, refuseLfsPointer } from '../../tensor/bytes.ts';
import { CDO_HEADER_BYTES, type Cdo, type CdoContent, readCdo, writeCdo } from './cdo.ts';
import type { CdoCommand } from './command.ts';
import {
  type Fields,
  headerWords,
  imageHeader,
  imageHeaderTable,
  partitionHeader,
  readHeader,
  START_WORDS,
  TABLE_OFFSET,
} from './headers.ts';
import type { PdiIssue } from './issue.ts';
import { writeTransformed } from './transformed.ts';
import { hex, WordWriter } from './words.ts';

/** Device id code of npu1 (Phoenix, Hawk Point), as every real PDI has it (FORMATS 3.1, 6.1). */
export const NPU1_ID_CODE = 0x14ca8093;

// What bootgen writes for the BIF of every NPU design (FORMATS 1.5, 3.1).
const IMAGE_NAME = 'aie_image';
const IMAGE_ID = 0x1c000000;
const EXTENDED_ID_CODE = 1;
const IMAGE_HEADER_OFFSET = 0x90;
const PARTITION_HEADER_OFFSET = 0xd0;
/** Where the CDO header of a PDI with one partition stands. */
export const PDI_DATA_OFFSET = 0x150;

// FORMATS 3.5: the fields that mark the transformed form were filled in without renewing the checksum.
const TRANSFORMED = 1;
const transformFields = ['transformType', 'commandZoneBytes', 'transformMark'] as const;

/** What makes a PDI: enough to write it again. Missing parts take the values bootgen writes for an NPU. */
export interface PdiContent {
  readonly idCode?: number;
  readonly extendedIdCode?: number;
  readonly images: readonly PdiImageContent[];
}

export interface PdiImageContent {
  readonly name?: string;
  readonly id?: number;
  readonly partitions: readonly { readonly cdo: CdoContent }[];
}

export interface Pdi extends PdiContent {
  readonly name: string;
  readonly size: number;
  readonly idCode: number;
  readonly extendedIdCode: number;
  readonly images: readonly PdiImage[];
  /** All that was wrong or unknown, in file order of its discovery; empty for a sound file. */
  readonly issues: readonly PdiIssue[];
}

export interface PdiImage extends PdiImageContent {
  readonly name: string;
  readonly id: number;
  readonly partitions: readonly PdiPartition[];
}

export interface PdiPartition {
  /** Byte in the file at which its header starts. */
  readonly headerOffset: number;
  readonly header: Fields<typeof partitionHeader>;
  readonly cdo: Cdo;
}

/**
 * Reads a programmable device image: boot words, image header table, images, partitions, and the CDO of each, in
 * the plain and in the transformed form (FORMATS 3.1 to 3.5). Wrong checksums and unknown parts are reported in
 * `issues`, not thrown.
 * @param bytes the whole file; block data in the result share storage with it
 * @param name what the bytes are, for messages
 * @throws FormatError when the file is no PDI, is cut short, or contradicts itself
 */
export function readPdi(bytes: Uint8Array, name: string): Pdi {
  refuseLfsPointer(bytes, name);
  const reader = new ByteReader(bytes, name);
  const issues: PdiIssue[] = [];
  START_WORDS.forEach((expected, index) => {
    const word = reader.u32('a start word of a PDI');
    if (word === expected) return;
    throw new FormatError(
      `${name} is no PDI: start word ${index} is ${hex(word, 8)}, not ${hex(expected, 8)}`,
      'check that the file is the output of bootgen and not an instruction stream or an xclbin',
    );
  });
  const table = readHeader(reader, TABLE_OFFSET, imageHeaderTable, issues);
  checkLayout(table, issues);
  const partitions = readPartitions(reader, table, issues);
  const images = readImages(reader, table, partitions, issues);
  const { idCode, extendedIdCode } = table;
  return { name, size: bytes.length, idCode, extendedIdCode, images, issues };
}

/** Anything but one image with one partition at the usual places is read, but cannot be written again. */
function checkLayout(table: Fields<typeof imageHeaderTable>, issues: PdiIssue[]): void {
  const usual = {
    imageCount: 1,
    imageHeaderWord: IMAGE_HEADER_OFFSET / 4,
    partitionCount: 1,
    partitionHeaderWord: PARTITION_HEADER_OFFSET / 4,
  };
  for (const [field, expected] of Object.entries(usual) as [keyof typeof usual, number][]) {
    if (table[field] === expected) continue;
    issues.push({
      code: 'LAYOUT',
      offset: TABLE_OFFSET + imageHeaderTable.fields[field] * 4,
      message: `${field} of the image header table is ${table[field]}; known files have ${expected}`,
    });
  }
}

function readPartitions(
  reader: ByteReader,
  table: Fields<typeof imageHeaderTable>,
  issues: PdiIssue[],
): PdiPartition[] {
  const { bytes, name } = reader;
  const start = table.partitionHeaderWord * 4;
  const headerBytes = partitionHeader.words * 4;
  refuseCount(reader, table.partitionCount, headerBytes, 'partitions');
  const partitions: PdiPartition[] = [];
  let end = start + table.partitionCount * headerBytes;
  for (let index = 0; index < table.partitionCount; index++) {
    const headerOffset = start + index * headerBytes;
    const header = readHeader(reader, headerOffset, partitionHeader, issues, transformFields);
    const dataStart = header.dataWord * 4;
    // Partitions that share bytes would let a small file stand for an unbounded number of commands.
    if (dataStart < end) {
      throw new FormatError(
        `${name}: partition ${index} starts at offset ${dataStart}, inside what stands before it`,
      );
    }
    if (index === 0 && dataStart !== PDI_DATA_OFFSET) {
      issues.push({
        code: 'LAYOUT',
        offset: headerOffset + partitionHeader.fields.dataWord * 4,
        message: `the first partition starts at offset ${dataStart}; known files have it at ${PDI_DATA_OFFSET}`,
      });
    }
    const transformed = header.transformType !== 0;
    checkMark(header, headerOffset, issues);
    const stated = dataStart + header.totalWords * 4;
    if (!transformed && stated > bytes.length) {
      throw new FormatError(
        `${name}: partition ${index} ends at offset ${stated}, but the file has ${bytes.length} bytes`,
        'the file is truncated',
      );
    }
    // The lengths of a transformed partition are stale (FORMATS 3.5); it runs to the end of the file.
    const dataEnd = transformed ? bytes.length : stated;
    const extent = transformed ? { transformedZone: header.commandZoneBytes } : {};
    const cdo = readCdo(bytes, name, { start: dataStart, end: dataEnd, ...extent });
    issues.push(...cdo.issues);
    checkLengths(header, headerOffset, cdo, issues);
    partitions.push({ headerOffset, header, cdo });
    end = dataEnd;
  }
  if (partitions.length > 0 && end < bytes.length) {
    issues.push({
      code: 'LENGTH',
      offset: end,
      message: `${bytes.length - end} bytes follow the last partition`,
    });
  }
  return partitions;
}

function readImages(
  reader: ByteReader,
  table: Fields<typeof imageHeaderTable>,
  partitions: readonly PdiPartition[],
  issues: PdiIssue[],
): PdiImage[] {
  const headerBytes = imageHeader.words * 4;
  refuseCount(reader, table.imageCount, headerBytes, 'images');
  const images: PdiImage[] = [];
  let next = 0;
  for (let index = 0; index < table.imageCount; index++) {
    const offset = table.imageHeaderWord * 4 + index * headerBytes;
    const header = readHeader(reader, offset, imageHeader, issues);
    const first = partitions[next]?.headerOffset ?? header.partitionHeaderWord * 4;
    if (header.partitionHeaderWord * 4 !== first || next + header.partitionCount > partitions.length) {
      throw new FormatError(
        `${reader.name}: image ${index} claims ${header.partitionCount} partitions from offset ${header.partitionHeaderWord * 4}, the image header table has ${partitions.length - next} left`,
      );
    }
    reader.seek(offset + imageHeader.fields.name0 * 4);
    const name = reader.ascii(16, 'an image name').replace(/\0+$/, '');
    images.push({ name, id: header.id, partitions: partitions.slice(next, next + header.partitionCount) });
    next += header.partitionCount;
  }
  if (next < partitions.length) {
    issues.push({
      code: 'LAYOUT',
      offset: partitions[next]!.headerOffset,
      message: `${partitions.length - next} partitions belong to no image`,
    });
  }
  return images;
}

/** A count is refused before the loop over it starts. */
function refuseCount(reader: ByteReader, count: number, bytesEach: number, what: string): void {
  if (count * bytesEach <= reader.bytes.length) return;
  throw new FormatError(
    `${reader.name}: the image header table states ${count} ${what}, more than the ${reader.bytes.length} bytes can hold`,
  );
}

// FORMATS 3.5: 0x8866 | type with its low bytes exchanged | command zone length with its half-words exchanged.
function transformMark(type: number, zoneBytes: number): number {
  const swapped = ((type & 0xff) << 8) | ((type >>> 8) & 0xff);
  return (0x8866 | swapped | ((zoneBytes << 16) | (zoneBytes >>> 16))) >>> 0;
}

function checkMark(header: Fields<typeof partitionHeader>, offset: number, issues: PdiIssue[]): void {
  if (header.transformType === 0) {
    if (header.commandZoneBytes === 0 && header.transformMark === 0) return;
    issues.push({
      code: 'UNKNOWN_FIELD',
      offset: offset + partitionHeader.fields.commandZoneBytes * 4,
      message: `a plain partition has command zone bytes ${header.commandZoneBytes} and mark ${hex(header.transformMark, 8)}`,
    });
    return;
  }
  const expected = transformMark(header.transformType, header.commandZoneBytes);
  if (header.transformType === TRANSFORMED && header.transformMark === expected) return;
  issues.push({
    code: 'CHECKSUM',
    offset: offset + partitionHeader.fields.transformMark * 4,
    message: `transform type ${header.transformType} with mark ${hex(header.transformMark, 8)}; type 1 and ${hex(expected, 8)} would fit`,
  });
}

/** The length fields of a partition header as bootgen fills them from the CDO. */
function partitionLengths(cdoWords: number): { paddedWords: number; words: number; totalWords: number } {
  const words = cdoWords + CDO_HEADER_BYTES / 4;
  const paddedWords = Math.ceil(words / 4) * 4;
  return { paddedWords, words, totalWords: paddedWords };
}

function checkLengths(
  header: Fields<typeof partitionHeader>,
  offset: number,
  cdo: Cdo,
  issues: PdiIssue[],
): void {
  const cdoWords = cdo.plainWords ?? (cdo.end - cdo.start - CDO_HEADER_BYTES) / 4;
  const expected = partitionLengths(cdoWords);
  for (const field of ['paddedWords', 'words', 'totalWords'] as const) {
    if (header[field] === expected[field]) continue;
    issues.push({
      code: 'LENGTH',
      offset: offset + partitionHeader.fields[field] * 4,
      message: `partition header states ${header[field]} words (${field}), its CDO makes ${expected[field]}`,
    });
  }
}

/** The usual content: one image with one partition. */
export function pdiContent(commands: readonly CdoCommand[]): PdiContent {
  return { images: [{ partitions: [{ cdo: { commands } }] }] };
}

/**
 * Writes a PDI as bootgen lays it out; `writePdi(readPdi(file))` is the file, byte for byte, where reading it found
 * no issue (but `SHORT_DATA`, which is kept). The checksum of a transformed partition is the stale one.
 * @throws ValueError unless there is one image with one partition (the only layout verified on real files), and
 *   for an image name that is not ASCII of at most 16 characters
 */
export function writePdi(content: PdiContent): Uint8Array {
  const image = content.images[0];
  const cdo = image?.partitions[0]?.cdo;
  if (image === undefined || cdo === undefined || content.images.length > 1 || image.partitions.length > 1) {
    throw new ValueError('a PDI is written with exactly one image that has exactly one partition');
  }
  const data = writeCdo(cdo);
  const cdoWords = cdo.plainWords ?? (data.length - CDO_HEADER_BYTES) / 4;
  const zoneBytes = cdo.plainWords === undefined ? 0 : writeTransformed(cdo.commands).zoneBytes;
  const type = cdo.plainWords === undefined ? 0 : TRANSFORMED;
  const writer = new WordWriter().words(...START_WORDS).words(
    ...headerWords(imageHeaderTable, {
      imageCount: 1,
      imageHeaderWord: IMAGE_HEADER_OFFSET / 4,
      partitionCount: 1,
      partitionHeaderWord: PARTITION_HEADER_OFFSET / 4,
      idCode: content.idCode ?? NPU1_ID_CODE,
      extendedIdCode: content.extendedIdCode ?? EXTENDED_ID_CODE,
    }),
    ...headerWords(imageHeader, {
      partitionHeaderWord: PARTITION_HEADER_OFFSET / 4,
      partitionCount: 1,
      ...nameFields(image.name ?? IMAGE_NAME),
      id: image.id ?? IMAGE_ID,
    }),
    ...headerWords(
      partitionHeader,
      {
        ...partitionLengths(cdoWords),
        dataWord: PDI_DATA_OFFSET / 4,
        transformType: type,
        commandZoneBytes: zoneBytes,
        transformMark: type === 0 ? 0 : transformMark(type, zoneBytes),
      },
      transformFields,
    ),
  );
  writer.bytes(data);
  // A plain partition is padded to whole groups of 4 words; the transformed form is not (FORMATS 3.1, 3.5).
  if (type === 0) while (writer.length % 16 !== 0) writer.words(0);
  return writer.finish();
}

function nameFields(name: string): { name0: number; name1: number; name2: number; name3: number } {
  const encoded = new TextEncoder().encode(name);
  if (encoded.length > 16 || encoded.some((byte) => byte > 127)) {
    throw new ValueError(`image name ${JSON.stringify(name)} is not ASCII of at most 16 characters`);
  }
  const padded = new Uint8Array(16);
  padded.set(encoded);
  const view = new DataView(padded.buffer);
  const word = (index: number): number => view.getUint32(index * 4, true);
  return { name0: word(0), name1: word(1), name2: word(2), name3: word(3) };
}
