import { devices } from '../artifacts.ts';
import type { Fixture } from './fixture.ts';
import { finish, pdi, read, sound, soundStream, stream, write, xclbin } from './samples.ts';
import { column, columnDone, of, withoutQueues, withoutRow } from './variants.ts';

export const deviceFixtures: Readonly<Record<string, Fixture>> = {
  TC010: {
    fails: [
      {
        what: 'an npu2 build on npu1',
        artifacts: { instructions: stream(sound, { generation: 4 }), device: devices.npu1 },
        severity: 'error',
        says: 'generation 4, npu2',
        offset: 2,
      },
      {
        what: 'a generation that does not exist',
        artifacts: { instructions: stream(sound, { generation: 9 }) },
        severity: 'error',
        says: 'no known device',
      },
    ],
    passes: [
      { instructions: soundStream, device: devices.npu1 },
      { instructions: stream(sound, { generation: 4 }), device: devices.npu2 },
    ],
  },
  TC011: {
    fails: [
      {
        what: 'column 1 of a partition of one',
        artifacts: { ...of(...column(1), columnDone(1)), xclbin: xclbin() },
        severity: 'error',
        says: 'column 1, but there are columns 0 to 0',
        offset: 16,
      },
      {
        what: 'row 6',
        artifacts: of({ kind: 'write', address: 6 * 0x100000, value: 0 }),
        severity: 'error',
        says: 'row 6',
      },
    ],
    passes: [{ ...of(...column(1), columnDone(1)), xclbin: xclbin({ columns: 2 }), device: devices.npu1 }],
  },
  TC012: {
    fails: [
      {
        what: 'five columns on npu1',
        artifacts: { xclbin: xclbin({ columns: 5 }), device: devices.npu1 },
        severity: 'error',
        says: 'has 4 columns to give',
      },
      {
        what: 'no column',
        artifacts: { xclbin: xclbin({ columns: 0 }) },
        severity: 'error',
        says: 'has no columns',
      },
    ],
    passes: [{ xclbin: xclbin({ columns: 4 }), device: devices.npu1 }],
  },
  TC013: {
    fails: [
      {
        what: 'three of four columns',
        artifacts: { xclbin: xclbin({ columns: 3 }), device: devices.npu1 },
        severity: 'info',
        says: '3 of 4 columns',
      },
    ],
    passes: [
      { xclbin: xclbin({ columns: 2 }), device: devices.npu1 },
      { xclbin: xclbin({ columns: 5 }), device: devices.npu1 },
    ],
  },
  TC014: {
    fails: [
      {
        what: 'a PDI of two columns in a partition of one',
        artifacts: { xclbin: xclbin({ pdi: pdi(0, 1).bytes }) },
        severity: 'error',
        says: 'configures tile (1,0), but there are columns 0 to 0',
      },
      {
        what: 'a PDI that needs a fifth column',
        artifacts: { pdi: pdi(4), device: devices.npu1 },
        severity: 'error',
        says: 'columns 0 to 3',
      },
    ],
    passes: [{ xclbin: xclbin({ columns: 2, pdi: pdi(0, 1).bytes }), device: devices.npu1 }],
  },
  TC015: {
    fails: [
      {
        what: 'a stream for column 1 with a PDI for column 0',
        artifacts: { ...of(...column(1), columnDone(1)), pdi: pdi(0) },
        severity: 'error',
        says: 'MM2S0 of column 1 (descriptor 1) has no route',
        offset: 0x70,
      },
    ],
    passes: [{ ...of(...column(1), columnDone(1)), pdi: pdi(0, 1) }],
  },
  TC016: {
    fails: [
      {
        what: 'a channel that the multiplexer does not connect',
        artifacts: { ...of(...read(64, { channel: 1 }), ...write(64), finish), pdi: pdi(0) },
        severity: 'error',
        says: 'Mux_Config of tile (0,0) does not connect the channel',
        offset: 0x70,
      },
      {
        what: 'a memory tile that passes nothing on',
        artifacts: { instructions: soundStream, pdi: withoutRow(1) },
        severity: 'error',
        says: 'the stream ends at',
      },
      {
        what: 'a core that starts no task',
        artifacts: { instructions: soundStream, pdi: withoutQueues() },
        severity: 'error',
        says: 'the stream ends at DMA0 of tile (0,2)',
      },
    ],
    passes: [{ instructions: soundStream, pdi: pdi(0) }],
  },
  TC017: {
    fails: [
      {
        what: 'one and a half objects in',
        artifacts: { ...of(...read(96), ...write(64), finish), pdi: pdi(0) },
        severity: 'error',
        says: 'ends a total of 96 bytes, but tile (0,2) handles 64 at a time',
        offset: 0x70,
      },
      {
        what: 'half an object out',
        artifacts: { ...of(...read(64), ...write(32), finish), pdi: pdi(0) },
        severity: 'error',
        says: 'S2MM0 of column 0 (descriptor 0) ends a total of 32 bytes',
      },
    ],
    passes: [
      {
        ...of(...read(32), ...read(96, { bd: 2, offset: 32 }), ...write(128), finish),
        pdi: pdi(0),
      },
    ],
  },
};
