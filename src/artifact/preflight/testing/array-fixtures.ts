import type { Fixture } from './fixture.ts';
import { pdi, pdiOf } from './samples.ts';
import { load, memoryTilePush, ofTiles } from './variants.ts';

export const arrayFixtures: Readonly<Record<string, Fixture>> = {
  TC050: {
    fails: [
      {
        what: 'a core without a program',
        artifacts: { pdi: ofTiles((tile) => ({ ...tile, program: [] })) },
        severity: 'error',
        says: 'core (0,2) is enabled without a program',
      },
      {
        what: 'a core that is not enabled',
        artifacts: { pdi: ofTiles(({ core: _, ...tile }) => tile) },
        severity: 'error',
        says: 'core (0,2) has 64 bytes of program and is not enabled',
      },
    ],
    passes: [{ pdi: pdi(0, 1) }],
  },
  TC051: {
    fails: [
      {
        what: 'a program of more than 16 KiB',
        artifacts: { pdi: pdiOf([load(0x20000, 0x4010)]) },
        severity: 'error',
        says: 'a program of tile (0,2) ends at 16400 of 16384 bytes',
      },
      {
        what: 'data beyond 64 KiB',
        artifacts: { pdi: pdiOf([load(0xfff0, 32)]) },
        severity: 'error',
        says: 'data of tile (0,2) ends at 65552 of 65536 bytes',
      },
    ],
    passes: [{ pdi: pdiOf([load(0x20000, 0x4000), load(0xfff0, 16)]) }],
  },
  TC052: {
    fails: [
      {
        what: 'descriptor 24 on channel 0',
        artifacts: { pdi: pdiOf([memoryTilePush(0, 24)]) },
        severity: 'error',
        says: 'S2MM0 of tile (0,1) starts descriptor 24',
      },
    ],
    passes: [{ pdi: pdiOf([memoryTilePush(0, 23), memoryTilePush(1, 24)]) }],
  },
};
