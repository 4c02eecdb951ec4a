import { FormatError } from '../../errors.ts';
import { refuseLfsPointer } from '../../tensor/bytes.ts';

/** First bytes of files that get passed for instruction streams, and what to say. */
const STRANGERS: readonly {
  readonly starts: readonly number[];
  readonly what: string;
  readonly hint: string;
}[] = [
  {
    starts: [0x78, 0x63, 0x6c, 0x62, 0x69, 0x6e, 0x32],
    what: 'an xclbin',
    hint: 'the instruction stream is the file that the compiler wrote beside it (insts.bin or insts.txt)',
  },
  {
    starts: [0xdd, 0, 0, 0, 0x44, 0x33, 0x22, 0x11],
    what: 'a PDI (device configuration)',
    hint: 'the PDI belongs into the xclbin; the instruction stream is insts.bin or insts.txt',
  },
  {
    starts: [0x7f, 0x45, 0x4c, 0x46],
    what: 'an ELF file',
    hint: 'streams wrapped in ELF are recognised but not decoded; give the plain TXN file',
  },
];

/**
 * Throws {@link FormatError} where `bytes` are not an instruction stream at all: an empty file, a Git LFS pointer, an
 * HTML page, an xclbin, a PDI or an ELF file.
 */
export function refuseForeign(bytes: Uint8Array, name: string): void {
  if (bytes.length === 0) {
    throw new FormatError(`${name} is empty`, 'build the kernel again, or fetch the file again');
  }
  refuseLfsPointer(bytes, name);
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<\?xml)/.test(head)) {
    throw new FormatError(
      `${name} is an HTML or XML page, not an instruction stream`,
      'the download gave a web page; fetch the raw file',
    );
  }
  for (const { starts, what, hint } of STRANGERS) {
    if (starts.every((byte, index) => bytes[index] === byte)) {
      throw new FormatError(`${name} is ${what}, not an instruction stream`, hint);
    }
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** Value of an ASCII hex digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * Whether the first line that is not blank is one hex word, as every text stream starts. A binary stream may start so
 * by chance, but hardly without a zero byte near.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
  return !head.includes('\0') && /^\s*(0x)?[0-9a-f]{1,8}[ \t\r]*(\n|$)/i.test(head);
}

/**
 * The words of a text stream (one hex word a line, `0x` allowed, blank lines skipped) as little-endian bytes. Throws
 * {@link FormatError} naming the first line that is something else.
 */
export function parseHexLines(bytes: Uint8Array, name: string): Uint8Array {
  // A word takes at least one digit and a line end, so that the words never take more than twice the file.
  const words = new Uint8Array(2 * (bytes.length + 1));
  const view = new DataView(words.buffer);
  let used = 0;
  let line = 1;
  for (let at = 0; at < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, at);
    const stop = newline < 0 ? bytes.length : newline;
    let end = stop;
    while (at < end && isBlank(bytes[at]!)) at += 1;
    while (end > at && isBlank(bytes[end - 1]!)) end -= 1;
    if (end > at) {
      if (end - at > 2 && bytes[at] === 0x30 && (bytes[at + 1]! | 0x20) === 0x78) at += 2;
      let word = 0;
      const digits = end - at;
      for (; at < end; at += 1) {
        const digit = hexDigit(bytes[at]!);
        if (digit < 0 || digits > 8) {
          throw new FormatError(
            `${name}: line ${line} is not one 32-bit hex word`,
            'a text instruction stream has one word of up to 8 hex digits a line',
          );
        }
        word = word * 16 + digit;
      }
      view.setUint32(used, word, true);
      used += 4;
    }
    at = stop + 1;
  }
  return words.slice(0, used);
}

/** Words as text, the way mlir-aie writes insts.txt: one word of eight upper-case hex digits a line. */
export function formatHexLines(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    text += `${view.getUint32(at, true).toString(16).toUpperCase().padStart(8, '0')}\n`;
  }
  return text;
}
