import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BufferLayout, type KernelArg, kernelCall } from '../contract.ts';
import { ErtCmdState } from '../state.ts';
import { judgeCommand } from './command.ts';
import { emptyTxn, txnFault } from './instructions.ts';

const layout: BufferLayout[] = [
  { name: 'a', direction: 'in', bytes: 16 },
  { name: 'o', direction: 'out', bytes: 8 },
];
const stream = emptyTxn(1);
const scalar = (value: number): KernelArg => ({ kind: 'scalar', value });
const buffer = (bytes: number): KernelArg => ({ kind: 'buffer', bytes: new Uint8Array(bytes) });
const goodCall = (): KernelArg[] => kernelCall(stream, [new Uint8Array(16), new Uint8Array(8)]);

/** The good call with the argument at `index` replaced, or left out. */
function callWith(index: number, arg?: KernelArg): KernelArg[] {
  const args = goodCall();
  args.splice(index, 1, ...(arg === undefined ? [] : [arg]));
  return args;
}

describe('a well-formed call', () => {
  it('is accepted without remark', () => {
    expect(judgeCommand(goodCall(), layout)).toMatchObject({ accepted: true, log: [] });
  });

  it('may count instructions in bytes, with a remark', () => {
    const command = judgeCommand(callWith(2, scalar(stream.byteLength)), layout);
    expect(command.accepted).toBe(true);
    expect(command.log.join()).toContain('counts bytes');
  });

  it('may pass a larger buffer, of which only the first bytes move', () => {
    const command = judgeCommand(callWith(3, buffer(20)), layout);
    expect(command.accepted && command.buffers.map(({ length }) => length)).toEqual([16, 8]);
    expect(command.log.join()).toMatch(/'a'.*20 bytes.*first 16/);
  });
});

describe('a malformed call', () => {
  const badHeader = stream.slice();
  badHeader[0] = 0x11;
  const badLength = stream.slice();
  badLength[3] = 300;
  const instructions = (words: Uint32Array<ArrayBuffer>): KernelArg => ({ kind: 'instructions', words });
  it.each([
    ['no opcode and no instructions', [buffer(16), buffer(8)], 'argument 0 is not an opcode'],
    ['no argument at all', [], 'argument 0 is not an opcode'],
    ['the legacy opcode 2', callWith(0, scalar(2)), 'opcode 2'],
    ['no instruction buffer', callWith(1), 'argument 1 is not an instruction buffer'],
    ['an empty instruction buffer', callWith(1, instructions(new Uint32Array())), 'empty'],
    ['a stream that is not TXN', callWith(1, instructions(badHeader)), '0x00000011'],
    ['a stream cut short', callWith(1, instructions(badLength)), 'the header says 300 bytes'],
    ['two words for a stream', callWith(1, instructions(new Uint32Array(2))), 'too few'],
    ['no instruction count', callWith(2), 'argument 2 is not an instruction count'],
    ['count 0', callWith(2, scalar(0)), 'instruction count 0'],
    ['count -1', callWith(2, scalar(-1)), 'instruction count -1'],
    ['too few buffers', callWith(4), '1 data arguments from argument 3'],
    ['too many buffers', [...goodCall(), buffer(8)], '3 data arguments from argument 3'],
    ['a scalar for a buffer', callWith(4, scalar(1)), "argument 4 ('o') is not a buffer"],
  ])('%s ends in ERROR and says why', (_, args, why) => {
    const command = judgeCommand(args, layout);
    expect(command).toMatchObject({ accepted: false, state: ErtCmdState.ERROR });
    expect(command.log.join()).toContain(why);
  });

  it.each([3, 4])('a buffer too small in argument %i leaves the DMA waiting: TIMEOUT', (index) => {
    const command = judgeCommand(callWith(index, buffer(4)), layout);
    expect(command).toMatchObject({ accepted: false, state: ErtCmdState.TIMEOUT });
    expect(command.log.join()).toContain('waits');
  });

  it('never ends without a state and a reason, whatever it is', () => {
    const anyArg = fc.oneof(
      fc.integer().map(scalar),
      fc.nat(32).map(buffer),
      fc.uint32Array({ maxLength: 6 }).map((words) => instructions(Uint32Array.from(words))),
    );
    fc.assert(
      fc.property(fc.array(anyArg, { maxLength: 6 }), (args) => {
        const command = judgeCommand(args, layout);
        return command.accepted || (command.state !== ErtCmdState.COMPLETED && command.log.length > 0);
      }),
    );
  });
});

describe('emptyTxn', () => {
  it('is the 16-byte header of version 0.1 for Phoenix with 6 rows and no operation', () => {
    expect([...new Uint8Array(emptyTxn(4).buffer)]).toEqual([
      0, 1, 3, 6, 4, 1, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0,
    ]);
    expect(txnFault(emptyTxn(4))).toBeUndefined();
  });
});
