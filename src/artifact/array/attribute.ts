import type { CdoCommand, PlacedCommand } from '../pdi/index.ts';
import { tileAddress } from '../txn/registers.ts';
import { type RegisterName, registerAt } from './register-table.ts';
import { type TileKind, tileKind } from './tile-layout.ts';

/** A write command and where in the array it goes. */
export interface TileWrite {
  readonly command: PlacedCommand;
  readonly column: number;
  readonly row: number;
  readonly kind: TileKind;
  /** From the tile's own address. */
  readonly offset: number;
  /** The memory or register at `offset`, `undefined` when it is not known. */
  readonly register: RegisterName | undefined;
}

/** A command that writes to the array, with the whole of its address. */
export type WriteCommand = Extract<CdoCommand, { readonly address: number }>;

/** True for a write whose address has no upper word, that is, one that can reach a tile. */
export function isTileWrite<C extends CdoCommand>(command: C): command is C & WriteCommand {
  return 'address' in command && (!('addressHigh' in command) || command.addressHigh === 0);
}

/** Every write that reaches a tile, in order, with column, row and the register's name (FORMATS 6.1). */
export function attributeWrites(commands: readonly PlacedCommand[]): TileWrite[] {
  return commands.filter(isTileWrite).map((command) => {
    const place = tileAddress(command.address);
    const kind = tileKind(place.row);
    return { command, ...place, kind, register: registerAt(kind, place.offset) };
  });
}

/** `Lock0_value`, `Program_Memory+0x40`, `unknown register 0x35000`. */
export function registerText(write: Pick<TileWrite, 'register' | 'offset'>): string {
  const { register, offset } = write;
  if (register === undefined) return `unknown register 0x${offset.toString(16).padStart(5, '0')}`;
  return register.byte === 0 ? register.name : `${register.name}+0x${register.byte.toString(16)}`;
}
