import { shimChannel, wait } from '../../txn/index.ts';
import type { Fixture } from './fixture.ts';
import { finish, read, sound, write } from './samples.ts';
import { buffers, descriptor, of, patch, push, words, wordWrite } from './variants.ts';

export const transferFixtures: Readonly<Record<string, Fixture>> = {
  TC030: {
    fails: [
      {
        what: 'a push of nothing',
        artifacts: of(push, ...sound),
        severity: 'error',
        says: 'never written',
        offset: 16,
      },
      {
        what: 'a descriptor without Valid_BD',
        artifacts: of(descriptor({ length: 16 }), patch(0), push, ...sound),
        severity: 'error',
        says: 'without Valid_BD',
      },
      {
        what: 'a patch of the queue',
        artifacts: of(
          { kind: 'patch', address: shimChannel(0, 'MM2S', 0).queue, argument: 0, argumentOffset: 0 },
          ...sound,
        ),
        severity: 'error',
        says: 'not word 1',
      },
      {
        what: 'a descriptor written in part',
        artifacts: of(...words.slice(0, 5).map(wordWrite), patch(0), push, ...write(64), finish),
        severity: 'warning',
        says: 'words that were never written',
      },
    ],
    passes: [of(descriptor({ length: 16, validBd: true }), patch(0), push, ...write(64), finish)],
  },
  TC031: {
    fails: [
      {
        what: 'half an output',
        artifacts: buffers({ bytes: 64 }, { bytes: 32 }),
        severity: 'error',
        says: 'bo1 (call argument 4) has 32 bytes, but the transfers need 64',
      },
    ],
    passes: [buffers({ bytes: 64 }, { bytes: 64 }), buffers({ bytes: 100 }, {})],
  },
  TC032: {
    fails: [
      {
        what: 'a padded input',
        artifacts: buffers({ bytes: 96 }, { bytes: 64 }),
        severity: 'warning',
        says: 'bytes 64 to 95 are never read',
      },
      {
        what: 'a gap in an output of unknown size',
        artifacts: of(...read(64), ...write(32), ...write(32, { offset: 64, bd: 2 }), finish, finish),
        severity: 'warning',
        says: 'bytes 32 to 63 are never written',
      },
    ],
    passes: [
      buffers({ bytes: 64 }, { bytes: 64 }),
      of(...read(64), ...write(32), ...write(32, { offset: 32, bd: 2 }), finish, finish),
      {
        ...of(...read(32), ...write(32, { argument: 0, offset: 32 }), finish),
        call: { buffers: [{ bytes: 64 }] },
      },
    ],
  },
  TC033: {
    fails: [
      {
        what: 'input and output the wrong way round',
        artifacts: buffers({ direction: 'out' }, { direction: 'in' }),
        severity: 'error',
        says: 'no S2MM transfer writes it',
      },
      {
        what: 'an input that nothing uses',
        artifacts: buffers({ direction: 'in' }, { direction: 'out' }, { direction: 'in' }),
        severity: 'error',
        says: 'bo2 (call argument 5) is declared in',
      },
    ],
    passes: [buffers({ direction: 'in' }, { direction: 'out' })],
  },
  TC034: {
    fails: [
      {
        what: 'two writes at once',
        artifacts: of(...read(64), ...write(64), ...write(64, { bd: 2, offset: 32 }), finish, finish),
        severity: 'error',
        says: 'writes 32 bytes, first bytes 32 to 63, that transfer 1 writes too',
      },
      {
        what: 'runs over the same bytes',
        artifacts: of(...read(64), ...write(64, { sizes: [2, 1, 1, 64], strides: [0, 0, 0, 1] }), finish),
        severity: 'error',
        says: 'writes 128 bytes to 64 places',
      },
      {
        what: 'a second pass after a wait',
        artifacts: of(...read(64), ...write(64), finish, ...write(64), finish),
        severity: 'warning',
        says: 'written more than once',
      },
    ],
    passes: [of(...read(64), ...write(32), ...write(32, { bd: 2, offset: 32 }), finish, finish)],
  },
  TC035: {
    fails: [
      {
        what: 'a write over what is read',
        artifacts: of(...read(64), ...write(64, { argument: 0, offset: 32 }), finish),
        severity: 'warning',
        says: 'writes bytes 32 to 63, which transfer 0 reads',
      },
    ],
    passes: [
      of(...read(64), ...write(64, { argument: 0, offset: 64 }), finish),
      of(
        ...read(64, { issueToken: true }),
        wait({ direction: 'MM2S' }),
        ...write(64, { argument: 0 }),
        finish,
      ),
    ],
  },
  TC036: {
    fails: [
      {
        what: 'one object in and out',
        artifacts: buffers({ object: 'x' }, { object: 'x' }),
        severity: 'warning',
        says: 'both touch bytes 0 to 63',
      },
    ],
    passes: [
      buffers({ object: 'x' }, { object: 'y' }),
      {
        ...of(...read(64), ...write(64, { offset: 64 }), finish),
        call: { buffers: [{ object: 'x' }, { object: 'x' }] },
      },
    ],
  },
  TC037: {
    fails: [
      {
        what: 'length 0',
        artifacts: of(descriptor({ length: 0, validBd: true }), patch(0), push, ...write(64), finish),
        severity: 'error',
        says: 'descriptor 1 has length 0',
      },
      {
        what: 'an offset within a word',
        artifacts: of(descriptor({ length: 16, validBd: true }), patch(6), push, ...write(64), finish),
        severity: 'error',
        says: 'offset 6 of argument 0',
        offset: 16 + 48,
      },
      {
        what: 'a register within a word',
        artifacts: of({ kind: 'write', address: 0x1d002, value: 0 }, ...sound),
        severity: 'error',
        says: '0x1d002',
        offset: 16,
      },
    ],
    passes: [of(descriptor({ length: 16, validBd: true }), patch(8), push, ...write(64), finish)],
  },
};
