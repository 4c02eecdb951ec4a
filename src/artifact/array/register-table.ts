import {
  CHANNEL_STRIDE,
  CORE_CONTROL,
  DEMUX_CONFIG,
  DESCRIPTOR_STRIDE,
  LOCK_STRIDE,
  MUX_CONFIG,
  type Port,
  SLOT_STRIDE,
  SLOTS_PER_SLAVE,
  type TileKind,
  type TileLayout,
  tileLayouts,
} from './tile-layout.ts';

/** The module of a tile that a register belongs to, as AM025 groups them. A core tile has two. */
export type RegisterModule = 'core' | 'memory' | 'memory_tile' | 'shim';

/** A register, or a memory, by AM025's name. `byte` is the distance from the start of a memory (else 0). */
export interface RegisterName {
  readonly module: RegisterModule;
  readonly name: string;
  readonly byte: number;
}

type Table = Map<number, RegisterName>;

// Names as AM025 spells them; offsets beyond FORMATS 6 from aie-rt's xaiemlgbl_params.h.
const events = (base: number, names: Readonly<Record<string, number>>): Record<string, number> => ({
  ...Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`Event_Broadcast${n}`, base + 0x10 + 4 * n])),
  ...names,
});

const blocks = (base: number, letter = ''): Record<string, number> =>
  Object.fromEntries(
    ['South', 'West', 'North', 'East'].flatMap((side, n) =>
      ['Set', 'Clr', 'Value'].map((part, m) => [
        `Event_Broadcast_${letter}Block_${side}_${part}`,
        base + 0x10 * n + 4 * m,
      ]),
    ),
  );

const CORE_REGISTERS = {
  Core_PC: 0x31100,
  Core_SP: 0x31120,
  Core_LR: 0x31130,
  Core_Control: CORE_CONTROL,
  Core_Status: 0x32004,
  Enable_Events: 0x32008,
  Error_Halt_Event: 0x32034,
  Core_Processor_Bus: 0x32038,
  ...events(0x34000, { Event_Group_Errors0_Enable: 0x34510 }),
  ...blocks(0x34050),
  Tile_Control: 0x36030,
  Accumulator_Control: 0x36060,
  Module_Clock_Control: 0x60000,
};

const MEMORY_REGISTERS = {
  ...events(0x14000, { Event_Group_Error_Enable: 0x14514 }),
  ...blocks(0x14050),
};

const MEMORY_TILE_REGISTERS = {
  ...events(0x94000, { Event_Group_Error_Enable: 0x94518 }),
  ...blocks(0x94050, 'A_'),
  ...blocks(0x94090, 'B_'),
  Tile_Control: 0x96030,
  Module_Clock_Control: 0xfff00,
};

const SHIM_REGISTERS = {
  Interrupt_Controller_2nd_Level_Enable: 0x15004,
  Mux_Config: MUX_CONFIG,
  Demux_Config: DEMUX_CONFIG,
  PL_Interface_Upsizer_Config: 0x33000,
  ...Object.fromEntries(
    Array.from({ length: 16 }, (_, n) => [`Event_Broadcast${n}_A`, 0x34010 + 4 * n] as const),
  ),
  ...blocks(0x34050, 'A_'),
  ...blocks(0x34090, 'B_'),
  Event_Group_Errors_Enable: 0x3450c,
  Interrupt_Controller_1st_Level_Enable_A: 0x35004,
  Interrupt_Controller_1st_Level_IRQ_No_A: 0x35010,
  Interrupt_Controller_1st_Level_IRQ_Event_A: 0x35014,
  Interrupt_Controller_1st_Level_Block_North_In_A_Set: 0x35018,
  Interrupt_Controller_1st_Level_Enable_B: 0x35034,
  Interrupt_Controller_1st_Level_IRQ_No_B: 0x35040,
  Interrupt_Controller_1st_Level_Block_North_In_B_Set: 0x35048,
  Tile_Control: 0x36030,
  Module_Clock_Control_0: 0xfff00,
  Module_Clock_Control_1: 0xfff04,
  Module_Reset_Control_1: 0xfff14,
  Column_Clock_Control: 0xfff20,
  Column_Reset_Control: 0xfff28,
};

const DMA_MODULES: Readonly<Record<TileKind, RegisterModule>> = {
  core: 'memory',
  memory: 'memory_tile',
  shim: 'shim',
};
const SWITCH_MODULES: Readonly<Record<TileKind, RegisterModule>> = {
  core: 'core',
  memory: 'memory_tile',
  shim: 'shim',
};
// FORMATS 5.2, 6.2, 6.3: where the status of channel 0 stands; the channels follow word by word.
const STATUS_OFFSETS = {
  core: { S2MM: 0x1df00, MM2S: 0x1df10 },
  memory: { S2MM: 0xa0660, MM2S: 0xa0680 },
  shim: { S2MM: 0x1d220, MM2S: 0x1d228 },
} as const;

function masterName({ bundle, channel }: Port): string {
  return bundle === 'TileControl' ? 'Tile_Ctrl' : bundle === 'Core' ? 'AIE_Core0' : `${bundle}${channel}`;
}

function slaveName({ bundle, channel }: Port, kind: TileKind): string {
  if (bundle === 'TileControl') return 'Tile_Ctrl';
  if (bundle === 'Core') return 'AIE_Core0';
  if (bundle !== 'Trace') return `${bundle}_${channel}`;
  return kind !== 'core' ? 'Trace' : channel === 0 ? 'AIE_Trace' : 'Mem_Trace';
}

function build(layout: TileLayout): Table {
  const { kind } = layout;
  const table: Table = new Map();
  const add = (module: RegisterModule, name: string, offset: number): void => {
    table.set(offset, { module, name, byte: 0 });
  };
  const addAll = (module: RegisterModule, registers: Readonly<Record<string, number>>): void => {
    for (const [name, offset] of Object.entries(registers)) add(module, name, offset);
  };
  const dma = DMA_MODULES[kind];
  for (let lock = 0; lock < layout.locks.count; lock++) {
    add(dma, `Lock${lock}_value`, layout.locks.offset + lock * LOCK_STRIDE);
  }
  for (let bd = 0; bd < layout.descriptors.count; bd++) {
    for (let word = 0; word < layout.descriptors.words; word++) {
      add(dma, `DMA_BD${bd}_${word}`, layout.descriptors.offset + bd * DESCRIPTOR_STRIDE + 4 * word);
    }
  }
  const queue = kind === 'shim' ? 'Task_Queue' : 'Start_Queue';
  for (const direction of ['S2MM', 'MM2S'] as const) {
    const { offset, count } = layout.channels[direction];
    for (let channel = 0; channel < count; channel++) {
      add(dma, `DMA_${direction}_${channel}_Ctrl`, offset + channel * CHANNEL_STRIDE);
      add(dma, `DMA_${direction}_${channel}_${queue}`, offset + channel * CHANNEL_STRIDE + 4);
      add(dma, `DMA_${direction}_Status_${channel}`, STATUS_OFFSETS[kind][direction] + 4 * channel);
    }
  }
  const { masters, slaves, masterOffset, slaveOffset, slotOffset } = layout.switch;
  const module = SWITCH_MODULES[kind];
  masters.forEach((port, index) => {
    add(module, `Stream_Switch_Master_Config_${masterName(port)}`, masterOffset + 4 * index);
  });
  slaves.forEach((port, index) => {
    const name = slaveName(port, kind);
    add(module, `Stream_Switch_Slave_Config_${name}`, slaveOffset + 4 * index);
    for (let slot = 0; slot < SLOTS_PER_SLAVE; slot++) {
      add(module, `Stream_Switch_Slave_${name}_Slot${slot}`, slotOffset + SLOT_STRIDE * index + 4 * slot);
    }
  });
  if (kind === 'core') {
    addAll('core', CORE_REGISTERS);
    addAll('memory', MEMORY_REGISTERS);
  }
  if (kind === 'memory') addAll('memory_tile', MEMORY_TILE_REGISTERS);
  if (kind === 'shim') addAll('shim', SHIM_REGISTERS);
  return table;
}

const tables: Readonly<Record<TileKind, Table>> = {
  core: build(tileLayouts.core),
  memory: build(tileLayouts.memory),
  shim: build(tileLayouts.shim),
};

/**
 * What lies at `offset` of a tile: a memory or a register, by name. `undefined` where nothing known does.
 * @param offset 0 to 0xfffff, from the tile's own address
 */
export function registerAt(kind: TileKind, offset: number): RegisterName | undefined {
  const { dataBytes, program } = tileLayouts[kind];
  if (offset < dataBytes) return { module: DMA_MODULES[kind], name: 'Data_Memory', byte: offset };
  if (program !== undefined && offset >= program.offset && offset < program.offset + program.bytes) {
    return { module: 'core', name: 'Program_Memory', byte: offset - program.offset };
  }
  return tables[kind].get(offset);
}

/** The offset of a register by its AM025 name and module; `undefined` when the table does not have it. */
export function registerOffset(kind: TileKind, module: RegisterModule, name: string): number | undefined {
  for (const [offset, register] of tables[kind]) {
    if (register.name === name && register.module === module) return offset;
  }
  return undefined;
}
