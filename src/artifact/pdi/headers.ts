import type { ByteReader } from '../../tensor/bytes.ts';
import type { PdiIssue } from './issue.ts';
import { headerChecksum, hex } from './words.ts';

// The three headers of a PDI as FORMATS 3.1 gives them: word index of every field that a tool is known to fill, and
// the value of those that are the same in every real file. Layout and names follow the Versal boot image format.

export const START_WORDS = [0x000000dd, 0x11223344, 0x55667788, 0x99aabbcc] as const;
export const TABLE_OFFSET = 0x10;

export interface HeaderLayout {
  readonly title: string;
  readonly words: number;
  readonly fields: Readonly<Record<string, number>>;
  readonly constants: Readonly<Record<string, number>>;
}

export const imageHeaderTable = {
  title: 'image header table',
  words: 32,
  fields: {
    version: 0,
    imageCount: 1,
    imageHeaderWord: 2,
    partitionCount: 3,
    partitionHeaderWord: 4,
    idCode: 6,
    identification: 10,
    headerSizes: 11,
    totalSize: 12,
    extendedIdCode: 17,
  },
  constants: {
    version: 0x00040000,
    identification: 0x50504449,
    headerSizes: 0x00201020,
    totalSize: 0x30,
  },
} as const satisfies HeaderLayout;

export const imageHeader = {
  title: 'image header',
  words: 16,
  fields: { partitionHeaderWord: 0, partitionCount: 1, name0: 4, name1: 5, name2: 6, name3: 7, id: 8 },
  constants: {},
} as const satisfies HeaderLayout;

export const partitionHeader = {
  title: 'partition header',
  words: 32,
  fields: {
    paddedWords: 0,
    words: 1,
    totalWords: 2,
    execAddressLow: 4,
    execAddressHigh: 5,
    loadAddressLow: 6,
    loadAddressHigh: 7,
    dataWord: 8,
    attributes: 9,
    sectionCount: 10,
    transformType: 28,
    commandZoneBytes: 29,
    transformMark: 30,
  },
  constants: {
    execAddressLow: 0,
    execAddressHigh: 0,
    loadAddressLow: 0xffffffff,
    loadAddressHigh: 0xffffffff,
    attributes: 0x02000006,
    sectionCount: 1,
  },
} as const satisfies HeaderLayout;

export type Fields<L extends HeaderLayout> = { readonly [K in keyof L['fields']]: number };

/**
 * Reads one header at `offset`. A word no field covers must be 0, a constant must have its value, and the last word
 * is the checksum of the others; what is not so goes to `issues`. `stale` names fields that the checksum is known to have been computed without.
 */
export function readHeader<L extends HeaderLayout>(
  reader: ByteReader,
  offset: number,
  layout: L,
  issues: PdiIssue[],
  stale: readonly (keyof L['fields'])[] = [],
): Fields<L> {
  reader.seek(offset);
  const words = Array.from({ length: layout.words }, () => reader.u32(`the ${layout.title}`));
  const last = layout.words - 1;
  const names = new Map(Object.entries(layout.fields).map(([field, index]) => [index, field]));
  words.forEach((word, index) => {
    const field = names.get(index);
    const expected = field === undefined ? 0 : layout.constants[field];
    if (expected === undefined || word === expected || index === last) return;
    issues.push({
      code: 'UNKNOWN_FIELD',
      offset: offset + index * 4,
      message: `word ${index} (${field ?? 'reserved'}) of the ${layout.title} is ${hex(word, 8)}; known files have ${hex(expected, 8)}`,
    });
  });
  const summed = words.slice(0, last);
  const sum = headerChecksum(summed);
  for (const field of stale) summed[layout.fields[field as string]!] = 0;
  if (sum !== words[last] && headerChecksum(summed) !== words[last]) {
    issues.push({
      code: 'CHECKSUM',
      offset: offset + last * 4,
      message: `${layout.title} checksum is ${hex(words[last]!, 8)}, computed ${hex(sum, 8)}`,
    });
  }
  return Object.fromEntries(
    Object.entries(layout.fields).map(([field, index]) => [field, words[index]!]),
  ) as Fields<L>;
}

/** The words of a header, constants and checksum included; fields in `stale` do not count in the checksum. */
export function headerWords<L extends HeaderLayout>(
  layout: L,
  values: Omit<Fields<L>, keyof L['constants']>,
  stale: readonly (keyof L['fields'])[] = [],
): number[] {
  const words = new Array<number>(layout.words).fill(0);
  const counted = new Array<number>(layout.words).fill(0);
  const all: Readonly<Record<string, number>> = { ...values, ...layout.constants };
  for (const [field, index] of Object.entries(layout.fields)) {
    words[index] = all[field]!;
    if (!stale.includes(field)) counted[index] = words[index]!;
  }
  words[layout.words - 1] = headerChecksum(counted);
  return words;
}
