import { atPush } from '../evidence.ts';
import { type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 W1. */
export const neverWaited: Rule = {
  id: 'TC040',
  name: 'never-waited',
  severity: 'error',
  summary: 'An output may still be on its way when the stream ends, or a completion token is left behind.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { flow } = instructions;
    const outputs = flow.neverWaited.filter(({ direction }) => direction === 'S2MM');
    const tokens = flow.neverWaited.filter(
      ({ direction, issuesToken }) => direction === 'MM2S' && issuesToken,
    );
    const findings: Finding[] = [];
    if (outputs.length > 0) {
      findings.push({
        title: 'the stream ends without waiting for an output',
        evidence: listed(
          outputs.map((transfer) =>
            atPush(
              instructions,
              transfer,
              transfer.issuesToken
                ? 'issues a token that nothing waits for'
                : 'issues no token and no later push of the channel is waited for',
            ),
          ),
        ),
        fix: 'push the last output of every channel with a token and wait for it; the host else reads stale bytes',
      });
    }
    if (tokens.length > 0) {
      findings.push({
        severity: 'warning',
        title: 'the stream leaves completion tokens behind',
        evidence: listed(
          tokens.map((transfer) => atPush(instructions, transfer, 'issues a token that nothing waits for')),
        ),
        fix: 'wait for the input, or push it without a token: the next run could take the token for its own',
      });
    }
    return findings;
  },
};
