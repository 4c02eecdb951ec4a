import { ValueError } from '../../errors.ts';
import { type Acceptance, type AcceptanceResult, acceptance } from '../acceptance.ts';
import type { Pair } from '../pair.ts';

/** `all` and `any` over acceptances; their text is the grammar of `parseAcceptance`, `&` binding tighter than `|`. */

function checkMembers(kind: string, members: readonly Acceptance[]): void {
  if (members.length === 0) {
    throw new ValueError(
      `${kind}() without members`,
      'name at least one acceptance; none accepts by accident',
    );
  }
}

function reasons(members: readonly Acceptance[]): string | undefined {
  const known = members.filter((member) => member.because !== undefined);
  return known.length === 0 ? undefined : known.map((m) => `${m.text}: ${m.because}`).join('; ');
}

function scopeOf(members: readonly Acceptance[]): Acceptance['scope'] {
  return members.every((member) => member.scope === 'elementwise') ? 'elementwise' : 'aggregate';
}

/** What was measured by the members that decided the verdict. */
function evidenceOf(parts: readonly AcceptanceResult[], pass: boolean): string {
  const deciding = parts.filter((part) => part.pass === pass);
  return deciding
    .map((part) => (parts.length > 1 ? `${part.text}: ${part.evidence}` : part.evidence))
    .join('; ');
}

function combineRejects(
  masks: readonly Uint8Array[],
  join: (x: number, y: number) => number,
): Uint8Array | null {
  const [first, ...rest] = masks;
  if (first === undefined) return null;
  return rest.reduce((left, right) => left.map((x, i) => join(x, right[i]!)), first);
}

function masksOf(members: readonly Acceptance[], pair: Pair): Uint8Array[] {
  return members.map((member) => member.rejects(pair)).filter((mask) => mask !== null);
}

/** `any` inside `all` needs parentheses. */
function factor(text: string): string {
  return text.includes(' | ') ? `(${text})` : text;
}

/** Accepts what every member accepts. Throws {@link ValueError} without members. */
export function all(...members: readonly Acceptance[]): Acceptance {
  checkMembers('all', members);
  const text = members.map((member) => factor(member.text)).join(' & ');
  return acceptance({
    kind: 'all',
    text,
    because: reasons(members),
    scope: scopeOf(members),
    rtol: members.find((member) => member.rtol !== undefined)?.rtol,
    judgePair: (pair) => {
      const parts = members.map((member) => member.judgePair(pair));
      const pass = parts.every((part) => part.pass);
      const minima = parts.map((part) => part.minimum).filter((minimum) => minimum !== null);
      const minimum = minima.length < parts.length ? null : minima.map(factor).join(' & ');
      return { pass, text, evidence: evidenceOf(parts, pass), minimum, parts };
    },
    rejects: (pair) => combineRejects(masksOf(members, pair), (x, y) => x | y),
  });
}

/**
 * Accepts what at least one member accepts; elementwise members may share the work, each element accepted by any one
 * of them (as `ulp` with its floor), so that the whole is accepted exactly if every tile is. Throws
 * {@link ValueError} without members.
 */
export function any(...members: readonly Acceptance[]): Acceptance {
  checkMembers('any', members);
  const text = members.map((member) => member.text).join(' | ');
  const elementwise = members.filter((member) => member.scope === 'elementwise');
  const aggregate = members.filter((member) => member.scope === 'aggregate');
  const rejectedByAll = (of: readonly Acceptance[], pair: Pair): Uint8Array | null =>
    combineRejects(masksOf(of, pair), (x, y) => x & y);
  return acceptance({
    kind: 'any',
    text,
    because: reasons(members),
    scope: scopeOf(members),
    rtol: members.find((member) => member.rtol !== undefined)?.rtol,
    judgePair: (pair) => {
      const parts = members.map((member) => member.judgePair(pair));
      const one = parts.some((part) => part.pass);
      const shared = !one && pair.size > 0 && rejectedByAll(elementwise, pair)?.includes(1) === false;
      const minima = parts.map((part) => part.minimum).filter((minimum) => minimum !== null);
      const minimum = minima.length === 0 ? null : minima.join(' | ');
      const evidence = shared
        ? `every element accepted by one of ${elementwise.map((member) => member.text).join(' | ')}`
        : evidenceOf(parts, one);
      return { pass: one || shared, text, evidence, minimum: shared ? (minimum ?? text) : minimum, parts };
    },
    rejects: (pair) =>
      aggregate.some((member) => member.judgePair(pair).pass) ? null : rejectedByAll(members, pair),
  });
}
