import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 Z2. */
export const timeSlicing: Rule = {
  id: 'TC013',
  name: 'time-slicing',
  severity: 'info',
  summary: 'Two contexts of this width do not fit the device side by side and will take turns.',
  check({ xclbin, device }) {
    if (xclbin === undefined || device === undefined) return [];
    const width = Math.max(0, ...xclbin.xclbin.partitions.map(({ columnWidth }) => columnWidth));
    if (width > device.columns || 2 * width <= device.columns) return [];
    return [
      {
        title: 'two contexts of this kernel share the device by turns',
        evidence: [{ file: xclbin.name, text: `${width} of ${device.columns} columns for one context` }],
        fix: 'nothing to mend for one context; measure latency with one context only',
      },
    ];
  },
};
