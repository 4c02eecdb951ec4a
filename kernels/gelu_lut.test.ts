import { describe, expect, it } from 'vitest';

/**
 * The table is written from the textbook formula with Math.tanh, not with the project's own reference, so that the
 * kernel's table and the oracle that judges it stay independent.
 */
function geluTable(): number[] {
  return Array.from({ length: 256 }, (_, index) => {
    const x = (index - 128) / 127;
    const y = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    return Math.round(127 * y);
  });
}

function header(table: readonly number[]): string {
  const rows = Array.from(
    { length: 16 },
    (_, row) => `    ${table.slice(16 * row, 16 * row + 16).join(', ')},`,
  );
  return [
    '#ifndef TILECHECK_GELU_LUT_H',
    '#define TILECHECK_GELU_LUT_H',
    '',
    '#include <stdint.h>',
    '',
    '/* Entry i + 128 is round(127 * gelu_tanh(i / 127)). Generated: npx vitest run kernels/gelu_lut.test.ts -u */',
    'static const int8_t GELU_LUT[256] = {',
    ...rows,
    '};',
    '',
    '#endif',
    '',
  ].join('\n');
}

describe('GELU table', () => {
  it('common/gelu_lut.h is what the formula gives', async () => {
    await expect(header(geluTable())).toMatchFileSnapshot('common/gelu_lut.h');
  });
});
