import { FormatError } from '../../errors.ts';
import type { ByteWriter } from '../../tensor/byte-writer.ts';
import { type ByteReader, refuseLfsPointer } from '../../tensor/bytes.ts';
import { fixedString, fromHex64, type Hex64, readUuid, toHex64, uuidBytes } from './fields.ts';

/** The fixed part of an xclbin, `axlf` and `axlf_header` of XRT's xclbin.h (FORMATS.md 1.1). */
export interface XclbinHeader {
  /** Bytes of the signature at the end of the file; -1 where there is none. */
  readonly signatureLength: number;
  readonly reserved: Uint8Array;
  readonly keyBlock: Uint8Array;
  readonly uniqueId: Hex64;
  /** Unix seconds. */
  readonly timeStamp: number;
  readonly featureRomTimeStamp: number;
  /** Version of the tool that wrote the file. */
  readonly version: { readonly major: number; readonly minor: number; readonly patch: number };
  readonly mode: number;
  readonly actionMask: number;
  readonly interfaceUuid: string;
  /** Platform name; empty in NPU files. */
  readonly platformVbnv: string;
  readonly uuid: string;
  readonly debugBin: string;
}

/** Bytes before the first section header (FORMATS.md 1.1). */
export const HEADER_BYTES = 0x1c8;
/** As many as XRT 2.25 allows (xrt_xclbin.cpp). */
const MAX_SECTIONS = 10_000;

const MAGIC = 'xclbin2\0';
const RESERVED_BYTES = 28;
const KEY_BLOCK_BYTES = 256;
const VBNV_BYTES = 64;
const DEBUG_BIN_BYTES = 16;

/** What header fields hold that no NPU tool gives a value (FORMATS.md 1.1). */
export const plainHeader = (): Omit<XclbinHeader, 'uniqueId' | 'timeStamp' | 'version' | 'uuid'> => ({
  signatureLength: -1,
  reserved: new Uint8Array(RESERVED_BYTES).fill(0xff),
  keyBlock: new Uint8Array(KEY_BLOCK_BYTES).fill(0xff),
  featureRomTimeStamp: 0,
  mode: 0,
  actionMask: 0,
  interfaceUuid: '00000000-0000-0000-0000-000000000000',
  platformVbnv: '',
  debugBin: '',
});

/**
 * Reads the fixed header and leaves the reader at the first section header. Throws {@link FormatError} where the file
 * is no xclbin, or is longer or shorter than it says: XRT refuses both.
 */
export function readHeader(reader: ByteReader): { header: XclbinHeader; sectionCount: number } {
  checkMagic(reader);
  const signatureLength = reader.i32('the signature length');
  const reserved = reader.take(RESERVED_BYTES, 'the reserved bytes');
  const keyBlock = reader.take(KEY_BLOCK_BYTES, 'the key block');
  const uniqueId = toHex64(reader.u64('the unique id'));
  const length = reader.size64('the total length');
  if (length !== reader.bytes.length) {
    const short = length > reader.bytes.length;
    throw new FormatError(
      `${reader.name}: the header says ${length} bytes, the file has ${reader.bytes.length}`,
      short
        ? 'the file is truncated; copy or download it again'
        : 'something was appended, perhaps by xclbinutil --add-signature; XRT refuses such a file',
    );
  }
  const timeStamp = reader.size64('the time stamp');
  const featureRomTimeStamp = reader.size64('the feature ROM time stamp');
  const patch = reader.u16('the version');
  const major = reader.u8('the version');
  const minor = reader.u8('the version');
  const header: XclbinHeader = {
    signatureLength,
    reserved,
    keyBlock,
    uniqueId,
    timeStamp,
    featureRomTimeStamp,
    version: { major, minor, patch },
    mode: reader.u16('the mode'),
    actionMask: reader.u16('the action mask'),
    interfaceUuid: readUuid(reader, 'the interface uuid'),
    platformVbnv: fixedString(reader, VBNV_BYTES, 'the platform VBNV'),
    uuid: readUuid(reader, 'the uuid'),
    debugBin: fixedString(reader, DEBUG_BIN_BYTES, 'the debug-bin name'),
  };
  const sectionCount = reader.u32('the section count');
  if (sectionCount > MAX_SECTIONS) {
    throw new FormatError(
      `${reader.name}: ${sectionCount} sections are more than the ${MAX_SECTIONS} allowed`,
    );
  }
  reader.seek(HEADER_BYTES);
  return { header, sectionCount };
}

/** Writes what {@link readHeader} reads; `length` is the size of the whole file. */
export function writeHeader(
  writer: ByteWriter,
  header: XclbinHeader,
  length: number,
  sectionCount: number,
): void {
  for (const character of MAGIC) writer.u8(character.charCodeAt(0), 'magic');
  writer.i32(header.signatureLength, 'signatureLength');
  writer.raw(header.reserved);
  writer.raw(header.keyBlock);
  writer.u64(fromHex64(header.uniqueId, 'uniqueId'), 'uniqueId');
  writer.u64(length, 'length');
  writer.u64(header.timeStamp, 'timeStamp');
  writer.u64(header.featureRomTimeStamp, 'featureRomTimeStamp');
  writer.u16(header.version.patch, 'version.patch');
  writer.u8(header.version.major, 'version.major');
  writer.u8(header.version.minor, 'version.minor');
  writer.u16(header.mode, 'mode');
  writer.u16(header.actionMask, 'actionMask');
  writer.raw(uuidBytes(header.interfaceUuid, 'interfaceUuid'));
  writer.fixedString(header.platformVbnv, VBNV_BYTES, 'platformVbnv');
  writer.raw(uuidBytes(header.uuid, 'uuid'));
  writer.fixedString(header.debugBin, DEBUG_BIN_BYTES, 'debugBin');
  writer.u32(sectionCount, 'section count');
  writer.fill(4);
}

function checkMagic(reader: ByteReader): void {
  if (reader.bytes.length === 0)
    throw new FormatError(`${reader.name} is empty`, 'build or fetch the file again');
  refuseLfsPointer(reader.bytes, reader.name);
  const head = new TextDecoder('latin1').decode(reader.bytes.subarray(0, 64));
  if (head.startsWith(MAGIC)) {
    reader.seek(MAGIC.length);
    return;
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) {
    throw new FormatError(
      `${reader.name} is a web page, not an xclbin`,
      'the download gave an HTML page; fetch the raw file',
    );
  }
  throw new FormatError(
    `${reader.name} is not an xclbin: it does not begin with 'xclbin2'`,
    'give the file that the kernel compiler wrote with the ending .xclbin',
  );
}
