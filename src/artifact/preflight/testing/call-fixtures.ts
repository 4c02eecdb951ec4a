import { npuArguments } from '../../xclbin/index.ts';
import type { Fixture } from './fixture.ts';
import { finish, pdi, read, soundCall, soundStream, write, xclbin } from './samples.ts';
import { buffers, contradictory, of } from './variants.ts';

export const callFixtures: Readonly<Record<string, Fixture>> = {
  TC020: {
    fails: [
      {
        what: 'another name',
        artifacts: { xclbin: xclbin(), call: { kernel: 'MLIRAIE' } },
        severity: 'error',
        says: 'EMBEDDED_METADATA names MLIR_AIE',
      },
    ],
    passes: [
      { xclbin: xclbin(), call: { kernel: 'MLIR_AIE:MLIRAIE' } },
      { xclbin: xclbin({ kernelName: 'gelu' }), call: { kernel: 'gelu' } },
    ],
  },
  TC021: {
    fails: [
      {
        what: 'a partition that serves another id',
        artifacts: { xclbin: contradictory() },
        severity: 'error',
        says: 'the CDO groups of AIE_PARTITION have 0x902',
      },
    ],
    passes: [{ xclbin: xclbin({ dpuKernelId: 0x902 }) }],
  },
  TC022: {
    fails: [
      {
        what: 'the instruction buffer first',
        artifacts: { xclbin: xclbin(), call: { arguments: ['buffer', 'buffer', 'buffer', 'scalar'] } },
        severity: 'error',
        says: 'argument 0 (opcode) takes a scalar',
      },
      {
        what: 'buffers alone',
        artifacts: { call: { arguments: ['buffer', 'buffer'] } },
        severity: 'error',
        says: 'argument 0 takes a scalar',
      },
    ],
    passes: [{ xclbin: xclbin(), call: soundCall }, { call: soundCall }],
  },
  TC023: {
    fails: [
      {
        what: 'argument 5 of five',
        artifacts: { ...of(...read(64), ...write(64, { argument: 5 }), finish), xclbin: xclbin() },
        severity: 'error',
        says: 'declares 5 data buffers',
      },
      {
        what: 'one buffer passed for two',
        artifacts: { instructions: soundStream, call: { bufferCount: 1 } },
        severity: 'error',
        says: 'passes 1 data buffers',
      },
      {
        what: 'more than a call can hold',
        artifacts: of(...read(64), ...write(64, { argument: 7 }), finish),
        severity: 'error',
        says: 'at most 7',
      },
    ],
    passes: [
      {
        ...of(...read(64), ...write(64, { argument: 5 }), finish),
        xclbin: xclbin({ args: npuArguments(6) }),
        call: { bufferCount: 6 },
      },
    ],
  },
  TC024: {
    fails: [
      {
        what: 'opcode 0',
        artifacts: { instructions: soundStream, call: { opcode: 0 } },
        severity: 'error',
        says: 'must be 3, not 0',
      },
    ],
    passes: [{ instructions: soundStream, call: { opcode: 3 } }],
  },
  TC025: {
    fails: [
      {
        what: 'bytes',
        artifacts: { instructions: soundStream, call: { instructionCount: soundStream.bytes.length } },
        severity: 'warning',
        says: 'the number of bytes',
      },
      {
        what: 'operations',
        artifacts: { instructions: soundStream, call: { instructionCount: 8 } },
        severity: 'error',
        says: 'the number of operations',
      },
    ],
    passes: [{ instructions: soundStream, call: { instructionCount: soundStream.bytes.length / 4 } }],
  },
  TC026: {
    fails: [
      {
        what: 'the group of a scalar',
        artifacts: buffers({ groupId: 0x1ffff }),
        severity: 'warning',
        says: 'that of a scalar',
      },
      {
        what: 'the group of the instructions',
        artifacts: { xclbin: xclbin(), call: { buffers: [{ groupId: 0x10001 }] } },
        severity: 'warning',
        says: 'bank 1, but the argument is connected to 0',
      },
    ],
    passes: [{ xclbin: xclbin(), call: { buffers: [{ groupId: 0x20000 }, { groupId: 0x20000 }] } }],
  },
  TC027: {
    fails: [
      {
        what: 'the PDI of another build',
        artifacts: { pdi: pdi(1), xclbin: xclbin() },
        severity: 'warning',
        says: 'not the one in the xclbin',
      },
    ],
    passes: [{ pdi: pdi(0), xclbin: xclbin() }],
  },
};
