import { ValueError } from '../errors.ts';
import { dtypeInfo, type IntDType } from './dtype.ts';
import { log } from './log.ts';
import { type Shape, type Tensor, zeros } from './tensor.ts';

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;

/**
 * The same numbers as NumPy's legacy `numpy.random.RandomState(seed)`, draw for draw: MT19937 (Matsumoto and
 * Nishimura, 1998; `init_genrand` seeding) with the derived draws that NumPy has frozen since 1.16
 * (`numpy/random/src/legacy` and `src/distributions`).
 */
export class RandomState {
  readonly #state = new Uint32Array(STATE_WORDS);
  #position = STATE_WORDS;
  /** The polar method yields normals in pairs; the second waits here, across calls. */
  #spareNormal: number | undefined;

  /** `seed` is a whole number from 0 to 2^32 - 1; else {@link ValueError}. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ValueError(`seed ${seed} is not a whole number from 0 to 4294967295`);
    }
    let word = seed;
    for (let i = 0; i < STATE_WORDS; i++) {
      this.#state[i] = word;
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i + 1) >>> 0;
    }
  }

  /**
   * Whole numbers, uniform from `low` to `high - 1`, as `RandomState.randint(low, high, shape, dtype)`. Throws
   * {@link ValueError} for an empty range or one outside `dtype`.
   */
  randint<D extends IntDType, const S extends Shape>(
    low: number,
    high: number,
    shape: S,
    dtype: D,
  ): Tensor<D, S> {
    const { min, max, bytes, storage } = dtypeInfo(dtype);
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new ValueError(
        `randint from ${low} to below ${high} is no range of whole numbers`,
        'low is inclusive and below high',
      );
    }
    if (low < min || high - 1 > max) {
      throw new ValueError(
        `randint from ${low} to ${high - 1} leaves ${dtype}, which holds ${min} to ${max}`,
      );
    }
    const result = zeros(dtype, shape);
    const span = high - 1 - low;
    if (span === 0) {
      result.view.data.fill(low); // NumPy draws nothing here, so the state must not move.
      return result;
    }
    const draw = this.#chunks(bytes * 8);
    const mask = 2 ** (32 - Math.clz32(span)) - 1;
    const data = new storage(result.view.data.buffer);
    for (let i = 0; i < data.length; i++) {
      let value = (draw() & mask) >>> 0;
      while (value > span) value = (draw() & mask) >>> 0;
      data[i] = low + value;
    }
    return result;
  }

  /** Uniform in [0, 1) with 53 random bits, as `RandomState.random_sample(shape)`. */
  randomSample<const S extends Shape>(shape: S): Tensor<'f64', S> {
    return this.#fill(shape, () => this.double());
  }

  /**
   * Standard normal by the polar method, as `RandomState.standard_normal(shape)`. The method takes a logarithm, which
   * NumPy leaves to the C library of its machine; so the last bit may differ from NumPy's, as it does between machines.
   */
  standardNormal<const S extends Shape>(shape: S): Tensor<'f64', S> {
    return this.#fill(shape, () => this.#normal());
  }

  #fill<const S extends Shape>(shape: S, draw: () => number): Tensor<'f64', S> {
    const result = zeros('f64', shape);
    const { data } = result.view;
    for (let i = 0; i < data.length; i++) data[i] = draw();
    return result;
  }

  /** Draws of `bits` bits: a 32-bit word gives several narrow ones, lowest first; a call's leftovers are discarded. */
  #chunks(bits: number): () => number {
    if (bits === 32) return () => this.#uint32();
    let word = 0;
    let left = 0;
    return () => {
      if (left === 0) {
        word = this.#uint32();
        left = 32 / bits;
      } else {
        word >>>= bits;
      }
      left--;
      return word & (2 ** bits - 1);
    };
  }

  /** One number of {@link randomSample}. */
  double(): number {
    const high = this.#uint32() >>> 5;
    const low = this.#uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #normal(): number {
    const spare = this.#spareNormal;
    if (spare !== undefined) {
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.double() - 1;
      const y = 2 * this.double() - 1;
      const radius2 = x * x + y * y;
      if (radius2 >= 1 || radius2 === 0) continue;
      const factor = Math.sqrt((-2 * log(radius2)) / radius2);
      this.#spareNormal = factor * x;
      return factor * y;
    }
  }

  #uint32(): number {
    if (this.#position === STATE_WORDS) this.#twist();
    let word = this.#state[this.#position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_WORDS; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % STATE_WORDS]! & 0x7fffffff);
      const shifted = (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
      state[i] = state[(i + SHIFT_WORDS) % STATE_WORDS]! ^ shifted;
    }
    this.#position = 0;
  }
}
