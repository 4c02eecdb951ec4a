import { ValueError } from '../../errors.ts';

/** Bytes under construction; every number is written as a little-endian 32-bit word. */
export class WordWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  words(...values: readonly number[]): this {
    const start = this.#grow(values.length * 4);
    const view = new DataView(this.#bytes.buffer);
    values.forEach((value, index) => {
      view.setUint32(start + index * 4, value, true);
    });
    return this;
  }

  bytes(values: Uint8Array): this {
    const start = this.#grow(values.length);
    this.#bytes.set(values, start);
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    return start;
  }
}

/** The checksum of every PDI and CDO header: bitwise NOT of the 32-bit sum of its words (FORMATS 3.1). */
export function headerChecksum(words: Iterable<number>): number {
  let sum = 0;
  for (const word of words) sum = (sum + word) >>> 0;
  return ~sum >>> 0;
}

/** How many whole words `bytes` has; throws {@link ValueError} when a word is cut. */
export function wholeWords(bytes: Uint8Array, what: string): number {
  if (bytes.length % 4 !== 0) {
    throw new ValueError(`${what} has ${bytes.length} bytes, which is no multiple of 4`);
  }
  return bytes.length / 4;
}

/** `0x` and at least `digits` lower-case hexadecimal digits. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
