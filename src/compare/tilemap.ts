import type { Comparison } from './compare.ts';

/** A grid of tiles as rows and columns; `wrong[r * columns + c]`, undefined where there is no tile. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly wrong: readonly (boolean | undefined)[];
}

const GAP = '  ';

/**
 * Which tiles are wrong, as lines: a caption and a map of `.` (accepted) and `#` (wrong), at most `lines` lines of
 * `columns` columns. The last two axes make the map; leading axes (batches) stand side by side where they fit, one
 * below the other otherwise. A map that is larger than the room is shrunk: a character is `#` if any of its tiles is.
 * Nothing for a single tile, nor where tiles were not judged.
 */
export function tileMap({ grid, tiles }: Comparison, lines: number, columns: number): string[] {
  if (tiles.length < 2 || lines < 2) return [];
  if (tiles[0]!.rejected === null) {
    return clipAll(['tiles are not judged: the acceptance has no elementwise part'], columns);
  }
  const wrong = tiles.map((tile) => !tile.pass);
  const count = wrong.filter(Boolean).length;
  const rows = grid.length > 1 ? grid.at(-2)! : 1;
  const width = grid.at(-1)!;
  const batches = tiles.length / (rows * width);
  const summary = `tiles: ${count} of ${tiles.length} wrong (#), grid ${grid.join(' x ')}`;

  const room = lines - 1;
  const perLine = Math.max(1, Math.floor((columns + GAP.length) / (width + GAP.length)));
  const bands = Math.ceil(batches / perLine);
  if (batches > 1 && width <= columns && bands * (rows + 1) - 1 <= room) {
    const planes = Array.from({ length: batches }, (_, batch): Plane => {
      const size = rows * width;
      return { rows, columns: width, wrong: wrong.slice(batch * size, (batch + 1) * size) };
    });
    const caption = `${summary}, batches ${perLine > 1 ? 'side by side' : 'one below the other'}`;
    return clipAll([caption, ...sideBySide(planes, perLine)], columns);
  }

  const flat: Plane =
    rows * batches === 1
      ? folded(wrong, Math.min(64, columns))
      : { rows: rows * batches, columns: width, wrong };
  const down = Math.ceil(flat.rows / room);
  const across = Math.ceil(flat.columns / columns);
  const order = rows * batches === 1 && flat.rows > 1 ? ', in reading order' : '';
  const scale = down * across > 1 ? `, 1 character = ${down} x ${across} tiles` : '';
  const stacked = batches > 1 ? ', batches one below the other' : '';
  return clipAll([`${summary}${stacked}${order}${scale}`, ...draw(shrunk(flat, down, across))], columns);
}

function clipAll(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => line.slice(0, columns));
}

function draw({ rows, columns, wrong }: Plane): string[] {
  return Array.from({ length: rows }, (_, row) =>
    wrong
      .slice(row * columns, (row + 1) * columns)
      .map((cell) => (cell === undefined ? ' ' : cell ? '#' : '.'))
      .join(''),
  );
}

function sideBySide(planes: readonly Plane[], perLine: number): string[] {
  const lines: string[] = [];
  for (let first = 0; first < planes.length; first += perLine) {
    if (first > 0) lines.push('');
    const band = planes.slice(first, first + perLine).map(draw);
    for (let row = 0; row < planes[0]!.rows; row++) {
      lines.push(band.map((plane) => plane[row]!).join(GAP));
    }
  }
  return lines;
}

/** One row broken into lines of `columns` tiles. */
function folded(wrong: readonly boolean[], columns: number): Plane {
  const rows = Math.ceil(wrong.length / columns);
  return rows === 1
    ? { rows, columns: wrong.length, wrong }
    : { rows, columns, wrong: Array.from({ length: rows * columns }, (_, i) => wrong[i]) };
}

/** One cell for each block of `down` x `across`: wrong if any of them is. */
function shrunk({ rows, columns, wrong }: Plane, down: number, across: number): Plane {
  const newRows = Math.ceil(rows / down);
  const newColumns = Math.ceil(columns / across);
  const cells = new Array<boolean | undefined>(newRows * newColumns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tile = wrong[row * columns + column];
      const cell = Math.floor(row / down) * newColumns + Math.floor(column / across);
      if (tile !== undefined) cells[cell] = (cells[cell] ?? false) || tile;
    }
  }
  return { rows: newRows, columns: newColumns, wrong: cells };
}
