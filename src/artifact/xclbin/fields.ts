import { FormatError, ValueError } from '../../errors.ts';
import type { ByteReader } from '../../tensor/bytes.ts';

/**
 * A 64-bit field whose bits are opaque (an address, an identifier) as `0x` and lower-case hex digits without leading
 * zeros. Text, because a JavaScript number cannot hold it and a bigint is not JSON.
 */
export type Hex64 = `0x${string}`;

export const toHex64 = (value: bigint): Hex64 => `0x${value.toString(16)}`;

/** The bits of a {@link Hex64}. Throws {@link ValueError} where `text` is not one. */
export function fromHex64(text: string, what: string): bigint {
  if (/^0x[0-9a-f]{1,16}$/.test(text)) return BigInt(text);
  throw new ValueError(`${what} is '${text}', not 0x and up to 16 lower-case hex digits`);
}

/**
 * The text of a NUL-padded field of `size` bytes; bytes after the first NUL are not looked at. Throws
 * {@link FormatError} where the field has no NUL: C programs would read on behind it.
 */
export function fixedString(reader: ByteReader, size: number, what: string): string {
  const start = reader.offset;
  const nul = reader.take(size, what).indexOf(0);
  if (nul < 0) {
    throw new FormatError(`${reader.name}: ${what} at offset ${start} has no end in its ${size} bytes`);
  }
  reader.seek(start);
  const text = reader.ascii(nul, what);
  reader.seek(start + size);
  return text;
}

/** The NUL-terminated text at `offset`, which an earlier field of the section pointed to. */
export function stringAt(reader: ByteReader, offset: number, what: string): string {
  reader.seek(offset);
  const nul = reader.bytes.indexOf(0, offset);
  if (nul < 0) throw new FormatError(`${reader.name}: ${what} at offset ${offset} has no end`);
  return reader.ascii(nul - offset, what);
}

const UUID_BYTES = 16;

/** A uuid in its usual form, the bytes in file order as `xclbinutil` prints them. */
export function readUuid(reader: ByteReader, what: string): string {
  const hex = Array.from(reader.take(UUID_BYTES, what), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The 16 bytes of a uuid. Throws {@link ValueError} where `uuid` is not 8-4-4-4-12 hex digits. */
export function uuidBytes(uuid: string, what: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) {
    throw new ValueError(`${what} '${uuid}' is not a uuid`);
  }
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: UUID_BYTES }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** More entries than any tool writes; bounds what a hostile table can make us allocate. */
const MAX_ENTRIES = 0x1_0000;

/**
 * Checks a table's count against the bytes the section has for it.
 *
 * @param count number of entries as the section states it
 * @param size bytes of one entry
 */
export function checkTable(reader: ByteReader, count: number, size: number, what: string): void {
  if (count >= 0 && count <= MAX_ENTRIES && count * size <= reader.remaining) return;
  throw new FormatError(
    `${reader.name}: ${count} ${what} of ${size} bytes cannot lie in the ${reader.remaining} bytes from offset ${reader.offset}`,
    'the file is damaged',
  );
}
