import { describe, expect, it } from 'vitest';
import { duration, renderTable } from './table.ts';
import { failedLevel, verdict } from './testing/verdicts.ts';

/** The cells of the row that begins with `name`. */
function cells(table: string, name: string): string[] {
  const line = table.split('\n').find((each) => each.startsWith(name));
  return (line ?? '').split(/ {2,}/);
}

describe('renderTable', () => {
  it('shows a kernel that passes, with units', () => {
    const table = renderTable({ verdicts: [verdict('good')], errors: [] });
    expect(cells(table, 'good')).toEqual([
      'good',
      'emulator',
      'pass',
      'pass',
      'pass',
      'pass',
      '15',
      '1.2 s',
      'pass',
    ]);
  });

  it('names a level that no kernel ran below the table, each reason once', () => {
    const table = renderTable({ verdicts: [verdict('a'), verdict('b')], errors: [] });
    expect(cells(table, 'kernel')).not.toContain('preflight');
    expect(table.split('\n').filter((line) => line.includes('not built yet'))).toEqual([
      'preflight, properties, latency: not run: not built yet',
    ]);
  });

  it('shows - where one kernel did not run a level that another ran', () => {
    const lost = {
      status: 'not-run',
      summary: 'not run: no command completed',
      inputs: 0,
      failed: 0,
    } as const;
    const hung = verdict('hung', { state: { ...failedLevel(), failed: 10 }, model: lost });
    const table = renderTable({ verdicts: [verdict('good'), hung], errors: [] });
    expect(cells(table, 'hung').slice(2, 5)).toEqual(['FAIL 10/10', 'pass', '-']);
    expect(table).toContain('model: not run: no command completed');
  });

  it('shows how many inputs failed', () => {
    const table = renderTable({ verdicts: [verdict('bad', { ideal: failedLevel() })], errors: [] });
    expect(cells(table, 'bad').slice(-4)).toEqual(['FAIL 3/10', '15', '1.2 s', 'FAIL']);
  });

  it('states what a control got and had to get', () => {
    const must = { rejectedAt: 'ideal', because: 'it shipped wrong' } as const;
    const right = verdict('right', { ideal: failedLevel() }, { control: must, pass: true });
    const wrong = verdict('wrong', {}, { control: must, pass: false });
    const accepted = verdict('fine', {}, { control: { ...must, rejectedAt: null } });
    const table = renderTable({ verdicts: [right, wrong, accepted], errors: [] });
    expect(cells(table, 'right').at(-1)).toBe('rejected at ideal: as it must be');
    expect(cells(table, 'wrong').at(-1)).toBe('WRONG: accepted, must be rejected at ideal');
    expect(cells(table, 'fine').at(-1)).toBe('accepted: as it must be');
  });

  it('lists controls after kernels, apart', () => {
    const control = { rejectedAt: null, because: 'exact on hardware' };
    const table = renderTable({ verdicts: [verdict('zc', {}, { control }), verdict('a')], errors: [] });
    const order = ['a ', 'controls', 'zc'].map((name) =>
      table.split('\n').findIndex((line) => line.startsWith(name)),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('shows a kernel that could not be judged', () => {
    const error = { kernel: 'broken', file: 'kernels/broken/kernel.ts', code: 'LOAD', message: 'no' };
    const table = renderTable({ verdicts: [verdict('a')], errors: [error] });
    expect(cells(table, 'broken')).toEqual(['broken', 'not judged: LOAD']);
    expect(renderTable({ verdicts: [], errors: [error] })).toContain('not judged: LOAD');
  });

  it('colours only where asked, and aligns the same', () => {
    const data = { verdicts: [verdict('a'), verdict('b', { ideal: failedLevel() })], errors: [] };
    const colored = renderTable(data, true);
    expect(colored).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with the escape character
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderTable(data));
  });
});

describe('duration', () => {
  it.each([
    [0.4, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [61_250, '61.3 s'],
  ])('%f ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
