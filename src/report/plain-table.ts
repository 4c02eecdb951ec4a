import Table from 'cli-table3';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/** A row: one text for each column; a row that is shorter lets its last text run over the columns that are left. */
export type Row = readonly string[];

/** Columns set apart by blanks with a rule below the head: it survives logs, mail and copying. */
export function plainTable(columns: readonly Column[], rows: readonly Row[]): string {
  const none = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'right', 'right-mid', 'mid', 'mid-mid', 'middle'])
      .map((part) => [part, '']),
  );
  const table = new Table({
    chars: { ...none, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(columns.map(({ head }) => head));
  for (const row of rows) {
    const spare = columns.length - row.length;
    table.push(
      row.map((content, i) =>
        i === row.length - 1 && spare > 0 ? { content, colSpan: spare + 1, hAlign: 'left' } : content,
      ),
    );
  }
  const [head, ...body] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const width = Math.max(0, ...[head!, ...body].map(visibleLength));
  return [head, '─'.repeat(width), ...body].join('\n');
}

/** Characters a line shows, without the codes that colour it. */
function visibleLength(line: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with the escape character
  return line.replace(/\u001b\[\d+m/g, '').length;
}
