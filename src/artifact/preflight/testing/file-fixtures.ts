import type { Fixture } from './fixture.ts';
import { finish, pdi, pdiOf, sound, soundStream, stream, xclbin } from './samples.ts';
import { cut, damaged, of, pointer, text } from './variants.ts';

export const fileFixtures: Readonly<Record<string, Fixture>> = {
  TC001: {
    fails: [
      {
        what: 'a Git LFS pointer',
        artifacts: { instructions: pointer },
        severity: 'error',
        says: 'Git LFS pointer',
      },
      {
        what: 'an empty file',
        artifacts: { instructions: text('', 'insts.txt') },
        severity: 'error',
        says: 'is empty',
      },
      {
        what: 'a truncated xclbin',
        artifacts: { xclbin: cut(xclbin(), 1000) },
        severity: 'error',
        says: 'the file has 1000',
      },
    ],
    passes: [{ instructions: soundStream, xclbin: xclbin() }],
  },
  TC002: {
    fails: [
      {
        what: 'a stream cut short',
        artifacts: { instructions: cut(soundStream, soundStream.bytes.length - 8) },
        severity: 'error',
        says: 'not whole',
      },
      {
        what: 'an unknown opcode',
        artifacts: of(
          { kind: 'raw', opcode: 0x99, name: 'OP153', bytes: Uint8Array.of(0x99, 0, 0, 0, 8, 0, 0, 0) },
          ...sound,
        ),
        severity: 'warning',
        says: 'does not know',
        offset: 16,
      },
    ],
    passes: [of(...sound), { instructions: stream(sound, { version: '1.0' }) }],
  },
  TC003: {
    fails: [
      {
        what: 'binary words in insts.txt',
        artifacts: { instructions: { ...soundStream, name: 'insts.txt' } },
        severity: 'warning',
        says: 'holds binary words',
        offset: 0,
      },
    ],
    passes: [{ instructions: soundStream }],
  },
  TC004: {
    fails: [
      {
        what: 'no file',
        artifacts: { instructions: 'missing', xclbin: xclbin() },
        severity: 'error',
        says: 'there is no instruction file',
      },
      { what: 'a bare header', artifacts: of(), severity: 'error', says: 'no operation', offset: 0 },
      {
        what: 'a wait alone',
        artifacts: of(finish),
        severity: 'warning',
        says: 'starts no transfer',
      },
      {
        what: 'a count of 0',
        artifacts: { instructions: soundStream, call: { instructionCount: 0 } },
        severity: 'error',
        says: 'count of 0',
      },
    ],
    passes: [of(...sound)],
  },
  TC005: {
    fails: [
      {
        what: 'a checksum that does not fit',
        artifacts: { pdi: damaged(0x30) },
        severity: 'error',
        says: 'contradicts itself',
      },
      {
        what: 'an unknown command',
        artifacts: { pdi: pdiOf([{ op: 'OTHER', code: 0x1ff, args: new Uint8Array(4) }]) },
        severity: 'warning',
        says: 'unusual parts',
      },
    ],
    passes: [{ pdi: pdi(0), xclbin: xclbin() }],
  },
};
