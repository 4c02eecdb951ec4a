import type { Instruction } from '../../txn/index.ts';
import type { Fixture } from './fixture.ts';
import { finish, pdi, read, sound, soundStream, write } from './samples.ts';
import { column, columnDone, fiveReads, of, push, withoutTokenRoute } from './variants.ts';

export const waitFixtures: Readonly<Record<string, Fixture>> = {
  TC040: {
    fails: [
      {
        what: 'no wait',
        artifacts: of(...read(64), ...write(64)),
        severity: 'error',
        says: 'issues a token that nothing waits for',
      },
      {
        what: 'no token',
        artifacts: of(...read(64), ...write(64, { issueToken: false })),
        severity: 'error',
        says: 'issues no token',
      },
      {
        what: 'an input with a token',
        artifacts: of(...read(64, { issueToken: true }), ...write(64), finish),
        severity: 'warning',
        says: 'leaves completion tokens behind',
      },
    ],
    passes: [
      of(...sound),
      of(...read(64), ...write(32, { issueToken: false }), ...write(32, { bd: 2, offset: 32 }), finish),
    ],
  },
  TC041: {
    fails: [
      {
        what: 'a second wait for one token',
        artifacts: of(...sound, finish),
        severity: 'error',
        says: 'no task with a token is under way',
      },
      {
        what: 'no Controller_ID',
        artifacts: of(...sound.filter(({ kind }) => kind !== 'maskwrite')),
        severity: 'warning',
        says: 'without Controller_ID',
      },
      {
        what: 'another Controller_ID',
        artifacts: of(
          ...sound.map((each): Instruction => (each.kind === 'maskwrite' ? { ...each, value: 0x300 } : each)),
        ),
        severity: 'error',
        says: 'with Controller_ID 3',
      },
    ],
    passes: [of(...sound)],
  },
  TC042: {
    fails: [
      {
        what: 'five reads in a row',
        artifacts: of(...fiveReads.flat(), ...write(64), finish),
        severity: 'warning',
        says: 'push 5 of its channel',
      },
    ],
    passes: [
      of(...fiveReads.slice(0, 4).flat(), ...write(64), finish),
      of(
        ...fiveReads.slice(0, 3).flat(),
        ...write(64),
        finish,
        ...fiveReads.slice(3).flat(),
        ...write(64, { offset: 64 }),
        finish,
      ),
    ],
  },
  TC043: {
    fails: [
      {
        what: 'a descriptor written while it is read',
        artifacts: of(...read(64), ...read(64, { offset: 64 }), ...write(64), finish),
        severity: 'warning',
        says: 'transfer 0 may still use it',
      },
    ],
    passes: [
      of(...sound, ...read(64, { offset: 64 }), ...write(64, { offset: 64 }), finish),
      of(...read(64), ...read(64, { bd: 2, offset: 64 }), ...write(64), finish),
      of(...read(64), push, ...write(64), finish),
    ],
  },
  TC044: {
    fails: [
      {
        what: 'a wait after each column',
        artifacts: of(...column(0), columnDone(0), ...column(1), columnDone(1)),
        severity: 'info',
        says: 'the 2 columns run one after the other',
      },
    ],
    passes: [of(...column(0), ...column(1), columnDone(0), columnDone(1)), of(...sound)],
  },
  TC045: {
    fails: [
      {
        what: 'no packet route in the shim tile',
        artifacts: { instructions: soundStream, pdi: withoutTokenRoute() },
        severity: 'error',
        says: 'packet id 15',
        offset: 0x104,
      },
    ],
    passes: [{ instructions: soundStream, pdi: pdi(0) }],
  },
};
