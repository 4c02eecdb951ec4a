import { ValueError } from '../errors.ts';

/**
 * Writes little-endian fields into bytes that grow: the counterpart of `ByteReader`. A value that does not fit its
 * field throws {@link ValueError} naming the field; nothing is cut silently.
 */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far: the position of the next write. */
  get length(): number {
    return this.#length;
  }

  u8(value: number, what: string): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, whole(value, 0, 0xff, what));
  }

  u16(value: number, what: string): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, whole(value, 0, 0xffff, what), true);
  }

  u32(value: number, what: string): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, whole(value, 0, 0xffff_ffff, what), true);
  }

  i32(value: number, what: string): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, whole(value, -0x8000_0000, 0x7fff_ffff, what), true);
  }

  u64(value: number | bigint, what: string): void {
    const at = this.#grow(8);
    if (typeof value === 'number') value = BigInt(whole(value, 0, Number.MAX_SAFE_INTEGER, what));
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw misfit(what, value, '0 to 2^64 - 1');
    this.#view.setBigUint64(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** `count` bytes of `fill`. */
  fill(count: number, fill = 0): void {
    const at = this.#grow(count);
    this.#bytes.fill(fill, at, at + count);
  }

  /** ASCII text and a NUL. */
  cString(text: string, what: string): void {
    this.raw(ascii(text, what));
    this.fill(1);
  }

  /** ASCII text in a field of `size` bytes, NUL-padded; the last byte stays NUL. */
  fixedString(text: string, size: number, what: string): void {
    const bytes = ascii(text, what);
    if (bytes.length >= size) throw new ValueError(`${what} '${text}' is longer than ${size - 1} characters`);
    this.raw(bytes);
    this.fill(size - bytes.length);
  }

  /** Zeros up to the next multiple of `alignment`. */
  align(alignment: number): void {
    this.fill((alignment - (this.#length % alignment)) % alignment);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

function whole(value: number, min: number, max: number, what: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw misfit(what, value, `${min} to ${max}`);
}

function misfit(what: string, value: number | bigint, range: string): ValueError {
  return new ValueError(`${what} is ${value}, which does not fit: whole numbers from ${range}`);
}

function ascii(text: string, what: string): Uint8Array {
  for (const character of text) {
    if (character === '\0' || character > '\x7f') {
      throw new ValueError(`${what} '${text}' has a character that is not ASCII text`);
    }
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
