import { ValueError } from '../../errors.ts';
import { type Port, portAt, portIndex, samePort, type TileKind, tileLayouts } from './tile-layout.ts';

/** A master (output) port of a stream switch, FORMATS 6.5. */
export type MasterPort = {
  readonly port: Port;
  readonly enabled: boolean;
  readonly dropHeader: boolean;
} & (
  | { readonly mode: 'circuit'; readonly source: Port }
  | {
      readonly mode: 'packet';
      readonly arbiter: number;
      /** Which of the arbiter's four msel inputs this port takes, one bit each. */
      readonly msels: number;
    }
);

/** A slave (input) port. */
export interface SlavePort {
  readonly port: Port;
  readonly enabled: boolean;
  readonly mode: 'circuit' | 'packet';
}

/** One of the four rules of a packet-mode slave: packets with `id` under `mask` go to `arbiter`, `msel`. */
export interface PacketSlot {
  readonly port: Port;
  readonly slot: number;
  readonly enabled: boolean;
  readonly id: number;
  readonly mask: number;
  readonly arbiter: number;
  readonly msel: number;
}

export interface StreamSwitch {
  readonly masters: readonly MasterPort[];
  readonly slaves: readonly SlavePort[];
  readonly slots: readonly PacketSlot[];
}

export type Route =
  | {
      readonly mode: 'circuit';
      readonly from: Port;
      readonly to: Port;
      /** False when the slave port it takes from is not enabled for circuits: nothing will flow. */
      readonly fed: boolean;
    }
  | {
      readonly mode: 'packet';
      readonly from: Port;
      /** All masters the packets reach; empty when no enabled master takes this arbiter and msel. */
      readonly to: readonly Port[];
      readonly id: number;
      readonly mask: number;
      readonly arbiter: number;
      readonly msel: number;
      /** False when the slave port is not enabled for packets. */
      readonly fed: boolean;
    };

const ENABLE = 0x8000_0000;
const PACKET = 0x4000_0000;
const DROP_HEADER = 0x80;
const SLOT_ENABLE = 0x100;

const bit = (word: number, mask: number): boolean => (word & mask) !== 0;

function inField(value: number, width: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** width) return value;
  throw new ValueError(`${what} of a stream switch must be 0 to ${2 ** width - 1}, not ${value}`);
}

/** A master's register word (FORMATS 6.5). */
export function decodeMaster(kind: TileKind, index: number, word: number): MasterPort {
  const { masters, slaves } = tileLayouts[kind].switch;
  const common = {
    port: portAt(masters, index),
    enabled: bit(word, ENABLE),
    dropHeader: bit(word, DROP_HEADER),
  };
  return bit(word, PACKET)
    ? { ...common, mode: 'packet', arbiter: word & 7, msels: (word >>> 3) & 0xf }
    : { ...common, mode: 'circuit', source: portAt(slaves, word & 0x7f) };
}

export function encodeMaster(kind: TileKind, master: MasterPort): number {
  const common = (master.enabled ? ENABLE : 0) | (master.dropHeader ? DROP_HEADER : 0);
  if (master.mode === 'packet') {
    const choice = (inField(master.msels, 4, 'the msel set') << 3) | inField(master.arbiter, 3, 'an arbiter');
    return (common | PACKET | choice) >>> 0;
  }
  return (common | portIndex(tileLayouts[kind].switch.slaves, master.source)) >>> 0;
}

export function decodeSlave(kind: TileKind, index: number, word: number): SlavePort {
  return {
    port: portAt(tileLayouts[kind].switch.slaves, index),
    enabled: bit(word, ENABLE),
    mode: bit(word, PACKET) ? 'packet' : 'circuit',
  };
}

export function encodeSlave(slave: SlavePort): number {
  return ((slave.enabled ? ENABLE : 0) | (slave.mode === 'packet' ? PACKET : 0)) >>> 0;
}

export function decodeSlot(kind: TileKind, index: number, slot: number, word: number): PacketSlot {
  return {
    port: portAt(tileLayouts[kind].switch.slaves, index),
    slot,
    enabled: bit(word, SLOT_ENABLE),
    id: (word >>> 24) & 0x1f,
    mask: (word >>> 16) & 0x1f,
    arbiter: word & 7,
    msel: (word >>> 4) & 3,
  };
}

export function encodeSlot({ id, mask, enabled, msel, arbiter }: PacketSlot): number {
  const rule = (inField(id, 5, 'a packet id') << 24) | (inField(mask, 5, 'an id mask') << 16);
  const choice = (inField(msel, 2, 'an msel') << 4) | inField(arbiter, 3, 'an arbiter');
  return (rule | (enabled ? SLOT_ENABLE : 0) | choice) >>> 0;
}

/** The connections a stream switch makes: one circuit a master port, one packet route an enabled slot. */
export function routesOf({ masters, slaves, slots }: StreamSwitch): Route[] {
  const enabled = masters.filter((master) => master.enabled);
  const feeds = (port: Port, mode: SlavePort['mode']): boolean =>
    slaves.some((slave) => slave.enabled && slave.mode === mode && samePort(slave.port, port));
  const circuits = enabled.flatMap((master): Route[] =>
    master.mode === 'circuit'
      ? [{ mode: 'circuit', from: master.source, to: master.port, fed: feeds(master.source, 'circuit') }]
      : [],
  );
  const packets = slots
    .filter((slot) => slot.enabled)
    .map(({ port, id, mask, arbiter, msel }): Route => {
      const to = enabled
        .filter((m) => m.mode === 'packet' && m.arbiter === arbiter && bit(m.msels, 1 << msel))
        .map((m) => m.port);
      return { mode: 'packet', from: port, to, id, mask, arbiter, msel, fed: feeds(port, 'packet') };
    });
  return [...circuits, ...packets];
}
