import { describe, expect, it } from 'vitest';
import { attributeWrites, registerAt, registerOffset, registerText, tileKind, tileLayouts } from './index.ts';

describe('register table', () => {
  it.each([
    ['core', 0x32000, 'core', 'Core_Control'],
    ['core', 0x1f0f0, 'memory', 'Lock15_value'],
    ['core', 0x1d034, 'memory', 'DMA_BD1_5'],
    ['core', 0x1de00, 'memory', 'DMA_S2MM_0_Ctrl'],
    ['core', 0x1de1c, 'memory', 'DMA_MM2S_1_Start_Queue'],
    ['core', 0x1df10, 'memory', 'DMA_MM2S_Status_0'],
    ['core', 0x3f004, 'core', 'Stream_Switch_Master_Config_DMA0'],
    ['core', 0x3f058, 'core', 'Stream_Switch_Master_Config_East3'],
    ['core', 0x3f118, 'core', 'Stream_Switch_Slave_Config_South_1'],
    ['core', 0x3f160, 'core', 'Stream_Switch_Slave_Config_Mem_Trace'],
    ['core', 0x3f38c, 'core', 'Stream_Switch_Slave_Mem_Trace_Slot3'],
    ['memory', 0xa05fc, 'memory_tile', 'DMA_BD47_7'],
    ['memory', 0xa0604, 'memory_tile', 'DMA_S2MM_0_Start_Queue'],
    ['memory', 0xa0658, 'memory_tile', 'DMA_MM2S_5_Ctrl'],
    ['memory', 0xc03f0, 'memory_tile', 'Lock63_value'],
    ['memory', 0xb0144, 'memory_tile', 'Stream_Switch_Slave_Config_Trace'],
    ['shim', 0x14030, 'shim', 'Lock3_value'],
    ['shim', 0x1d214, 'shim', 'DMA_MM2S_0_Task_Queue'],
    ['shim', 0x1f004, 'shim', 'Demux_Config'],
    ['shim', 0x3f200, 'shim', 'Stream_Switch_Slave_Tile_Ctrl_Slot0'],
    ['shim', 0x3f158, 'shim', 'Stream_Switch_Slave_Config_Trace'],
  ] as const)('%s tile, offset %d is %s %s', (kind, offset, module, name) => {
    expect(registerAt(kind, offset)).toEqual({ module, name, byte: 0 });
    expect(registerOffset(kind, module, name)).toBe(offset);
  });

  it('tells memories apart and gives the byte', () => {
    expect(registerAt('core', 0x20040)).toEqual({ module: 'core', name: 'Program_Memory', byte: 0x40 });
    expect(registerAt('core', 0xffff)).toMatchObject({ name: 'Data_Memory', byte: 0xffff });
    expect(registerAt('memory', 0x7ffff)).toMatchObject({ module: 'memory_tile', name: 'Data_Memory' });
    expect(registerAt('core', 0x24000)).toBeUndefined();
    expect(registerAt('shim', 0)).toBeUndefined();
  });

  it('has no name for what it does not know', () => {
    expect(registerAt('core', 0x32001)).toBeUndefined();
    expect(registerAt('shim', 0x1de00)).toBeUndefined();
    expect(registerOffset('core', 'core', 'Lock0_value')).toBeUndefined();
  });

  it('has as many switch ports as FORMATS 6.5 lists', () => {
    const counts = Object.values(tileLayouts).map((l) => [
      l.kind,
      l.switch.masters.length,
      l.switch.slaves.length,
    ]);
    expect(counts).toEqual([
      ['core', 23, 25],
      ['memory', 17, 18],
      ['shim', 22, 23],
    ]);
  });
});

describe('attribution of writes', () => {
  it('splits the address and names the register', () => {
    const [write, block, masked, ...rest] = attributeWrites([
      { op: 'WRITE', address: (3 << 25) | (2 << 20) | 0x1f020, value: 1, offset: 100 },
      { op: 'DMA_WRITE', addressHigh: 0, address: 0x220010, data: new Uint8Array(4), offset: 112 },
      { op: 'MASK_WRITE', address: 0x00135000, mask: 1, value: 1, offset: 128 },
      { op: 'NOP', filler: new Uint8Array(0), offset: 144 },
      { op: 'WRITE64', addressHigh: 1, address: 0, value: 0, offset: 148 },
      { op: 'OTHER', code: 0x101, args: new Uint8Array(0), offset: 164 },
    ]);
    expect(write).toMatchObject({ column: 3, row: 2, kind: 'core', offset: 0x1f020 });
    expect(registerText(write!)).toBe('Lock2_value');
    expect(registerText(block!)).toBe('Program_Memory+0x10');
    expect(registerText(masked!)).toBe('Data_Memory+0x35000');
    expect(rest).toEqual([]);
    expect(registerText({ register: undefined, offset: 0x35000 })).toBe('unknown register 0x35000');
  });

  it('takes the kind of a tile from its row', () => {
    expect([0, 1, 2, 5].map(tileKind)).toEqual(['shim', 'memory', 'core', 'core']);
  });
});
