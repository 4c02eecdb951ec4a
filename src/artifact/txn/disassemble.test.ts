import { describe, expect, it } from 'vitest';
import {
  buildLegacy,
  buildTxn,
  disassemble,
  encodeShimBd,
  type Instruction,
  memcpyNd,
  readInstructions,
} from './index.ts';
import { attention64 } from './testing/attention.ts';

const linesOf = (...instructions: readonly Instruction[]): string[] =>
  disassemble(readInstructions(buildTxn(instructions), 'insts.bin')).map((line) =>
    line.replaceAll(/ +/g, ' '),
  );

describe('disassemble', () => {
  it('prints one operation a line', () => {
    expect(linesOf(...attention64)).toEqual([
      '0x000010 BLOCKWRITE (0,0) DMA_BD1_0 3072 words',
      '0x000040 DDR_PATCH (0,0) DMA_BD1_1 argument 0 + 0',
      '0x000070 WRITE (0,0) DMA_MM2S_0_Task_Queue = 0x1 (start BD1)',
      '0x000088 BLOCKWRITE (0,0) DMA_BD0_0 1024 words',
      '0x0000B8 DDR_PATCH (0,0) DMA_BD0_1 argument 1 + 0',
      '0x0000E8 MASKWRITE (0,0) DMA_S2MM_0_Ctrl = 0xF00 mask 0x1F00 (Controller_ID 15)',
      '0x000104 WRITE (0,0) DMA_S2MM_0_Task_Queue = 0x80000000 (start BD0, token)',
      '0x00011C TCT (0,0) S2MM0',
    ]);
  });

  it('prints what is special about a descriptor', () => {
    const [block] = memcpyNd({
      argument: 0,
      direction: 'MM2S',
      bd: 1,
      sizes: [9, 9, 32, 32],
      strides: [9216, 32, 288, 1],
      elementBytes: 2,
    });
    expect(linesOf(block!)[0]).toContain('4608 words, d0 16 x 1, d1 32 x 144, d2 x 16, iteration 9 x 4608');
    const words = encodeShimBd({
      length: 1,
      baseAddress: 64,
      enablePacket: true,
      packetId: 3,
      lockAcqEnable: true,
      lockAcqValue: -1,
      lockRelValue: 1,
      useNextBd: true,
      nextBd: 2,
      tlastSuppress: true,
      iterationCurrent: 1,
      iterationWrap: 2,
    });
    expect(linesOf({ kind: 'blockwrite', address: 0x1d000, words })[0]).toContain(
      '1 words, at 0x40, iteration 2 x 1 from 1, packet type 0 id 3, acquire lock 0 value -1, release lock 0 value 1, next BD2, TLAST suppressed, NOT VALID',
    );
  });

  it('prints every kind', () => {
    expect(
      linesOf(
        { kind: 'write', address: 0x0011d204, value: 1 },
        { kind: 'write', address: 0x1d220, value: 1 },
        { kind: 'write', address: 0x1d214, value: 0x30002 },
        { kind: 'blockwrite', address: 0x200000, words: new Uint32Array(9) },
        { kind: 'maskpoll', address: 0x1d228, value: 0, mask: 1 },
        { kind: 'maskpollbusy', address: 0x1d228, value: 0, mask: 1 },
        { kind: 'sync', direction: 'MM2S', column: 1, row: 0, channel: 1, columns: 2, rows: 1 },
        { kind: 'noop' },
        { kind: 'preempt', level: 1 },
        { kind: 'loadpdi', pdi: 2, pdiBytes: 16, pdiAddress: 4096 },
        { kind: 'loadpmstart', loadSequenceCount: 3, pmLoadId: 4 },
        { kind: 'createscratchpad', usage: 0, scratchpadBytes: 64, scratchpadOffset: 0 },
        { kind: 'updatestatetable', stateTableIndex: 1, func: 2, funcArgument: 3 },
        { kind: 'updatereg', stateTableIndex: 1, func: 2, funcArgument: 3, address: 0x1d004 },
        { kind: 'updatescratch' },
        { kind: 'raw', opcode: 0x84, name: 'MERGE_SYNC', bytes: Uint8Array.of(0x84, 0, 0, 0, 8, 0, 0, 0) },
      ).map((line) => line.slice(9)),
    ).toEqual([
      'WRITE (0,1) 0x1D204 = 0x1',
      'WRITE (0,0) DMA_S2MM_Status_0 = 0x1',
      'WRITE (0,0) DMA_MM2S_0_Task_Queue = 0x30002 (start BD2, 4 runs)',
      'BLOCKWRITE (0,2) 0x00000 9 words: 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 ...',
      'MASKPOLL (0,0) DMA_MM2S_Status_0 == 0x0 mask 0x1',
      'MASKPOLL_BUSY (0,0) DMA_MM2S_Status_0 == 0x0 mask 0x1',
      'TCT (1,0) MM2S1 2 columns, 1 rows',
      'NOOP',
      'PREEMPT level 1',
      'LOADPDI pdi 2, 16 bytes at 0x1000',
      'LOAD_PM_START id 4, load sequence count 3',
      'CREATE_SCRATCHPAD usage 0, 64 bytes at 0x0',
      'UPDATE_STATE_TABLE state 1, function 2, argument 3',
      'UPDATE_REG (0,0) DMA_BD0_1 state 1, function 2, argument 3',
      'UPDATE_SCRATCH',
      'MERGE_SYNC (opcode 0x84, 8 bytes not decoded)',
    ]);
  });

  it('prints legacy descriptors, and what was not decoded', () => {
    const words = encodeShimBd({ length: 8, validBd: true });
    const legacy = buildLegacy([
      {
        kind: 'shimbd',
        column: 1,
        columns: 2,
        columnIncrement: 0,
        argument: 2,
        bd: 3,
        argumentOffset: 16,
        words,
      },
    ]);
    const cut = new Uint8Array(44);
    cut.set(legacy);
    cut[43] = 0xff;
    expect(disassemble(readInstructions(cut, 'insts.bin', { form: 'legacy' }))).toEqual([
      '0x000000  WRITEBD      (1,0) BD3 argument 2 + 16 8 words 2 columns',
      '0x000028  (4 bytes not decoded)',
    ]);
  });
});
