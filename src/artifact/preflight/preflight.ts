import type { Artifacts } from './artifacts.ts';
import { gather } from './facts.ts';
import type { Issue, Severity } from './issue.ts';
import { rules } from './registry.ts';

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * Checks artifacts and the host's call against each other without running anything (FORMATS.md 7.1). Issues come errors
 * first, then by rule. A file that cannot be read is an issue; only a defect of tilecheck throws.
 */
export function preflight(artifacts: Artifacts): Issue[] {
  const facts = gather(artifacts);
  return rules
    .flatMap(({ id, name, severity, check }) =>
      check(facts).map((finding): Issue => ({ rule: id, name, severity, ...finding })),
    )
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
