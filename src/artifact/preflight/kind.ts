import { looksLikeText } from '../txn/source.ts';

export type ArtifactKind = 'instructions' | 'xclbin' | 'pdi' | 'cdo' | 'elf';

const STARTS: readonly (readonly [ArtifactKind, readonly number[]])[] = [
  ['xclbin', [0x78, 0x63, 0x6c, 0x62, 0x69, 0x6e, 0x32]],
  ['pdi', [0xdd, 0, 0, 0, 0x44, 0x33, 0x22, 0x11]],
  ['elf', [0x7f, 0x45, 0x4c, 0x46]],
];

/** "CDO\0" in the second word (FORMATS.md 3.1). */
const CDO_IDENT = [0x43, 0x44, 0x4f, 0];

const LEGACY_START = [0x11, 0, 0, 0, 0x05, 0x04, 0, 0x01];

const startsWith = (bytes: Uint8Array, start: readonly number[], at = 0): boolean =>
  start.every((byte, index) => bytes[at + index] === byte);

/** Version 0.1 or 1.0, then generation and row count, both small (FORMATS.md 4.1, 4.2). */
function isTxn(first: readonly (number | undefined)[]): boolean {
  const [major, minor, generation = 0, rows = 0] = first;
  const version = (major === 0 && minor === 1) || (major === 1 && minor === 0);
  return version && generation >= 1 && generation <= 16 && rows >= 1 && rows <= 16;
}

/** What a file is by its first bytes (128 are enough), undefined where they say nothing. */
export function kindByContent(head: Uint8Array): ArtifactKind | undefined {
  const start = STARTS.find(([, bytes]) => startsWith(head, bytes));
  if (start !== undefined) return start[0];
  if (startsWith(head, CDO_IDENT, 4)) return 'cdo';
  if (isTxn([...head.subarray(0, 4)]) || startsWith(head, LEGACY_START)) return 'instructions';
  if (!looksLikeText(head)) return undefined;
  const word = Number.parseInt(new TextDecoder('latin1').decode(head).trim().split(/\s/)[0]!, 16);
  const first = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24];
  return isTxn(first) || word === LEGACY_START[0] ? 'instructions' : undefined;
}

const NAMES: readonly (readonly [ArtifactKind, RegExp])[] = [
  ['xclbin', /\.xclbin$/i],
  ['pdi', /\.pdi$/i],
  ['elf', /\.elf$/i],
  ['instructions', /(^|[^a-z])insts?[^/\\]*\.(bin|txt)$|\.insts$|sequence[^/\\]*\.bin$/i],
];

/** What a file should be by its name, undefined where the name says nothing. */
export function kindByName(name: string): ArtifactKind | undefined {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}
