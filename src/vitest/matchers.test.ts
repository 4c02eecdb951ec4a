import { describe, expect, it } from 'vitest';
import { lsb } from '../compare/index.ts';
import { ErtCmdState } from '../device/index.ts';
import { tensor } from '../tensor/index.ts';
import './matchers.ts';

const grid = (...values: number[]) => tensor('int8', [2, 2], values);

describe('toBeCompleted', () => {
  it('holds for COMPLETED and for no other state', () => {
    for (const [name, state] of Object.entries(ErtCmdState)) {
      const result = { state, log: ['what the device said'] };
      if (name === 'COMPLETED') expect(result).toBeCompleted();
      else
        expect(() => expect(result).toBeCompleted()).toThrow(
          `got ERT_CMD_STATE_${name}\nwhat the device said`,
        );
    }
  });

  it('can be negated', () => {
    expect({ state: ErtCmdState.ERROR, log: [] }).not.toBeCompleted();
    expect(() => expect({ state: ErtCmdState.COMPLETED, log: [] }).not.toBeCompleted()).toThrow('not');
  });
});

describe('toMatchTiles', () => {
  it('accepts within the tolerance and shows the worst element beyond it', () => {
    expect(grid(1, 2, 3, 4)).toMatchTiles(grid(1, 2, 3, 5), lsb(1), [1, 1]);
    expect(() => expect(grid(1, 2, 3, 4)).toMatchTiles(grid(1, 2, 3, 9), lsb(1), [1, 1])).toThrow(/\[1, 1\]/);
  });
});
