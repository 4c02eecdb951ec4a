import { FormatError } from '../../errors.ts';
import { LEGACY_PROLOGUE } from './legacy-layouts.ts';
import type { InstructionStream, StreamProblem, TxnHeader, TxnVersion } from './operations.ts';
import { readLegacy } from './read-legacy.ts';
import { readTxn } from './read-txn.ts';
import { looksLikeText, parseHexLines, refuseForeign } from './source.ts';

/** Bytes of the TXN header. */
const HEADER_BYTES = 16;

export interface ReadInstructionsOptions {
  /**
   * Reads the bytes as this form without looking at the first words. A legacy stream without its prologue cannot be
   * recognised and needs it.
   */
  readonly form?: 'txn' | 'legacy';
}

/**
 * Reads an NPU instruction stream: TXN v0.1 and v1.0 (FORMATS.md 4.2, 4.3) or the legacy DPU sequence (4.5), as binary
 * words or as text with one hex word a line.
 *
 * What is not as the format demands is listed in `problems`, with its offset; reading goes on as far as the extent of
 * the operations is known, and what cannot be decoded stays as bytes from `restOffset` on. Throws {@link FormatError}
 * where there is no stream to read: an empty file, a Git LFS pointer, an HTML page, an xclbin, PDI or ELF, unknown
 * first words, less than a header, or text with a line that is no hex word.
 */
export function readInstructions(
  file: Uint8Array,
  name: string,
  options: ReadInstructionsOptions = {},
): InstructionStream {
  refuseForeign(file, name);
  const encoding = looksLikeText(file) ? 'text' : 'binary';
  const bytes = encoding === 'text' ? parseHexLines(file, name) : file;
  const form = options.form ?? recognise(bytes, name);
  const header = form === 'txn' ? readHeader(bytes, name) : undefined;
  const decoded = header === undefined ? readLegacy(bytes) : readTxn(bytes, header, HEADER_BYTES);
  const problems = [...nameProblems(name, encoding), ...decoded.problems];
  if (bytes.length % 4 !== 0) {
    problems.push({
      code: 'PARTIAL_WORD',
      offset: bytes.length - (bytes.length % 4),
      message: `${bytes.length} bytes are not a whole number of 32-bit words`,
    });
  }
  return { name, form, encoding, header, bytes, ...decoded, problems };
}

/** Throws {@link FormatError} with the first problem of a stream that is to be used, not inspected. */
export function requireWhole(stream: InstructionStream): InstructionStream {
  const problem = stream.problems.find(({ code }) => !code.startsWith('NAME_'));
  if (problem === undefined) return stream;
  throw new FormatError(
    `${stream.name}: ${problem.message} (offset 0x${problem.offset.toString(16)})`,
    'build the instruction stream again',
  );
}

function versionOf(bytes: Uint8Array): TxnVersion | undefined {
  if (bytes[0] === 0 && bytes[1] === 1) return '0.1';
  if (bytes[0] === 1 && bytes[1] === 0) return '1.0';
  return undefined;
}

/** Generation and row count of a header tell a TXN from other bytes; both are small and never 0. */
const plausible = (byte: number | undefined): boolean => byte !== undefined && byte >= 1 && byte <= 16;

function recognise(bytes: Uint8Array, name: string): 'txn' | 'legacy' {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (versionOf(bytes) !== undefined && plausible(bytes[2]) && plausible(bytes[3])) return 'txn';
  if (LEGACY_PROLOGUE.every((word, at) => bytes.length >= 8 && words.getUint32(4 * at, true) === word)) {
    return 'legacy';
  }
  if (bigEndian(bytes)) {
    throw new FormatError(
      `${name} has its words in big-endian byte order`,
      'write the words little-endian: a TXN v0.1 stream for npu1 starts with the bytes 00 01 03 06',
    );
  }
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new FormatError(
    `${name} is not an instruction stream: it starts with ${first}`,
    'a TXN stream starts with 00 01 or 01 00, device generation and rows; a legacy stream with 0x11 0x01000405',
  );
}

/** Whether the first word is a TXN's with its bytes reversed: rows, generation, minor, major. */
function bigEndian(bytes: Uint8Array): boolean {
  return (
    plausible(bytes[0]) && plausible(bytes[1]) && versionOf(bytes.slice(2, 4).toReversed()) !== undefined
  );
}

function readHeader(bytes: Uint8Array, name: string): TxnHeader {
  if (bytes.length < HEADER_BYTES) {
    throw new FormatError(
      `${name} has ${bytes.length} bytes, less than the ${HEADER_BYTES} of a TXN header`,
      'the file is truncated',
    );
  }
  const version = versionOf(bytes);
  if (version === undefined) {
    throw new FormatError(`${name}: TXN version ${bytes[0]}.${bytes[1]} is neither 0.1 nor 1.0`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    version,
    generation: bytes[2]!,
    rows: bytes[3]!,
    columns: bytes[4]!,
    memTileRows: bytes[5]!,
    opCount: view.getUint32(8, true),
    totalBytes: view.getUint32(12, true),
  };
}

/** Current compilers write binary words under any name, and host programs choose their reader by the name. */
function nameProblems(name: string, encoding: 'binary' | 'text'): StreamProblem[] {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === 'txt' && encoding === 'binary') {
    return [
      { code: 'NAME_SAYS_TEXT', offset: 0, message: `${name} is named as text but holds binary words` },
    ];
  }
  if (extension === 'bin' && encoding === 'text') {
    return [
      { code: 'NAME_SAYS_BINARY', offset: 0, message: `${name} is named as binary but holds hex text` },
    ];
  }
  return [];
}
