import { expect } from 'vitest';
import { type Acceptance, compare, renderComparison } from '../compare/index.ts';
import { ErtCmdState, type RunResult, stateName } from '../device/index.ts';
import type { Tensor } from '../tensor/index.ts';

interface TilecheckMatchers<R = unknown> {
  /** The run's command state is ERT_CMD_STATE_COMPLETED. States are not ordered: SUBMITTED is above COMPLETED. */
  toBeCompleted(): R;
  /** The tensor is accepted against `expected`, tile by tile. A failure shows the tile map and the worst element. */
  toMatchTiles(expected: Tensor, accept: Acceptance, tile?: readonly number[]): R;
}

declare module 'vitest' {
  interface Matchers<T> extends TilecheckMatchers<T> {}
}

expect.extend({
  toBeCompleted(received: Pick<RunResult, 'state' | 'log'>) {
    const log = received.log.length > 0 ? `\n${received.log.join('\n')}` : '';
    return {
      pass: received.state === ErtCmdState.COMPLETED,
      message: () =>
        `expected ERT_CMD_STATE_COMPLETED${this.isNot ? ' not' : ''}, got ${stateName(received.state)}${log}`,
    };
  },
  toMatchTiles(received: Tensor, expected: Tensor, accept: Acceptance, tile?: readonly number[]) {
    const comparison = compare(expected, received, tile === undefined ? { accept } : { accept, tile });
    return { pass: comparison.pass, message: () => renderComparison(comparison) };
  },
});
