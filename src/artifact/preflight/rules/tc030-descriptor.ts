import type { LiftProblemCode } from '../../txn/index.ts';
import { atOperation } from '../evidence.ts';
import { listed, type Severity } from '../issue.ts';
import type { Rule } from '../rule.ts';

const SEVERITIES: Partial<Record<LiftProblemCode, Severity>> = {
  BD_NOT_WRITTEN: 'error',
  BD_NOT_VALID: 'error',
  BD_NOT_PATCHED: 'error',
  BD_CHAIN_LOOP: 'error',
  PATCH_OUTSIDE_BD: 'error',
  PATCH_BEFORE_BD: 'error',
  // What is left from before may be what is wanted, but nothing in the stream says so.
  BD_PARTLY_WRITTEN: 'warning',
  ITERATION_CARRIED: 'warning',
};

/** FORMATS.md 7.1 B1. */
export const descriptor: Rule = {
  id: 'TC030',
  name: 'descriptor',
  severity: 'error',
  summary:
    'A pushed buffer descriptor was not written, is not valid or has no address, or a patch hits none.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    return (['error', 'warning'] as const).flatMap((severity) => {
      const problems = instructions.lifted.problems.filter(({ code }) => SEVERITIES[code] === severity);
      if (problems.length === 0) return [];
      return [
        {
          severity,
          title:
            severity === 'error'
              ? 'a transfer has no sound buffer descriptor'
              : 'a buffer descriptor depends on what was there before',
          evidence: listed(
            problems.map(({ operation, message }) => atOperation(instructions, operation, message)),
          ),
          fix: 'write all eight words of the descriptor, then patch its word 1, then push it',
        },
      ];
    });
  },
};
