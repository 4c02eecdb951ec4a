import { FormatError } from '../errors.ts';

/**
 * Reads little-endian fields from bytes of a file. Every read is checked against the end: an overrun throws
 * {@link FormatError} naming the source, the offset, what was wanted and how many bytes were left.
 */
export class ByteReader {
  /** What the bytes are, for messages: a file name, or a file name and a section. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position of the next read, from the start of the bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes from the current position to the end. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** Moves to `offset`; the end itself is allowed. */
  seek(offset: number): void {
    if (!Number.isInteger(offset) || offset < 0 || offset > this.bytes.length) {
      throw new FormatError(
        `${this.name}: offset ${offset} lies outside the ${this.bytes.length} bytes there are`,
      );
    }
    this.#offset = offset;
  }

  u8(what = 'an unsigned 8-bit number'): number {
    return this.#view.getUint8(this.#take(1, what));
  }

  u16(what = 'an unsigned 16-bit number'): number {
    return this.#view.getUint16(this.#take(2, what), true);
  }

  u32(what = 'an unsigned 32-bit number'): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  i32(what = 'a signed 32-bit number'): number {
    return this.#view.getInt32(this.#take(4, what), true);
  }

  u64(what = 'an unsigned 64-bit number'): bigint {
    return this.#view.getBigUint64(this.#take(8, what), true);
  }

  /** A 64-bit size or offset as a number; one beyond 2^53 - 1 cannot be true of any file and is a {@link FormatError}. */
  size64(what = 'a 64-bit size'): number {
    const start = this.#offset;
    const value = this.u64(what);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new FormatError(`${this.name}: ${what} at offset ${start} is ${value}, larger than any file`);
    }
    return Number(value);
  }

  /** The next `count` bytes, sharing storage. */
  take(count: number, what = `${count} bytes`): Uint8Array {
    const start = this.#take(count, what);
    return this.bytes.subarray(start, start + count);
  }

  /** The next `count` bytes as ASCII text; a byte above 127 is a {@link FormatError}. Padding is kept. */
  ascii(count: number, what = `${count} characters`): string {
    const start = this.#offset;
    const taken = this.take(count, what);
    const foreign = taken.findIndex((byte) => byte > 127);
    if (foreign >= 0) {
      const value = taken[foreign]!.toString(16).padStart(2, '0');
      throw new FormatError(
        `${this.name}: ${what} at offset ${start} is not ASCII: byte 0x${value} at offset ${start + foreign}`,
      );
    }
    return asciiDecoder.decode(taken);
  }

  #take(count: number, what: string): number {
    const start = this.#offset;
    if (!Number.isInteger(count) || count < 0) {
      throw new FormatError(`${this.name}: ${what} at offset ${start} cannot have ${count} bytes`);
    }
    if (count > this.remaining) {
      throw new FormatError(
        `${this.name}: wanted ${what} (${count} bytes) at offset ${start}, but only ${this.remaining} bytes are left`,
        'the file is truncated or is not what its name says',
      );
    }
    this.#offset += count;
    return start;
  }
}

const asciiDecoder = new TextDecoder('latin1');
const LFS_POINTER = 'version https://git-lfs';

/** Throws {@link FormatError} with the remedy where Git left a large-file pointer in place of the file. */
export function refuseLfsPointer(bytes: Uint8Array, name: string): void {
  if (asciiDecoder.decode(bytes.subarray(0, LFS_POINTER.length)) !== LFS_POINTER) return;
  throw new FormatError(`${name} is a Git LFS pointer, not the file itself`, 'run `git lfs pull` first');
}
