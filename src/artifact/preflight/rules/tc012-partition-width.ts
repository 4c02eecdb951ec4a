import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 G2; columns a context can use, 1.7. */
export const partitionWidth: Rule = {
  id: 'TC012',
  name: 'partition-width',
  severity: 'error',
  summary: 'The partition of the xclbin takes no column, or more columns than the device has.',
  check({ xclbin, device }) {
    if (xclbin === undefined) return [];
    return xclbin.xclbin.partitions.flatMap(({ columnWidth }) => {
      if (columnWidth > 0 && columnWidth <= (device?.columns ?? columnWidth)) return [];
      const title =
        columnWidth === 0
          ? 'the partition has no columns'
          : `the partition is wider than ${device?.name ?? 'the device'}`;
      const has = device === undefined ? '' : `; the device has ${device.columns} columns to give`;
      return [
        {
          title,
          evidence: [{ file: xclbin.name, text: `AIE_PARTITION has the column width ${columnWidth}${has}` }],
          fix: 'build the xclbin for this device',
        },
      ];
    });
  },
};
