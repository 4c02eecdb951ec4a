import { inflateSync } from 'fflate';
import { FormatError, messageOf } from '../errors.ts';
import { ByteReader, refuseLfsPointer } from './bytes.ts';

/**
 * Reads zip archives (PKWARE APPNOTE 6.3.10) as far as .npz needs them, believing nothing an archive says of itself:
 * sizes are checked before anything is inflated, checksums after. fflate inflates; its own archive reader looks
 * neither at encryption nor at checksums.
 */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Listing {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const DIRECTORY_SIGNATURE = 0x02014b50;
const FILE_SIGNATURE = 0x04034b50;
const MAX_COMMENT = 0xffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** No deflate stream expands more: 258 bytes take at least two bits. */
const MAX_EXPANSION = 1032;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Moves to the end record, the last thing in an archive except for its own comment. */
function seekEnd(reader: ByteReader): void {
  const { bytes, name } = reader;
  const last = bytes.length - END_BYTES;
  for (let offset = last; offset >= Math.max(0, last - MAX_COMMENT); offset--) {
    reader.seek(offset);
    if (reader.u32() !== END_SIGNATURE) continue;
    reader.seek(offset + 20);
    if (reader.u16() !== reader.remaining) continue;
    reader.seek(offset + 4);
    return;
  }
  throw new FormatError(
    `${name} is not a whole zip archive: its end record is missing`,
    'the file is truncated or is not what its name says',
  );
}

function expectSignature(reader: ByteReader, signature: number, what: string): void {
  const { offset } = reader;
  const met = reader.u32(what);
  if (met === signature) return;
  throw new FormatError(`${reader.name}: no ${what} at offset ${offset} (found 0x${met.toString(16)})`);
}

function readListing(reader: ByteReader): Listing {
  expectSignature(reader, DIRECTORY_SIGNATURE, 'directory entry');
  reader.take(4, 'the versions');
  const flags = reader.u16('the flags');
  const method = reader.u16('the compression method');
  reader.take(4, 'the modification time');
  const crc = reader.u32('the checksum');
  const compressedSize = reader.u32('the compressed size');
  const size = reader.u32('the size');
  const nameBytes = reader.u16('the name length');
  const extraBytes = reader.u16('the extra length');
  const commentBytes = reader.u16('the comment length');
  reader.take(8, 'the attributes');
  const headerOffset = reader.u32('the header offset');
  const name = new TextDecoder().decode(reader.take(nameBytes, 'the entry name'));
  reader.take(extraBytes + commentBytes, 'the extra field');
  const where = `${reader.name}, entry '${name}'`;
  if (flags & ENCRYPTED) throw new FormatError(`${where} is encrypted`, 'save it without a password');
  if (method !== STORED && method !== DEFLATED) {
    throw new FormatError(
      `${where} uses compression method ${method}`,
      'known are 0 (stored) and 8 (deflated), which np.savez and np.savez_compressed write',
    );
  }
  if ([compressedSize, size, headerOffset].includes(0xffffffff)) {
    throw new FormatError(`${where} needs zip64`, 'save arrays of more than 2 GiB as .npy');
  }
  const most = method === STORED ? compressedSize : compressedSize * MAX_EXPANSION;
  if (size > most || (method === STORED && size !== compressedSize)) {
    throw new FormatError(
      `${where} declares ${size} bytes, which its ${compressedSize} stored bytes cannot hold`,
    );
  }
  return { name, method, crc, compressedSize, size, headerOffset };
}

function readDirectory(reader: ByteReader): Listing[] {
  seekEnd(reader);
  const disks = [reader.u16('the disk number'), reader.u16('the directory disk')];
  const counts = [reader.u16('the entries on this disk'), reader.u16('the entries')];
  reader.take(4, 'the directory size');
  const start = reader.u32('the directory offset');
  if (disks.some((disk) => disk !== 0) || counts[0] !== counts[1] || start === 0xffffffff) {
    throw new FormatError(`${reader.name} is a zip archive of several disks or in zip64 format`);
  }
  reader.seek(start);
  return Array.from({ length: counts[1]! }, () => readListing(reader));
}

function readEntry(reader: ByteReader, listing: Listing): ZipEntry {
  const { name, method, crc, compressedSize, size, headerOffset } = listing;
  const where = `${reader.name}, entry '${name}'`;
  reader.seek(headerOffset);
  expectSignature(reader, FILE_SIGNATURE, 'entry header');
  reader.take(22, 'the entry header');
  const nameBytes = reader.u16('the name length');
  const extraBytes = reader.u16('the extra length');
  reader.take(nameBytes + extraBytes, 'the entry name');
  const stored = reader.take(compressedSize, `the ${compressedSize} bytes of entry '${name}'`);
  const bytes = method === STORED ? stored : inflated(stored, size, where);
  if (crc32(bytes) !== crc)
    throw new FormatError(`${where} does not match its checksum`, 'the file is damaged');
  return { name, bytes };
}

function inflated(stored: Uint8Array, size: number, where: string): Uint8Array {
  // fflate drops what exceeds the buffer, so one byte more shows an entry that lied about its size.
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(stored, { out: new Uint8Array(size + 1) });
  } catch (thrown) {
    throw new FormatError(`${where} is damaged: ${messageOf(thrown)}`);
  }
  if (bytes.length === size) return bytes;
  const met = bytes.length > size ? 'more' : `${bytes.length}`;
  throw new FormatError(`${where} declares ${size} bytes and inflates to ${met}`);
}

/**
 * All entries of the archive in directory order. Throws {@link FormatError} naming `name` where the archive is
 * damaged, encrypted, uses an unknown method, repeats a name or declares more than `maxBytes` bytes in all.
 */
export function readZip(bytes: Uint8Array, name: string, maxBytes: number): ZipEntry[] {
  refuseLfsPointer(bytes, name);
  const reader = new ByteReader(bytes, name);
  const listings = readDirectory(reader);
  const total = listings.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw new FormatError(
      `${name} declares ${total} uncompressed bytes; ${maxBytes} are allowed`,
      'raise maxBytes if you trust the file',
    );
  }
  const names = new Set<string>();
  for (const listing of listings) {
    if (names.has(listing.name)) throw new FormatError(`${name} has two entries named '${listing.name}'`);
    names.add(listing.name);
  }
  return listings.map((listing) => readEntry(reader, listing));
}
