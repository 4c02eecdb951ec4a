import { ValueError } from '../../errors.ts';
import { CDO_HEADER_BYTES, type CdoCommand, commandLength, PDI_DATA_OFFSET } from '../pdi/index.ts';
import { encodeQueuePush, registerAddress } from '../txn/registers.ts';
import type { ArrayConfig, ChannelConfig, Segment, TileConfig } from './config.ts';
import { encodeDescriptor } from './descriptor.ts';
import { DEMUX_FIELDS, MUX_FIELDS, muxWord } from './lift.ts';
import { encodeMaster, encodeSlave, encodeSlot } from './stream-switch.ts';
import {
  CHANNEL_STRIDE,
  CORE_CONTROL,
  DEMUX_CONFIG,
  DESCRIPTOR_STRIDE,
  LOCK_STRIDE,
  MUX_CONFIG,
  portIndex,
  SLOT_STRIDE,
  tileLayouts,
} from './tile-layout.ts';

const ENABLE = 1; // Core_Control and DMA control bits, FORMATS 6.2
const RESET = 2;
const LOCK_LIMIT = 64;
const BLOCK_ALIGNMENT = 16;

/**
 * The writes that bring an array into a state, in mlir-aie's order (FORMATS 3.3): programs and data while cores and
 * DMAs are held in reset, then locks, buffer descriptors, start queues, stream switches, multiplexers, and last the
 * core enables. `liftArray` of the result is `config` again when its lists are in the order that liftArray gives.
 * @throws ValueError for a value that does not fit its register, and for program or data beyond the tile's memory
 */
export function buildArray(config: ArrayConfig): CdoCommand[] {
  const each = (part: (tile: TileConfig) => CdoCommand[]): CdoCommand[] => config.tiles.flatMap(part);
  return alignBlocks([
    ...each(loads),
    ...each(resetPulse),
    ...each(locks),
    ...each(descriptors),
    ...each(channels),
    ...each(switches),
    ...each(multiplexers),
    ...each((tile) => tile.others.map(({ offset, value }) => write(tile, offset, value))),
    ...each(enables),
  ]);
}

function address(tile: TileConfig, offset: number): number {
  return registerAddress(tile.column, tile.row, offset);
}

function write(tile: TileConfig, offset: number, value: number): CdoCommand {
  return { op: 'WRITE', address: address(tile, offset), value };
}

function maskWrite(tile: TileConfig, offset: number, mask: number, value: number): CdoCommand {
  return { op: 'MASK_WRITE', address: address(tile, offset), mask, value };
}

function block(tile: TileConfig, offset: number, data: Uint8Array): CdoCommand {
  return { op: 'DMA_WRITE', addressHigh: 0, address: address(tile, offset), data };
}

/** Control registers of the channels that are to be set; a core tile's are held in reset while it is loaded. */
function controlOffsets(tile: TileConfig): number[] {
  return tile.channels
    .filter(({ control }) => control !== undefined)
    .map((channel) => channelOffset(tile, channel));
}

function loads(tile: TileConfig): CdoCommand[] {
  const { program, dataBytes } = tileLayouts[tile.kind];
  const segments = [
    ...tile.program.map((segment) => load(tile, segment, program?.offset ?? 0, program?.bytes ?? 0)),
    ...tile.data.map((segment) => load(tile, segment, 0, dataBytes)),
  ];
  if (tile.core === undefined) return segments;
  const controls = controlOffsets(tile);
  return [
    maskWrite(tile, CORE_CONTROL, ENABLE, 0),
    ...controls.map((offset) => maskWrite(tile, offset, RESET, RESET)),
    ...segments,
    ...controls.map((offset) => maskWrite(tile, offset, RESET, 0)),
  ];
}

function load(tile: TileConfig, segment: Segment, base: number, size: number): CdoCommand {
  const { address: start, bytes, mask } = segment;
  if (start + bytes.length > size || start % 4 !== 0 || bytes.length % 4 !== 0) {
    throw new ValueError(
      `${bytes.length} bytes at ${start} do not fit the ${size} bytes of the ${tile.kind} tile (${tile.column}, ${tile.row}) in whole words`,
    );
  }
  if (mask === undefined) return block(tile, base + start, bytes);
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return maskWrite(tile, base + start, mask, word);
}

function resetPulse(tile: TileConfig): CdoCommand[] {
  if (tile.core === undefined) return [];
  const release = tile.core.reset ? [] : [maskWrite(tile, CORE_CONTROL, RESET, 0)];
  return [maskWrite(tile, CORE_CONTROL, RESET, RESET), ...release];
}

function locks(tile: TileConfig): CdoCommand[] {
  const { offset, count } = tileLayouts[tile.kind].locks;
  return tile.locks.map(({ id, value }) => {
    if (!(id >= 0 && id < count && value >= 0 && value < LOCK_LIMIT)) {
      throw new ValueError(
        `lock ${id} = ${value} is none of the ${count} locks of a ${tile.kind} tile with 0 to 63`,
      );
    }
    return write(tile, offset + id * LOCK_STRIDE, value);
  });
}

function descriptors(tile: TileConfig): CdoCommand[] {
  const { offset, count } = tileLayouts[tile.kind].descriptors;
  return tile.descriptors.map((descriptor) => {
    if (descriptor.kind !== tile.kind || !(descriptor.id >= 0 && descriptor.id < count)) {
      throw new ValueError(
        `descriptor ${descriptor.id} of kind ${descriptor.kind} does not belong into a ${tile.kind} tile, which has ${count}`,
      );
    }
    const bytes = new Uint8Array(encodeDescriptor(descriptor).length * 4);
    const view = new DataView(bytes.buffer);
    encodeDescriptor(descriptor).forEach((word, index) => {
      view.setUint32(index * 4, word, true);
    });
    return block(tile, offset + descriptor.id * DESCRIPTOR_STRIDE, bytes);
  });
}

function channels(tile: TileConfig): CdoCommand[] {
  return tile.channels.flatMap((channel) => [
    // A core tile's control is 0 after the reset above; writing it again would say nothing.
    ...(tile.core !== undefined && channel.control === 0 ? [] : control(tile, channel)),
    ...channel.queue.map((push) => write(tile, channelOffset(tile, channel) + 4, encodeQueuePush(push))),
  ]);
}

function control(tile: TileConfig, channel: ChannelConfig): CdoCommand[] {
  return channel.control === undefined ? [] : [write(tile, channelOffset(tile, channel), channel.control)];
}

function channelOffset(tile: TileConfig, { direction, channel }: ChannelConfig): number {
  const { offset, count } = tileLayouts[tile.kind].channels[direction];
  if (channel >= 0 && channel < count) return offset + channel * CHANNEL_STRIDE;
  throw new ValueError(
    `a ${tile.kind} tile has ${count} ${direction} channels, there is no channel ${channel}`,
  );
}

function switches(tile: TileConfig): CdoCommand[] {
  const { masterOffset, slaveOffset, slotOffset, masters, slaves } = tileLayouts[tile.kind].switch;
  return [
    ...tile.switch.masters.map((master) =>
      write(tile, masterOffset + 4 * portIndex(masters, master.port), encodeMaster(tile.kind, master)),
    ),
    ...tile.switch.slaves.map((slave) =>
      write(tile, slaveOffset + 4 * portIndex(slaves, slave.port), encodeSlave(slave)),
    ),
    ...tile.switch.slots.map((slot) =>
      write(tile, slotOffset + SLOT_STRIDE * portIndex(slaves, slot.port) + 4 * slot.slot, encodeSlot(slot)),
    ),
  ];
}

function multiplexers(tile: TileConfig): CdoCommand[] {
  if (tile.mux === undefined) return [];
  const whole = (fields: Readonly<Record<string, number>>): number =>
    Object.values(fields).reduce((mask, low) => mask | (3 << low), 0);
  return [
    maskWrite(tile, MUX_CONFIG, whole(MUX_FIELDS), muxWord(tile.mux.mux, MUX_FIELDS)),
    maskWrite(tile, DEMUX_CONFIG, whole(DEMUX_FIELDS), muxWord(tile.mux.demux, DEMUX_FIELDS)),
  ];
}

function enables(tile: TileConfig): CdoCommand[] {
  return tile.core?.enabled === true ? [maskWrite(tile, CORE_CONTROL, ENABLE, ENABLE)] : [];
}

/** Puts NOPs before blocks so that each starts at a multiple of 16 bytes in the PDI, as bootgen's do (FORMATS 3.2). */
function alignBlocks(commands: readonly CdoCommand[]): CdoCommand[] {
  let position = PDI_DATA_OFFSET + CDO_HEADER_BYTES;
  return commands.flatMap((command) => {
    const gap =
      command.op === 'DMA_WRITE' ? (BLOCK_ALIGNMENT - (position % BLOCK_ALIGNMENT)) % BLOCK_ALIGNMENT : 0;
    position += gap + commandLength(command);
    return gap === 0 ? [command] : [{ op: 'NOP' as const, filler: new Uint8Array(gap - 4) }, command];
  });
}
