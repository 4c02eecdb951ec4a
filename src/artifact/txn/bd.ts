import { ValueError } from '../../errors.ts';

/**
 * A shim buffer descriptor (FORMATS.md 5.1), its fields under AM025's names in camel case. Lengths and steps are in
 * 32-bit words. Fields that hold "value - 1" in hardware are given as the value.
 */
export interface ShimBd {
  /** Buffer_Length: words one run moves. */
  readonly length: number;
  /** Base_Address: 48 bits, in bytes, a multiple of 4. */
  readonly baseAddress: number;
  readonly packetType: number;
  readonly packetId: number;
  readonly outOfOrderBdId: number;
  readonly enablePacket: boolean;
  /** D0_Stepsize (1 = consecutive words) and D0_Wrap (0 = never wraps: a linear transfer). */
  readonly d0Step: number;
  readonly d0Wrap: number;
  readonly secureAccess: boolean;
  readonly d1Step: number;
  readonly d1Wrap: number;
  /** Burst_Length, the 2-bit code; 2 means 256 bytes. */
  readonly burstLength: number;
  readonly d2Step: number;
  readonly axQos: number;
  readonly axCache: number;
  readonly smid: number;
  readonly iterationStep: number;
  /** Runs after which the iteration offset starts again: 1 to 64. */
  readonly iterationWrap: number;
  readonly iterationCurrent: number;
  readonly lockAcqId: number;
  /** Signed: negative waits for "at least" and subtracts, otherwise waits for equality (FORMATS.md 6.6). */
  readonly lockAcqValue: number;
  readonly lockAcqEnable: boolean;
  readonly lockRelId: number;
  readonly lockRelValue: number;
  readonly validBd: boolean;
  readonly useNextBd: boolean;
  readonly nextBd: number;
  readonly tlastSuppress: boolean;
}

/** Where a field lies: word, lowest bit, width; and how its value differs from the bits. */
type BitField = readonly [word: number, low: number, width: number, form?: 'minusOne' | 'signed'];

const NUMBERS = {
  length: [0, 0, 32],
  packetType: [2, 16, 3],
  packetId: [2, 19, 5],
  outOfOrderBdId: [2, 24, 6],
  d0Step: [3, 0, 20, 'minusOne'],
  d0Wrap: [3, 20, 10],
  d1Step: [4, 0, 20, 'minusOne'],
  d1Wrap: [4, 20, 10],
  burstLength: [4, 30, 2],
  d2Step: [5, 0, 20, 'minusOne'],
  axQos: [5, 20, 4],
  axCache: [5, 24, 4],
  smid: [5, 28, 4],
  iterationStep: [6, 0, 20, 'minusOne'],
  iterationWrap: [6, 20, 6, 'minusOne'],
  iterationCurrent: [6, 26, 6],
  lockAcqId: [7, 0, 4],
  lockAcqValue: [7, 5, 7, 'signed'],
  lockRelId: [7, 13, 4],
  lockRelValue: [7, 18, 7, 'signed'],
  nextBd: [7, 27, 4],
} as const satisfies Record<string, BitField>;

const FLAGS = {
  enablePacket: [2, 30],
  secureAccess: [3, 30],
  lockAcqEnable: [7, 12],
  validBd: [7, 25],
  useNextBd: [7, 26],
  tlastSuppress: [7, 31],
} as const satisfies Record<string, readonly [word: number, bit: number]>;

type NumberName = keyof typeof NUMBERS;
type FlagName = keyof typeof FLAGS;

const numberNames = Object.keys(NUMBERS) as NumberName[];
const flagNames = Object.keys(FLAGS) as FlagName[];

const ADDRESS_LIMIT = 2 ** 48;

/** Decodes the eight words of a shim buffer descriptor. Reserved bits are ignored. */
export function decodeShimBd(words: ArrayLike<number>): ShimBd {
  const word = (index: number): number => (words[index] ?? 0) >>> 0;
  const fields: Record<string, number | boolean> = {
    baseAddress: (word(2) & 0xffff) * 0x1_0000_0000 + ((word(1) & ~3) >>> 0),
  };
  for (const name of numberNames) {
    const [index, low, width, form]: BitField = NUMBERS[name];
    const bits = width === 32 ? word(index) : (word(index) >>> low) & (2 ** width - 1);
    if (form === 'minusOne') fields[name] = bits + 1;
    else if (form === 'signed') fields[name] = bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
    else fields[name] = bits;
  }
  for (const name of flagNames) {
    const [index, bit] = FLAGS[name];
    fields[name] = ((word(index) >>> bit) & 1) === 1;
  }
  return fields as unknown as ShimBd;
}

/**
 * Encodes a shim buffer descriptor into its eight words. Fields not given are neutral: steps and iteration wrap 1,
 * everything else 0 or off. Throws {@link ValueError} where a value does not fit its field.
 */
export function encodeShimBd(fields: Partial<ShimBd> & Pick<ShimBd, 'length'>): Uint32Array {
  const words = new Uint32Array(8);
  const address = fields.baseAddress ?? 0;
  if (!Number.isInteger(address) || address < 0 || address >= ADDRESS_LIMIT || address % 4 !== 0) {
    throw new ValueError(`baseAddress ${address} is not a multiple of 4 below 2^48`);
  }
  words[1] = address % 0x1_0000_0000;
  words[2] = Math.floor(address / 0x1_0000_0000);
  for (const name of numberNames) {
    const [index, low, width, form]: BitField = NUMBERS[name];
    const value = fields[name] ?? (form === 'minusOne' ? 1 : 0);
    const least = form === 'minusOne' ? 1 : form === 'signed' ? -(2 ** (width - 1)) : 0;
    const most = least + 2 ** width - 1;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new ValueError(`${name} of a shim buffer descriptor must be ${least} to ${most}, not ${value}`);
    }
    const bits = form === 'minusOne' ? value - 1 : value;
    words[index] = words[index]! | (width === 32 ? bits : (bits & (2 ** width - 1)) << low);
  }
  for (const name of flagNames) {
    const [index, bit] = FLAGS[name];
    if (fields[name]) words[index] = words[index]! | (1 << bit);
  }
  return words;
}
