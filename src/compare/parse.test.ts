import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf, ValueError } from '../errors.ts';
import { tensor } from '../tensor/index.ts';
import { correlation, cosine, meanAbs, snr, within } from './accept/aggregate.ts';
import { all, any } from './accept/combine.ts';
import { abs, absRel, exact, lsb, rel, ulp } from './accept/elementwise.ts';
import type { Acceptance } from './acceptance.ts';
import { acceptanceNames, parseAcceptance } from './parse.ts';

const errorOf = (text: string): ValueError => {
  try {
    parseAcceptance(text);
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
  throw new Error(`'${text}' was accepted`);
};

describe('parseAcceptance', () => {
  it('reads names, numbers and operators', () => {
    expect(parseAcceptance('lsb(2) & correlation(0.99)').text).toBe('lsb(2) & correlation(0.99)');
    expect(parseAcceptance(' absRel( 1e-8 ,1E-5) ').text).toBe('absRel(1e-8, 0.00001)');
    expect(parseAcceptance('exact').text).toBe('exact()');
    expect(parseAcceptance('correlation(-.5)|snr(-3.)').text).toBe('correlation(-0.5) | snr(-3)');
    expect(parseAcceptance('snr(Infinity)').text).toBe('snr(Infinity)');
  });

  it('binds & tighter than |, and parentheses tightest', () => {
    expect(parseAcceptance('lsb(1) | lsb(2) & lsb(3)').kind).toBe('any');
    expect(parseAcceptance('(lsb(1) | lsb(2)) & lsb(3)').kind).toBe('all');
    expect(parseAcceptance('((lsb(1)))').text).toBe('lsb(1)');
    const [expected, actual] = [tensor('int8', [1], [0]), tensor('int8', [1], [2])];
    expect(parseAcceptance('lsb(2) | lsb(2) & lsb(0)').judge(expected, actual).pass).toBe(true);
    expect(parseAcceptance('(lsb(2) | lsb(2)) & lsb(0)').judge(expected, actual).pass).toBe(false);
  });

  it('reads back the text of every acceptance that has one', () => {
    const small = fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true });
    const leaf: fc.Arbitrary<Acceptance> = fc.oneof(
      fc.constant(exact()),
      fc.nat(1000).map((n) => lsb(n)),
      fc
        .tuple(small, small)
        .chain(([x, y]) =>
          fc.constantFrom(
            abs(x),
            rel(x),
            absRel(x, y),
            ulp(x, y),
            correlation(-x),
            cosine(x),
            snr(x),
            meanAbs(x),
            within(x, y),
          ),
        ),
    );
    const pairOf = (inner: fc.Arbitrary<Acceptance>) =>
      fc.oneof(
        inner,
        fc.tuple(inner, inner).map(([x, y]) => all(x, y)),
        fc.tuple(inner, inner).map(([x, y]) => any(x, y)),
      );
    fc.assert(
      fc.property(pairOf(pairOf(leaf)), (acceptance) => {
        expect(parseAcceptance(acceptance.text).text).toBe(acceptance.text);
        expect(parseAcceptance(acceptance.text).scope).toBe(acceptance.scope);
      }),
    );
  });

  it('names an unknown name, its position and the nearest valid one', () => {
    expect(errorOf('lsb(2) & corelation(0.99)').message).toBe(
      "acceptance 'lsb(2) & corelation(0.99)': unknown name 'corelation' at position 10; did you mean 'correlation'?",
    );
    expect(errorOf('LSB(2)').message).toContain("unknown name 'LSB'");
    expect(errorOf('toString(1)').message).toContain("unknown name 'toString'");
    for (const name of acceptanceNames) expect(errorOf('x').hint).toContain(name);
  });

  it('names the arguments an acceptance takes', () => {
    expect(errorOf('absRel(1)').message).toContain('absRel at position 1 takes 2 arguments, got 1');
    expect(errorOf('absRel(1)').hint).toBe('write absRel(atol, rtol)');
    expect(errorOf('lsb(1, 2)').message).toContain('lsb at position 1 takes 1 argument, got 2');
    expect(errorOf('lsb()').message).toContain('got 0');
    expect(errorOf('exact(1)').message).toContain('exact at position 1 takes 0 arguments, got 1');
  });

  it.each([
    ['', 'expected the name of an acceptance, found the end at position 1'],
    ['lsb', "expected '(', found the end at position 4"],
    ['lsb(2', "expected ',', found the end at position 6"],
    ['lsb(2) &', 'expected the name of an acceptance, found the end at position 9'],
    ['lsb(2) lsb(3)', "expected '&', '|' or the end, found 'lsb' at position 8"],
    ['(lsb(2)', "expected ')', found the end at position 8"],
    ['lsb(2))', "expected '&', '|' or the end, found ')' at position 7"],
    ['lsb(two)', "expected a number, found 'two' at position 5"],
    ['lsb(,)', "expected a number, found ',' at position 5"],
    ['lsb(1 2)', "expected ',', found '2' at position 7"],
    ['& lsb(2)', "expected the name of an acceptance, found '&' at position 1"],
    ['2', "expected the name of an acceptance, found '2' at position 1"],
    ['lsb(2) && lsb(3)', "expected the name of an acceptance, found '&' at position 9"],
    ['lsb(2) + lsb(3)', "unexpected '+' at position 8"],
    ['lsb(2);', "unexpected ';' at position 7"],
    ['interval(1, 2)', 'interval at position 1 takes two tensors'],
  ])('rejects %j', (text, message) => {
    expect(errorOf(text).message).toContain(message);
    expect(errorOf(text).hint).toBeDefined();
  });

  it('passes on what a constructor rejects', () => {
    expect(errorOf('lsb(-1)').message).toContain('lsb of -1');
    expect(errorOf('correlation(2)').message).toContain('correlation of 2');
  });

  it('never fails in any other way', () => {
    const piece = fc.constantFrom(
      'lsb',
      '(',
      ')',
      '2',
      ',',
      '&',
      '|',
      ' ',
      'correlation',
      '0.5',
      '-',
      'é',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseAcceptance(pieces.join(''));
        } catch (error) {
          expect(error, messageOf(error)).toBeInstanceOf(ValueError);
        }
      }),
    );
  });
});
