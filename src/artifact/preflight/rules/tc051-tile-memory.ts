import { DATA_MEMORY_BYTES, PROGRAM_MEMORY_BYTES } from '../../elf/index.ts';
import { type Evidence, type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Data memory of a memory tile (FORMATS.md 6.3). */
const MEMORY_TILE_BYTES = 0x8_0000;

/** Bytes a segment or buffer beyond a memory's end reaches, as one line of evidence. */
function beyond(file: string, what: string, end: number, size: number): Evidence[] {
  return end <= size ? [] : [{ file, text: `${what} ends at ${end} of ${size} bytes` }];
}

/** FORMATS.md 7.1 M1 and M2, as far as the PDI shows them. */
export const tileMemory: Rule = {
  id: 'TC051',
  name: 'tile-memory',
  severity: 'error',
  summary: 'A program, data or a DMA buffer reaches beyond the memory of its tile.',
  check({ pdis }) {
    return pdis.flatMap(({ name, config }): Finding[] => {
      const evidence = config.tiles.flatMap((tile): Evidence[] => {
        const where = `of tile (${tile.column},${tile.row})`;
        const size = tile.kind === 'memory' ? MEMORY_TILE_BYTES : DATA_MEMORY_BYTES;
        const found: Evidence[] = [];
        for (const { address, bytes } of tile.program) {
          found.push(...beyond(name, `a program ${where}`, address + bytes.length, PROGRAM_MEMORY_BYTES));
        }
        for (const { address, bytes } of tile.data) {
          found.push(...beyond(name, `data ${where}`, address + bytes.length, size));
        }
        return found;
      });
      if (evidence.length === 0) return [];
      return [
        {
          title: 'a tile is given more than its memory holds',
          evidence: listed(evidence),
          fix: 'make the program or its buffers smaller: 16 KiB of program and 64 KiB of data a core',
        },
      ];
    });
  },
};
