import { type Evidence, type Finding, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** Rows of every known device: shim, memory, four of cores (FORMATS.md 6.1). */
const ROWS = 6;

/** FORMATS.md 7.1 G2. */
export const pdiOutside: Rule = {
  id: 'TC014',
  name: 'pdi-outside',
  severity: 'error',
  summary: 'The PDI configures a tile outside the partition or the device.',
  check({ pdis, xclbin, device }) {
    const widths = xclbin?.xclbin.partitions.map(({ columnWidth }) => columnWidth) ?? [];
    const limits = [
      ...(widths.length === 0 ? [] : [Math.max(...widths)]),
      ...(device === undefined ? [] : [device.columns]),
    ];
    const columns = Math.min(Number.POSITIVE_INFINITY, ...limits);
    const rows = device?.rows ?? ROWS;
    return pdis.flatMap(({ name, config }): Finding[] => {
      const evidence = config.tiles
        .filter(({ column, row }) => column >= columns || row >= rows)
        .map(({ column, row }): Evidence => {
          const limit = column >= columns ? `columns 0 to ${columns - 1}` : `rows 0 to ${rows - 1}`;
          return { file: name, text: `configures tile (${column},${row}), but there are ${limit}` };
        });
      if (evidence.length === 0) return [];
      return [
        {
          title: 'the PDI configures tiles that it does not get',
          evidence: listed(evidence),
          fix: 'build the PDI for this device and give the partition as many columns as the design uses',
        },
      ];
    });
  },
};
