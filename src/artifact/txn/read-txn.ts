import { FIRST_SIZED_OPCODE, type Layout, RAW_NAMES, readField, TXN_LAYOUTS } from './layouts.ts';
import type { Operation, Placement, Raw, StreamProblem, StreamProblemCode, TxnHeader } from './operations.ts';

/** What the readers of both forms return. */
export interface Decoded {
  readonly operations: readonly Operation[];
  readonly restOffset: number;
  readonly problems: readonly StreamProblem[];
}

/** What a known layout says of bytes, or why it says nothing. */
export type Fields = { readonly operation: Operation } | { readonly unfit: string };

/** Decodes the operations of a TXN from `start` on; the extent is the header's, as far as the bytes reach. */
export function readTxn(bytes: Uint8Array, header: TxnHeader, start: number): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layouts = TXN_LAYOUTS[header.version];
  const operations: Operation[] = [];
  const problems: StreamProblem[] = [];
  const report = (code: StreamProblemCode, offset: number, message: string): void => {
    problems.push({ code, offset, message });
  };

  if (header.generation !== 3 && header.generation !== 4) {
    report('GENERATION', 2, `device generation ${header.generation} is neither 3 (npu1) nor 4 (npu2)`);
  }
  const end = extent(bytes, header, start, report);
  let at = start;
  while (at < end) {
    const opcode = bytes[at]!;
    const layout = layouts.get(opcode);
    const size = operationSize(view, at, end, opcode, layout, report);
    if (size === undefined) break;
    const placement = { index: operations.length, offset: at, size };
    const fields = layout === undefined ? undefined : readFields(view, placement, layout);
    if (fields !== undefined && 'operation' in fields) {
      operations.push(fields.operation);
    } else {
      const name = layout?.name ?? RAW_NAMES.get(opcode) ?? `OP${opcode}`;
      if (fields !== undefined) report('FIELD_RANGE', at, `${name}: ${fields.unfit}`);
      else if (!RAW_NAMES.has(opcode))
        report('UNKNOWN_OPCODE', at, `opcode ${opcode} is not known; its bytes are kept`);
      const raw: Raw = { kind: 'raw', opcode, name, bytes: bytes.subarray(at, at + size) };
      operations.push({ ...raw, ...placement });
    }
    at += size;
  }
  // A stream that could not be read to its end has said so already; its count then says nothing more.
  if (at === end && operations.length !== header.opCount) {
    report(
      'OP_COUNT',
      8,
      `the header says ${header.opCount} operations, the stream has ${operations.length}`,
    );
  }
  return { operations, restOffset: at, problems };
}

function extent(
  bytes: Uint8Array,
  header: TxnHeader,
  start: number,
  report: (code: StreamProblemCode, offset: number, message: string) => void,
): number {
  const { totalBytes } = header;
  if (totalBytes < start) {
    report('TOTAL_BYTES', 12, `the header's size of ${totalBytes} bytes is less than the header itself`);
    return bytes.length;
  }
  if (totalBytes > bytes.length) {
    report('TRUNCATED', bytes.length, `the header says ${totalBytes} bytes, the file has ${bytes.length}`);
    return bytes.length;
  }
  if (totalBytes < bytes.length) {
    const surplus = bytes.length - totalBytes;
    report('TRAILING_BYTES', totalBytes, `${surplus} bytes follow the ${totalBytes} that the header says`);
  }
  return totalBytes;
}

/** Bytes of the operation at `at`, or undefined, with a report, where they are not known or not there. */
function operationSize(
  view: DataView,
  at: number,
  end: number,
  opcode: number,
  layout: Layout | undefined,
  report: (code: StreamProblemCode, offset: number, message: string) => void,
): number | undefined {
  const sized = layout !== undefined ? layout.sizeAt : opcode >= FIRST_SIZED_OPCODE ? 4 : undefined;
  if (layout === undefined && sized === undefined) {
    const name = RAW_NAMES.get(opcode) ?? `opcode ${opcode}`;
    report(
      'UNKNOWN_OPCODE',
      at,
      `${name} has no known size: the remaining ${end - at} bytes are kept undecoded`,
    );
    return undefined;
  }
  const least = layout?.bytes ?? 8;
  const name = layout?.name ?? RAW_NAMES.get(opcode) ?? `opcode ${opcode}`;
  if (end - at < least) {
    report('TRUNCATED', at, `${name} needs ${least} bytes, but only ${end - at} are left`);
    return undefined;
  }
  if (sized === undefined) return least;
  const size = view.getUint32(at + sized, true);
  if (size < least || size % 4 !== 0) {
    report(
      'OP_SIZE',
      at + sized,
      `${name} has size ${size}; it must be a multiple of 4 of at least ${least}`,
    );
    return undefined;
  }
  if (size > end - at) {
    report('TRUNCATED', at, `${name} has size ${size}, but only ${end - at} bytes are left`);
    return undefined;
  }
  return size;
}

/** Decodes one operation by its layout. */
export function readFields(view: DataView, { index, offset, size }: Placement, layout: Layout): Fields {
  const values: Record<string, unknown> = { kind: layout.kind, index, offset, size };
  for (const [name, field] of layout.entries) {
    const value = readField(view, offset, field);
    if (value === undefined) return { unfit: `${name} exceeds 2^53 - 1` };
    values[name] = value;
  }
  if (layout.kind === 'sync') {
    if (values.direction !== 0 && values.direction !== 1) {
      return { unfit: `direction ${String(values.direction)} is neither 0 (S2MM) nor 1 (MM2S)` };
    }
    values.direction = values.direction === 0 ? 'S2MM' : 'MM2S';
  }
  if (layout.payload) values.words = readWords(view, offset + layout.bytes, (size - layout.bytes) / 4);
  return { operation: values as unknown as Operation };
}

/** `count` little-endian words from `at` on. */
export function readWords(view: DataView, at: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) words[index] = view.getUint32(at + 4 * index, true);
  return words;
}
