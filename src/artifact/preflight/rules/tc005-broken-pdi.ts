import type { PdiIssue } from '../../pdi/index.ts';
import { type Finding, listed, type Severity } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** What a loader would trip over is an error; the rest is what AMD's own files also have, or cannot be judged. */
const isError = ({ code }: PdiIssue): boolean => code === 'CHECKSUM' || code === 'LENGTH';

/** FORMATS.md 7.1 F3; checksums in 3.1, loader commands in 3.2. */
export const brokenPdi: Rule = {
  id: 'TC005',
  name: 'broken-pdi',
  severity: 'error',
  summary: 'A checksum or length in a PDI is wrong, or it holds parts that tilecheck does not know.',
  check({ pdis }) {
    return pdis.flatMap(({ name, pdi }) =>
      (['error', 'warning'] as const).flatMap((severity: Severity): Finding[] => {
        const issues = pdi.issues.filter((issue) => isError(issue) === (severity === 'error'));
        if (issues.length === 0) return [];
        return [
          {
            severity,
            title: severity === 'error' ? 'the PDI contradicts itself' : 'the PDI has unusual parts',
            evidence: listed(issues.map(({ offset, message }) => ({ file: name, offset, text: message }))),
            fix: 'build the PDI again with bootgen; do not edit it by hand',
          },
        ];
      }),
    );
  },
};
