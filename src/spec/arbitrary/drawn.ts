import fc from 'fast-check';
import type { Tensors } from '../kernel.ts';
import { candidates } from '../shrink/index.ts';
import { Random } from './random.ts';

/** Where a shrunk value stands in its search: fast-check calls `shrink` anew after every step. */
interface Trail {
  readonly start: Tensors;
  /** Whether each candidate so far still failed. */
  readonly answers: readonly boolean[];
}

function isTrail(context: unknown): context is Trail {
  return typeof context === 'object' && context !== null && 'answers' in context;
}

/**
 * Arbitrary of several tensors at once, with structural shrinking. Where `T` is more than the tensors, `tensorsOf` and
 * `withTensors` take them out and put smaller ones in.
 *
 * fast-check asks for the candidates after a failing one with that one's context, so that the search goes on where it
 * was: the context holds the answers so far, and the search is run through them again (which costs no kernel run).
 */
export class Drawn<T> extends fc.Arbitrary<T> {
  readonly #draw: (random: Random) => T;
  readonly #tensorsOf: (value: T) => Tensors;
  readonly #withTensors: (value: T, tensors: Tensors) => T;
  readonly #tile: readonly number[] | undefined;

  constructor(options: {
    readonly draw: (random: Random) => T;
    readonly tensorsOf: (value: T) => Tensors;
    readonly withTensors: (value: T, tensors: Tensors) => T;
    readonly tile?: readonly number[] | undefined;
  }) {
    super();
    this.#draw = options.draw;
    this.#tensorsOf = options.tensorsOf;
    this.#withTensors = options.withTensors;
    this.#tile = options.tile;
  }

  override generate(source: fc.Random): fc.Value<T> {
    const word = (): number => source.nextInt(-(2 ** 31), 2 ** 31 - 1);
    return new fc.Value(this.#draw(new Random(word(), word())), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return false;
  }

  override shrink(value: T, context: unknown): fc.Stream<fc.Value<T>> {
    return fc.stream(this.#smaller(value, context));
  }

  *#smaller(value: T, context: unknown): IterableIterator<fc.Value<T>> {
    const trail = isTrail(context) ? context : { start: this.#tensorsOf(value), answers: [] };
    const search = candidates(trail.start, { tile: this.#tile });
    let next = search.next(false);
    for (const answer of trail.answers) next = search.next(answer);
    const answers = [...trail.answers];
    while (!next.done) {
      const smaller = this.#withTensors(value, next.value.inputs);
      yield new fc.Value(smaller, { start: trail.start, answers: [...answers, true] } satisfies Trail);
      answers.push(false); // asked for the next one, so that this one did not fail
      next = search.next(false);
    }
  }
}
