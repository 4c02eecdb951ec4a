/**
 * The generator sfc32 (Doty-Humphrey, "PractRand", 2010: four 32-bit words, one of them a counter, so that no period
 * is shorter than 2^32). Drawing an input must cost far less than running a kernel on it, which neither fast-check's
 * generator nor Mersenne Twister does. Integer arithmetic only: the same numbers on every machine.
 */
export class Random {
  // A typed array, as storing to it costs a fifth of storing to fields.
  readonly #state: Int32Array;

  /** `high` and `low` are the seed's 32-bit words. */
  constructor(high: number, low: number) {
    this.#state = Int32Array.of(high, low, 0, 1);
    for (let i = 0; i < 12; i++) this.word(); // mixes a seed of few bits into all of the state
  }

  /** 32 random bits as a signed integer. */
  word(): number {
    const state = this.#state;
    const b = state[1]!;
    const c = state[2]!;
    const result = (state[0]! + b + state[3]!) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + result) | 0;
    state[3] = (state[3]! + 1) | 0;
    return result;
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  unit(): number {
    return (this.word() >>> 0) * 2 ** -32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  /** A whole number from 0 to `count - 1`; `count` below 2^32. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.unit() * n < 1;
  }

  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /**
   * Mean 0, deviation 1: the sum of eight random bytes, which is normal up to its tails (none beyond 4.9) and needs
   * neither logarithm nor rejection.
   */
  normal(): number {
    const x = this.word();
    const y = this.word();
    const pairs = (x & 0xff00ff) + ((x >>> 8) & 0xff00ff) + (y & 0xff00ff) + ((y >>> 8) & 0xff00ff);
    return ((pairs & 0xffff) + (pairs >>> 16) - 1020) * NORMAL_STEP;
  }

  /** -1 or 1. */
  sign(): number {
    return this.word() < 0 ? -1 : 1;
  }
}

/** One over the deviation of a sum of eight uniform bytes. */
const NORMAL_STEP = 1 / Math.sqrt((8 * (256 ** 2 - 1)) / 12);
