import { FormatError } from '../errors.ts';
import type { Shape } from './tensor.ts';

/** The three facts an .npy header states. */
export interface NpyHeader {
  /** NumPy's type string, e.g. `<f4`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
}

/** NumPy's own limit (`NPY_MAXDIMS` of NumPy 2). */
const MAX_RANK = 64;

const TOKEN = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|([A-Za-z]+)|(\d+)L?|([{}():,[]))/y;

type Token =
  | { readonly kind: 'string' | 'word' | 'number' | 'mark'; readonly text: string }
  | { readonly kind: 'end'; readonly text: 'the end' };

/** Reads the Python dict literal of a header, and of Python only what `numpy.lib.format` writes. */
class HeaderParser {
  readonly #text: string;
  readonly #name: string;
  #next: Token;
  #position = 0;

  constructor(text: string, name: string) {
    this.#text = text.trimEnd();
    this.#name = name;
    this.#next = this.#scan();
  }

  parse(): NpyHeader {
    const found = new Map<string, unknown>();
    this.#expect('{');
    while (!this.#accept('}')) {
      const key = this.#takeKind('string', 'a key in quotes');
      if (found.has(key)) throw this.#error(`key '${key}' stands twice`);
      this.#expect(':');
      found.set(key, this.#value(key));
      if (!this.#accept(',') && this.#next.text !== '}') throw this.#unexpected("',' or '}'");
    }
    if (this.#next.kind !== 'end') throw this.#unexpected('the end');
    const missing = ['descr', 'fortran_order', 'shape'].find((key) => !found.has(key));
    if (missing !== undefined) throw this.#error(`key '${missing}' is missing`);
    return {
      descr: found.get('descr') as string,
      fortranOrder: found.get('fortran_order') as boolean,
      shape: found.get('shape') as Shape,
    };
  }

  #value(key: string): string | boolean | Shape {
    switch (key) {
      case 'descr':
        if (this.#next.text === '[') throw this.#error('the dtype is structured; save each field by itself');
        return this.#takeKind('string', 'a type string');
      case 'fortran_order': {
        const word = this.#takeKind('word', 'True or False');
        if (word !== 'True' && word !== 'False') throw this.#error(`fortran_order is ${word}`);
        return word === 'True';
      }
      case 'shape':
        return this.#shape();
      default:
        throw this.#error(`key '${key}' is unknown`);
    }
  }

  #shape(): Shape {
    const shape: number[] = [];
    this.#expect('(');
    while (!this.#accept(')')) {
      const text = this.#takeKind('number', 'an extent');
      const extent = Number(text);
      if (!Number.isSafeInteger(extent)) throw this.#error(`extent ${text} is larger than any file`);
      shape.push(extent);
      if (shape.length > MAX_RANK) throw this.#error(`the shape has more than ${MAX_RANK} axes`);
      // (3) is a number in Python; a shape of one axis is (3,).
      if (!this.#accept(',') && (shape.length === 1 || this.#next.text !== ')')) {
        throw this.#unexpected("','");
      }
    }
    return shape;
  }

  #scan(): Token {
    if (this.#position === this.#text.length) return { kind: 'end', text: 'the end' };
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      throw this.#error(
        `cannot read ${JSON.stringify(this.#text.slice(this.#position, this.#position + 20))}`,
      );
    }
    this.#position = TOKEN.lastIndex;
    const [, single, double, word, number, mark] = match;
    const string = single ?? double;
    if (string !== undefined) return { kind: 'string', text: string };
    if (word !== undefined) return { kind: 'word', text: word };
    if (number !== undefined) return { kind: 'number', text: number };
    return { kind: 'mark', text: mark! };
  }

  #accept(mark: string): boolean {
    if (this.#next.kind !== 'mark' || this.#next.text !== mark) return false;
    this.#next = this.#scan();
    return true;
  }

  #expect(mark: string): void {
    if (!this.#accept(mark)) throw this.#unexpected(`'${mark}'`);
  }

  #takeKind(kind: Token['kind'], wanted: string): string {
    if (this.#next.kind !== kind) throw this.#unexpected(wanted);
    const { text } = this.#next;
    this.#next = this.#scan();
    return text;
  }

  #unexpected(wanted: string): FormatError {
    return this.#error(`expected ${wanted}, met ${JSON.stringify(this.#next.text)}`);
  }

  #error(what: string): FormatError {
    const shown = this.#text.length > 200 ? `${this.#text.slice(0, 200)}...` : this.#text;
    return new FormatError(
      `${this.#name} has a bad .npy header: ${what}`,
      `the header is ${JSON.stringify(shown)}`,
    );
  }
}

/** The header in `text`. Throws {@link FormatError} naming `name` where a key is missing, doubled or malformed. */
export function parseNpyHeader(text: string, name: string): NpyHeader {
  return new HeaderParser(text, name).parse();
}

/** The header as NumPy prints it, without padding. */
export function formatNpyHeader({ descr, fortranOrder, shape }: NpyHeader): string {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`;
}
