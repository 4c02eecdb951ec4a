import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutationsOf } from '../testing/fuzz.ts';
import { preflight, rules } from './index.ts';
import { EVIDENCE_LISTED, listed } from './issue.ts';
import { kindByContent } from './kind.ts';
import { fixtures } from './testing/fixtures.ts';
import { pdi, soundArtifacts, stream, write, xclbin } from './testing/samples.ts';

describe('preflight', () => {
  it('has nothing to say of sound artifacts of which all is known', () => {
    expect(preflight(soundArtifacts)).toEqual([]);
  });

  it('has nothing to say of nothing', () => {
    expect(preflight({})).toEqual([]);
  });

  it('puts errors first', () => {
    const severities = preflight({
      instructions: { ...stream(write(64)), name: 'insts.txt' },
      call: { buffers: [{}, { bytes: 32 }] },
    }).map(({ severity }) => severity);
    expect(severities).toEqual(['error', 'error', 'warning']);
  });

  it('cuts long lists of evidence', () => {
    const evidence = Array.from({ length: 20 }, (_, i) => ({ file: 'insts.bin', text: `${i}` }));
    expect(listed(evidence)).toHaveLength(9);
    expect(listed(evidence).at(-1)?.text).toBe('and 12 more');
  });
});

describe('preflight of damaged files', () => {
  const streams = Object.values(fixtures)
    .flatMap(({ fails }) => fails)
    .flatMap(({ artifacts: { instructions } }) =>
      instructions === undefined || instructions === 'missing' ? [] : [instructions.bytes],
    );

  it('throws nothing, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        mutationsOf(...streams),
        mutationsOf(xclbin().bytes),
        mutationsOf(pdi(0, 1).bytes),
        fc.nat(2),
        (sound, damaged, container, configuration, choice) => {
          const issues = preflight({
            ...soundArtifacts,
            instructions: { name: 'insts.bin', bytes: choice === 0 ? damaged : sound },
            xclbin: { name: 'final.xclbin', bytes: choice === 1 ? container : xclbin().bytes },
            ...(choice === 2 ? { pdi: { name: 'main.pdi', bytes: configuration } } : {}),
          });
          for (const { evidence, title, fix } of issues) {
            expect(evidence.length).toBeGreaterThan(0);
            expect(evidence.length).toBeLessThanOrEqual(EVIDENCE_LISTED + 1);
            expect(`${title} ${fix} ${evidence.map(({ text }) => text).join(' ')}`).not.toMatch(
              /undefined|NaN|Infinity/,
            );
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('kindByContent', () => {
  const head = (text: string) => kindByContent(new TextEncoder().encode(text));

  it('tells artifacts by their first bytes', () => {
    expect(kindByContent(stream([]).bytes)).toBe('instructions');
    expect(head('06030100\n00000104\n')).toBe('instructions');
    expect(head('00000011\n01000405\n')).toBe('instructions');
    expect(kindByContent(xclbin().bytes)).toBe('xclbin');
    expect(head('\x7fELF')).toBe('elf');
  });

  it('tells nothing by other bytes', () => {
    for (const text of ['', 'hello', '12\n34\n', '<html>']) expect(head(text)).toBeUndefined();
    expect(kindByContent(new Uint8Array(64))).toBeUndefined();
  });
});

describe('rules', () => {
  it('have ids of their own in ascending order, and fixtures', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.filter((id) => !/^TC\d{3}$/.test(id))).toEqual([]);
    expect(Object.keys(fixtures).sort()).toEqual(ids);
  });

  describe.each(rules.map((rule) => [`${rule.id} ${rule.name}`, rule.id] as const))('%s', (_, id) => {
    const { fails, passes } = fixtures[id]!;

    it.each(fails)('finds $what', ({ artifacts, severity, says, offset }) => {
      const found = preflight(artifacts).filter(({ rule }) => rule === id);
      expect(found.map((issue) => issue.severity)).toContain(severity);
      const texts = found.flatMap(({ title, evidence }) => [title, ...evidence.map(({ text }) => text)]);
      expect(texts.join('\n')).toContain(says);
      if (offset !== undefined) expect(found[0]?.evidence[0]?.offset).toBe(offset);
      expect(found.every(({ fix }) => fix.length > 0)).toBe(true);
    });

    it('accepts what is right', () => {
      expect(passes.length).toBeGreaterThan(0);
      for (const artifacts of passes) {
        expect(preflight(artifacts).filter(({ rule }) => rule === id)).toEqual([]);
      }
    });
  });
});
