import type { Layout } from './layouts.ts';
import { LEGACY_BD_AT, LEGACY_LAYOUTS, LEGACY_PROLOGUE, rawLegacy } from './legacy-layouts.ts';
import type { Operation, Placement, Raw, StreamProblem } from './operations.ts';
import { type Decoded, type Fields, readFields, readWords } from './read-txn.ts';
import { registerAddress } from './registers.ts';

/** Decodes a legacy DPU sequence (FORMATS.md 4.5), with or without its prologue. */
export function readLegacy(bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const operations: Operation[] = [];
  const problems: StreamProblem[] = [];
  let at = 0;
  if (LEGACY_PROLOGUE.every((word, index) => bytes.length >= 8 && view.getUint32(4 * index, true) === word)) {
    at = 4 * LEGACY_PROLOGUE[0];
    if (at > bytes.length) {
      const message = `the prologue has ${at} bytes, the file ${bytes.length}`;
      return { operations, restOffset: 0, problems: [{ code: 'TRUNCATED', offset: 0, message }] };
    }
  }
  while (bytes.length - at >= 4) {
    const word = view.getUint32(at, true);
    const opcode = word >>> 24;
    const layout = LEGACY_LAYOUTS.get(opcode);
    const raw = layout === undefined ? rawLegacy(word) : undefined;
    const size = layout?.bytes ?? (raw === undefined ? undefined : 4 * raw.words);
    const left = bytes.length - at;
    if (size === undefined) {
      const message = `opcode ${opcode} has no known size: the remaining ${left} bytes are kept undecoded`;
      problems.push({ code: 'UNKNOWN_OPCODE', offset: at, message });
      break;
    }
    const name = layout?.name ?? raw!.name;
    if (size > left) {
      const message = `${name} needs ${size} bytes, but only ${left} are left`;
      problems.push({ code: 'TRUNCATED', offset: at, message });
      break;
    }
    const placement = { index: operations.length, offset: at, size };
    const fields = layout === undefined ? undefined : legacyFields(view, placement, layout);
    if (fields !== undefined && 'operation' in fields) {
      operations.push(fields.operation);
    } else {
      if (fields !== undefined)
        problems.push({ code: 'FIELD_RANGE', offset: at, message: `${name}: ${fields.unfit}` });
      const kept: Raw = { kind: 'raw', opcode, name, bytes: bytes.subarray(at, at + size) };
      operations.push({ ...kept, ...placement });
    }
    at += size;
  }
  return { operations, restOffset: at, problems };
}

/** As {@link readFields}, but brings tile-local addresses and descriptors into the shape the TXN form has. */
function legacyFields(view: DataView, placement: Placement, layout: Layout): Fields {
  const read = readFields(view, placement, layout);
  if ('unfit' in read) return read;
  const values = read.operation as unknown as Record<string, number>;
  if (layout.kind === 'write') {
    const { row, column, address, value } = values as Record<'row' | 'column' | 'address' | 'value', number>;
    if (row > 31 || column > 127) return { unfit: `tile (${column}, ${row}) has no register address` };
    if (address > 0xf_ffff) return { unfit: `offset 0x${address.toString(16)} lies outside a tile` };
    return {
      operation: { kind: 'write', address: registerAddress(column, row, address), value, ...placement },
    };
  }
  if (layout.kind === 'shimbd') {
    const { target, column, columns, columnIncrement } = values as Record<
      'target' | 'column' | 'columns' | 'columnIncrement',
      number
    >;
    const words = readWords(view, placement.offset + LEGACY_BD_AT, 8);
    const argumentOffset = words[1]!;
    words[1] = 0;
    const operation: Operation = {
      kind: 'shimbd',
      column,
      columns,
      columnIncrement,
      argument: target >>> 4,
      bd: target & 0xf,
      argumentOffset,
      words,
      ...placement,
    };
    return { operation };
  }
  return read;
}
