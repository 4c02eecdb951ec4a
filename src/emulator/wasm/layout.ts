import { TilecheckError } from '../../errors.ts';
import { TILE_BYTES } from './compile.ts';

/** Tile memory is addressed in 256-bit vectors; buffers start on a multiple of 32 bytes. */
const ALIGNMENT = 32;
/** Painted bytes below the declared stack: there a null write or a small overflow is told from a full stack. */
const STACK_GUARD = 64;

const alignUp = (x: number, to: number): number => Math.ceil(x / to) * to;

/** Stack given to the linker for a declared `stackSize`: its guard below it, and a multiple of 16. */
export function linkedStack(stackSize: number): number {
  return alignUp(stackSize, 16) + STACK_GUARD;
}

export interface TileBuffer {
  readonly name: string;
  readonly direction: 'in' | 'out';
  /** Bytes of one copy in one tile. */
  readonly bytes: number;
}

/** What has to share a tile's 64 KiB. */
export interface TileNeeds {
  readonly stackSize: number;
  /** End of static data as the linker placed it (it begins after the linked stack). */
  readonly staticEnd: number;
  readonly buffers: readonly TileBuffer[];
  /** Copies of each buffer. */
  readonly depth: number;
}

/** A named stretch of tile memory, `[start, end)`. */
export interface Region {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface TileLayout {
  /** Bytes of guard band on either side of each copy; less than asked for where the tile is nearly full. */
  readonly guardBytes: number;
  /** Address of copy c of buffer b: `copies[c][b]`. */
  readonly copies: readonly (readonly number[])[];
  /** Everything past static data in order of address: guard bands, copies and free memory, without a gap. */
  readonly regions: readonly Region[];
}

/** Address of the next copy of `bytes` bytes when everything up to `end` is taken. */
function nextAddress(end: number, guardBytes: number): number {
  return alignUp(end + guardBytes, ALIGNMENT);
}

function totalBytes({ staticEnd, buffers, depth }: TileNeeds, guardBytes: number): number {
  let end = staticEnd;
  for (let copy = 0; copy < depth; copy++) {
    for (const { bytes } of buffers) end = nextAddress(end, guardBytes) + bytes + guardBytes;
  }
  return end;
}

/** The budget table of `TILE_MEMORY`. */
export function budgetTable(needs: TileNeeds): string {
  const { stackSize, staticEnd, buffers, depth } = needs;
  const stack = linkedStack(stackSize);
  const data = buffers.reduce((sum, buffer) => sum + depth * buffer.bytes, 0);
  const total = totalBytes(needs, 0);
  const rows: [string, number][] = [
    ['stack', stackSize],
    ['static data', staticEnd - stack],
    ...buffers.map(({ name, bytes }): [string, number] => [`${name} (${depth} x ${bytes})`, depth * bytes]),
    ['stack guard, alignment', total - stackSize - (staticEnd - stack) - data],
    ['total', total],
    ['tile', TILE_BYTES],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, bytes]) => `  ${name.padEnd(width)} ${String(bytes).padStart(7)} bytes`).join('\n');
}

/** The `TILE_MEMORY` error of `needs`. */
export function tileMemoryError(kernel: string, needs: TileNeeds): TilecheckError {
  const message = `${kernel} does not fit the data memory of a compute tile\n${budgetTable(needs)}`;
  return new TilecheckError('TILE_MEMORY', message, {
    hint: 'use smaller buffers, a bufferDepth of 1, more cores, or less static data',
  });
}

/**
 * Places the buffers of a tile above its stack and static data, each copy between two guard bands of `guardBytes`.
 * Guard bands are the emulator's own, so they give way (to nothing, if need be) before a kernel that fits the
 * hardware is refused. Throws `TILE_MEMORY` with a budget table where even that does not fit.
 */
export function planTile(kernel: string, needs: TileNeeds, guardBytes: number): TileLayout {
  let guard = guardBytes;
  while (guard > 0 && totalBytes(needs, guard) > TILE_BYTES) guard = Math.max(0, guard - ALIGNMENT);
  if (totalBytes(needs, guard) > TILE_BYTES) throw tileMemoryError(kernel, needs);
  const regions: Region[] = [];
  let end = needs.staticEnd;
  const place = (name: string, to: number): void => {
    if (to > end) regions.push({ name, start: end, end: to });
    end = to;
  };
  const copies = Array.from({ length: needs.depth }, (_, copy) =>
    needs.buffers.map(({ name, bytes }) => {
      const label = needs.depth === 1 ? `'${name}'` : `copy ${copy} of '${name}'`;
      const address = nextAddress(end, guard);
      place(`guard band before ${label}`, address);
      place(label, address + bytes);
      place(`guard band after ${label}`, address + bytes + guard);
      return address;
    }),
  );
  place('free memory', TILE_BYTES);
  return { guardBytes: guard, copies, regions };
}
