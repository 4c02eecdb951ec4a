import { type Operation, tileAddress } from '../../txn/index.ts';
import { atOperation } from '../evidence.ts';
import { type Evidence, listed } from '../issue.ts';
import type { Rule } from '../rule.ts';

/** First and last column, and the row, that an operation reaches; undefined where it names no tile. */
function reach(operation: Operation): { first: number; last: number; row: number } | undefined {
  switch (operation.kind) {
    case 'sync':
      return {
        first: operation.column,
        last: operation.column + Math.max(1, operation.columns) - 1,
        row: operation.row + Math.max(1, operation.rows) - 1,
      };
    case 'shimbd':
      return { first: operation.column, last: operation.column + Math.max(1, operation.columns) - 1, row: 0 };
    case 'write':
    case 'blockwrite':
    case 'maskwrite':
    case 'maskpoll':
    case 'maskpollbusy':
    case 'patch': {
      const { column, row } = tileAddress(operation.address);
      return { first: column, last: column, row };
    }
    default:
      return undefined;
  }
}

/** FORMATS.md 7.1 G2, G3; columns count from the partition's first (6.1). */
export const columnOutside: Rule = {
  id: 'TC011',
  name: 'column-outside',
  severity: 'error',
  summary: 'The instruction stream reaches for a column outside the partition or a row outside the device.',
  check({ instructions, xclbin, device }) {
    if (instructions === undefined) return [];
    const { header, operations } = instructions.stream;
    const widths = (xclbin?.xclbin.partitions ?? []).map(({ columnWidth }) => columnWidth);
    const limits = [header?.columns ?? Number.POSITIVE_INFINITY, device?.columns ?? Number.POSITIVE_INFINITY];
    if (widths.length > 0) limits.push(Math.max(...widths));
    const columns = Math.min(...limits);
    const rows = Math.min(header?.rows ?? Number.POSITIVE_INFINITY, device?.rows ?? Number.POSITIVE_INFINITY);
    const evidence: Evidence[] = [];
    for (const operation of operations) {
      const at = reach(operation);
      if (at === undefined || (at.last < columns && at.row < rows)) continue;
      const text =
        at.last >= columns
          ? `${operation.kind} in column ${at.last}, but there are columns 0 to ${columns - 1}`
          : `${operation.kind} in row ${at.row}, but there are rows 0 to ${rows - 1}`;
      evidence.push(atOperation(instructions, operation.index, text));
    }
    if (evidence.length === 0) return [];
    return [
      {
        title: 'the stream reaches outside its partition',
        evidence: listed(evidence),
        fix: 'build stream and xclbin together, for a device with as many columns as the design uses',
      },
    ];
  },
};
