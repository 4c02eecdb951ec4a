import { atOperation, atPush } from '../evidence.ts';
import { type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Tokens carry the Controller_ID; the switch routes 15 to the host (FORMATS.md 5.6). */
const CONTROLLER_ID = 15;

/** FORMATS.md 7.1 W2. */
export const waitWithoutToken: Rule = {
  id: 'TC041',
  name: 'wait-without-token',
  severity: 'error',
  summary:
    'A wait can never end: no task issues the token, or the token does not carry the id that is routed back.',
  check({ instructions }) {
    if (instructions === undefined) return [];
    const { flow, lifted } = instructions;
    const findings: Finding[] = [];
    const none = lifted.problems.filter(({ code }) => code === 'NO_TOKEN' || code === 'EMPTY_WAIT');
    if (none.length > 0) {
      findings.push({
        title: 'the stream waits for a token that never comes',
        evidence: listed(none.map(({ operation, message }) => atOperation(instructions, operation, message))),
        fix: 'push the transfer with a token, and wait for each token once',
      });
    }
    const lost = flow.transfers.filter(
      ({ issuesToken, completedBy, controllerId }) =>
        issuesToken && completedBy !== undefined && controllerId !== CONTROLLER_ID,
    );
    if (lost.length > 0) {
      findings.push({
        // The configuration in the PDI may set it instead.
        severity: lost.some(({ controllerId }) => controllerId !== undefined) ? 'error' : 'warning',
        title: `a token is waited for, but the stream does not set Controller_ID ${CONTROLLER_ID} for its channel`,
        evidence: listed(
          lost.map((transfer) =>
            atPush(
              instructions,
              transfer,
              transfer.controllerId === undefined
                ? 'is pushed without Controller_ID'
                : `is pushed with Controller_ID ${transfer.controllerId}`,
            ),
          ),
        ),
        fix: `write ${CONTROLLER_ID} to bits 15:8 of the channel's control register before the push`,
      });
    }
    return findings;
  },
};
