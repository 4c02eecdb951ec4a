import { routesOf, type TileConfig, tileAt } from '../../array/index.ts';
import { atPush } from '../evidence.ts';
import { listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Packet id of completion tokens, and the port that leads to the host (FORMATS.md 5.6). */
const TOKEN_ID = 15;

function leadsTokensOut(tile: TileConfig): boolean {
  return routesOf(tile.switch).some(
    (route) =>
      route.mode === 'packet' &&
      route.fed &&
      route.from.bundle === 'TileControl' &&
      (TOKEN_ID & route.mask) === (route.id & route.mask) &&
      route.to.some(({ bundle, channel }) => bundle === 'South' && channel === 0),
  );
}

/** FORMATS.md 7.1 W2, the part that the PDI shows. */
export const tokenRoute: Rule = {
  id: 'TC045',
  name: 'token-route',
  severity: 'error',
  summary: 'A completion token is waited for, but no packet route leads it from the shim tile to the host.',
  check({ instructions, pdis }) {
    if (instructions === undefined) return [];
    const lost = instructions.flow.transfers.filter(({ issuesToken, completedBy, column }) => {
      if (!issuesToken || completedBy === undefined) return false;
      const shims = pdis.flatMap(({ config }) => tileAt(config, column, 0) ?? []);
      return shims.length > 0 && !shims.some(leadsTokensOut);
    });
    if (lost.length === 0) return [];
    return [
      {
        title: 'a wait can never end: completion tokens have no way to the host',
        evidence: listed(
          lost.map((transfer) =>
            atPush(instructions, transfer, `needs a route for packet id ${TOKEN_ID} to South0`),
          ),
        ),
        fix: 'let the compiler make the packet flow from the shim TileControl port to South 0',
      },
    ];
  },
};
