import { closest } from 'fastest-levenshtein';
import { ValueError } from '../errors.ts';
import { correlation, cosine, meanAbs, snr, within } from './accept/aggregate.ts';
import { all, any } from './accept/combine.ts';
import { abs, absRel, exact, lsb, rel, ulp } from './accept/elementwise.ts';
import type { Acceptance } from './acceptance.ts';

interface Constructor {
  readonly parameters: readonly string[];
  build(...values: number[]): Acceptance;
}

// Wrapped, so that no number can land in the `because` parameter.
const CONSTRUCTORS: Readonly<Record<string, Constructor>> = {
  exact: { parameters: [], build: () => exact() },
  lsb: { parameters: ['n'], build: (n) => lsb(n!) },
  abs: { parameters: ['tolerance'], build: (tolerance) => abs(tolerance!) },
  rel: { parameters: ['tolerance'], build: (tolerance) => rel(tolerance!) },
  absRel: { parameters: ['atol', 'rtol'], build: (atol, rtol) => absRel(atol!, rtol!) },
  ulp: { parameters: ['n', 'floor'], build: (n, floor) => ulp(n!, floor!) },
  correlation: { parameters: ['min'], build: (min) => correlation(min!) },
  cosine: { parameters: ['min'], build: (min) => cosine(min!) },
  snr: { parameters: ['minDb'], build: (minDb) => snr(minDb!) },
  meanAbs: { parameters: ['max'], build: (max) => meanAbs(max!) },
  within: { parameters: ['ratio', 'n'], build: (ratio, n) => within(ratio!, n!) },
};

/** Names that may stand in an acceptance's text. */
export const acceptanceNames: readonly string[] = Object.keys(CONSTRUCTORS);

interface Token {
  readonly text: string;
  /** Counted from 1. */
  readonly position: number;
}

const TOKEN =
  /\s*(?:([A-Za-z_]\w*)|([-+]?(?:Infinity\b|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))|([()&|,])|(\S))/y;
const NUMBER = /^[-+]?(?:Infinity$|[\d.])/;

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const text = match[0].trimStart();
    const position = TOKEN.lastIndex - text.length + 1;
    if (match[4] !== undefined) {
      throw new ValueError(
        `acceptance '${source}': unexpected '${text}' at position ${position}`,
        'write e.g. lsb(2) & correlation(0.99)',
      );
    }
    tokens.push({ text, position });
  }
  return tokens;
}

/**
 * Reads an acceptance: names with numbers, `&` and `|` (`&` binds tighter), parentheses, e.g.
 * `lsb(2) & (correlation(0.99) | snr(30))`; `exact` may stand without parentheses. `interval` takes tensors and has
 * no text. Throws {@link ValueError} naming the position, an unknown name with the nearest valid one, or the
 * arguments a name takes.
 */
export function parseAcceptance(source: string): Acceptance {
  const tokens = tokenise(source);
  let next = 0;
  const peek = (): string | undefined => tokens[next]?.text;

  const fail = (expectation: string): never => {
    const token = tokens[next];
    const found = token === undefined ? 'the end' : `'${token.text}'`;
    const position = token?.position ?? source.length + 1;
    throw new ValueError(
      `acceptance '${source}': expected ${expectation}, found ${found} at position ${position}`,
      'write e.g. lsb(2) & correlation(0.99)',
    );
  };

  const expect = (text: string): void => {
    if (peek() !== text) fail(`'${text}'`);
    next++;
  };

  const list = (operator: string, member: () => Acceptance): Acceptance[] => {
    const members = [member()];
    while (peek() === operator) {
      next++;
      members.push(member());
    }
    return members;
  };

  const alternatives = (): Acceptance => {
    const members = list('|', conjunction);
    return members.length === 1 ? members[0]! : any(...members);
  };

  const conjunction = (): Acceptance => {
    const members = list('&', primary);
    return members.length === 1 ? members[0]! : all(...members);
  };

  const primary = (): Acceptance => {
    if (peek() !== '(') return call();
    next++;
    const inner = alternatives();
    expect(')');
    return inner;
  };

  const call = (): Acceptance => {
    const token = tokens[next];
    if (token === undefined || !/^[A-Za-z_]/.test(token.text) || token.text === 'Infinity') {
      return fail('the name of an acceptance');
    }
    if (!Object.hasOwn(CONSTRUCTORS, token.text)) throw unknownName(source, token);
    const { parameters, build } = CONSTRUCTORS[token.text]!;
    next++;
    const values = parameters.length === 0 && peek() !== '(' ? [] : numbers();
    if (values.length !== parameters.length) {
      const wanted = `${parameters.length} ${parameters.length === 1 ? 'argument' : 'arguments'}`;
      throw new ValueError(
        `acceptance '${source}': ${token.text} at position ${token.position} takes ${wanted}, got ${values.length}`,
        `write ${token.text}(${parameters.join(', ')})`,
      );
    }
    return build(...values);
  };

  const numbers = (): number[] => {
    expect('(');
    const values: number[] = [];
    while (peek() !== ')') {
      if (values.length > 0) expect(',');
      if (!NUMBER.test(peek() ?? '')) fail('a number');
      values.push(Number(peek()));
      next++;
    }
    next++;
    return values;
  };

  const result = alternatives();
  if (next < tokens.length) fail("'&', '|' or the end");
  return result;
}

function unknownName(source: string, { text, position }: Token): ValueError {
  if (text === 'interval') {
    return new ValueError(
      `acceptance '${source}': interval at position ${position} takes two tensors and cannot be written as text`,
      'build it in code: interval(low, high)',
    );
  }
  return new ValueError(
    `acceptance '${source}': unknown name '${text}' at position ${position}; did you mean '${closest(text, acceptanceNames)}'?`,
    `use one of ${acceptanceNames.join(', ')}`,
  );
}
