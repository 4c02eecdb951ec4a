import { codesOf, type DType, fromStorage, type Shape, sizeOf, type Tensor } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';

/** A rectangle of one part that is cleared or kept as one: element (r, c) is number `offset + r * pitch + c`. */
export interface Block {
  readonly part: string;
  readonly offset: number;
  readonly rows: number;
  readonly pitch: number;
  readonly columns: number;
}

/** What the blocks of one round are, coarse to fine. */
export type Level = 'parts' | 'tiles' | 'rows' | 'columns' | 'elements';

export const levels: readonly Level[] = ['parts', 'tiles', 'rows', 'columns', 'elements'];

/** Without a tile of the kernel, a tensor is cut into four along each of its last two axes. */
function tileOf(shape: Shape, tile: readonly number[] | undefined): { rows: number; columns: number } {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const quarter = (extent: number): number => Math.max(1, Math.ceil(extent / 4));
  return {
    rows: Math.min(rows, Math.max(1, tile?.at(-2) ?? quarter(rows))),
    columns: Math.min(columns, Math.max(1, tile?.at(-1) ?? quarter(columns))),
  };
}

function cut(part: string, t: Tensor, level: Level, tile: readonly number[] | undefined): Block[] {
  const size = sizeOf(t.shape);
  if (size === 0) return [];
  const [extent, pitch] = [t.shape.at(-2) ?? 1, t.shape.at(-1) ?? 1];
  const block = (offset: number, rows: number, columns: number): Block => ({
    part,
    offset,
    rows,
    pitch,
    columns,
  });
  const blocks: Block[] = [];
  switch (level) {
    case 'parts':
      return [block(0, size / pitch, pitch)];
    case 'tiles': {
      const { rows, columns } = tileOf(t.shape, tile);
      for (let matrix = 0; matrix < size; matrix += extent * pitch) {
        for (let r = 0; r < extent; r += rows) {
          for (let c = 0; c < pitch; c += columns) {
            blocks.push(
              block(matrix + r * pitch + c, Math.min(rows, extent - r), Math.min(columns, pitch - c)),
            );
          }
        }
      }
      return blocks;
    }
    // A vector is its own row, and its columns are its elements.
    case 'rows':
      if (size === pitch) return [];
      for (let offset = 0; offset < size; offset += pitch) blocks.push(block(offset, 1, pitch));
      return blocks;
    case 'columns':
      if (size === pitch) return [];
      for (let c = 0; c < pitch; c++) blocks.push(block(c, size / pitch, 1));
      return blocks;
    case 'elements':
      codesOf(t).forEach((code, i) => {
        if (code !== 0) blocks.push(block(i, 1, 1));
      });
      return blocks;
    default:
      return level satisfies never;
  }
}

/** The blocks of `inputs` at a level that hold anything but code 0, parts in the order of `parts`. */
export function liveBlocks(
  inputs: Tensors,
  parts: readonly string[],
  level: Level,
  tile: readonly number[] | undefined,
): Block[] {
  return parts.flatMap((part) => {
    const t = inputs[part]!;
    const codes = codesOf(t);
    return cut(part, t, level, tile).filter(({ offset, rows, pitch, columns }) => {
      for (let r = 0; r < rows; r++) {
        const start = offset + r * pitch;
        for (let i = start; i < start + columns; i++) if (codes[i] !== 0) return true;
      }
      return false;
    });
  });
}

/** `inputs` with new codes where `edit` changes a copy of a part's; parts that are not edited are shared. */
export function edited(
  inputs: Tensors,
  parts: ReadonlySet<string>,
  edit: (
    part: string,
    codes: { [index: number]: number; fill(code: number, from: number, to: number): unknown },
  ) => void,
): Tensors {
  const result: Record<string, Tensor> = { ...inputs };
  for (const part of parts) {
    const t = inputs[part]!;
    const codes = codesOf(t).slice();
    edit(part, codes);
    result[part] = fromStorage<DType, Shape>(t.dtype, t.shape, codes);
  }
  return result;
}

/** `inputs` with blocks `from` to `to - 1` zero. */
export function cleared(inputs: Tensors, blocks: readonly Block[], from: number, to: number): Tensors {
  const doomed = blocks.slice(from, to);
  return edited(inputs, new Set(doomed.map(({ part }) => part)), (part, codes) => {
    for (const block of doomed) {
      if (block.part !== part) continue;
      for (let r = 0; r < block.rows; r++) {
        const start = block.offset + r * block.pitch;
        codes.fill(0, start, start + block.columns);
      }
    }
  });
}
