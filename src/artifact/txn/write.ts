import { ValueError } from '../../errors.ts';
import { type Layout, TXN_LAYOUTS, writeField } from './layouts.ts';
import { LEGACY_BD_AT, LEGACY_LAYOUTS } from './legacy-layouts.ts';
import type { Instruction, InstructionStream, TxnHeader, TxnVersion } from './operations.ts';
import { tileAddress } from './registers.ts';
import { formatHexLines } from './source.ts';

export interface BuildTxnOptions {
  /** Default '0.1', what current compilers write. */
  readonly version?: TxnVersion;
  /** 3 = npu1 (the default), 4 = npu2. */
  readonly generation?: number;
  /** Rows of the device; default 6. */
  readonly rows?: number;
  /** Columns of the partition; default 4, as compilers write for npu1. */
  readonly columns?: number;
  /** Default 1. */
  readonly memTileRows?: number;
}

const layoutsByKind = (version: TxnVersion): ReadonlyMap<string, Layout> =>
  new Map([...TXN_LAYOUTS[version].values()].map((layout) => [layout.kind, layout]));

const TXN_BY_KIND = { '0.1': layoutsByKind('0.1'), '1.0': layoutsByKind('1.0') } as const;
const LEGACY_BY_KIND: ReadonlyMap<string, Layout> = new Map(
  [...LEGACY_LAYOUTS.values()].map((layout) => [layout.kind, layout]),
);

/**
 * Builds a TXN instruction stream (FORMATS.md 4.2, 4.3) from operations; the header's count and size follow from
 * them. `readInstructions(buildTxn(x)).operations` says the same as `x`. Throws {@link ValueError} where a value does
 * not fit its field or an operation exists only in the legacy form.
 */
export function buildTxn(instructions: readonly Instruction[], options: BuildTxnOptions = {}): Uint8Array {
  const { version = '0.1', generation = 3, rows = 6, columns = 4, memTileRows = 1 } = options;
  const parts = instructions.map((instruction) => encodeTxn(instruction, version));
  const totalBytes = parts.reduce((sum, part) => sum + part.length, 16);
  const bytes = new Uint8Array(totalBytes);
  writeHeader(bytes, {
    version,
    generation,
    rows,
    columns,
    memTileRows,
    opCount: instructions.length,
    totalBytes,
  });
  let at = 16;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Builds a legacy DPU sequence without a prologue (FORMATS.md 4.5). Throws {@link ValueError} as {@link buildTxn}. */
export function buildLegacy(instructions: readonly Instruction[]): Uint8Array {
  return concatenate(instructions.map((instruction) => encodeLegacy(instruction)));
}

/**
 * Writes a stream that was read, from its decoded operations: the file's own bytes again, byte for byte. Reserved bytes
 * and what was not decoded are taken from the original. Text comes as eight upper-case hex digits a line.
 */
export function writeInstructions(stream: InstructionStream): Uint8Array {
  const bytes = stream.bytes.slice();
  if (stream.header !== undefined) writeHeader(bytes, stream.header);
  for (const operation of stream.operations) {
    const original = bytes.subarray(operation.offset, operation.offset + operation.size);
    if (stream.header === undefined) encodeLegacy(operation, original);
    else encodeTxn(operation, stream.header.version, original);
  }
  return stream.encoding === 'text' ? new TextEncoder().encode(formatHexLines(bytes)) : bytes;
}

function writeHeader(bytes: Uint8Array, header: TxnHeader): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = header.version === '0.1' ? [0, 1] : [1, 0];
  const small = [major, minor, header.generation, header.rows, header.columns, header.memTileRows];
  small.forEach((value, offset) => {
    if (!writeField(view, 0, [offset, 1], value!))
      throw new ValueError(`TXN header byte ${offset} cannot be ${value}`);
  });
  writeField(view, 0, [8, 4], header.opCount);
  writeField(view, 0, [12, 4], header.totalBytes);
}

/** Encodes into `target`, which keeps its reserved bytes, or into new bytes of the layout's usual size. */
function encodeTxn(instruction: Instruction, version: TxnVersion, target?: Uint8Array): Uint8Array {
  if (instruction.kind === 'raw') return encodeRaw(instruction.bytes, target);
  const layout = TXN_BY_KIND[version].get(instruction.kind);
  if (layout === undefined) throw new ValueError(`TXN v${version} has no operation '${instruction.kind}'`);
  const payload = instruction.kind === 'blockwrite' ? instruction.words : undefined;
  const bytes = target ?? new Uint8Array(layout.bytes + 4 * (payload?.length ?? 0));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  bytes[0] = layout.opcode;
  if (layout.sizeAt !== undefined) view.setUint32(layout.sizeAt, bytes.length, true);
  encodeFields(view, layout, instruction as unknown as Record<string, unknown>);
  payload?.forEach((word, index) => {
    view.setUint32(layout.bytes + 4 * index, word, true);
  });
  return bytes;
}

function encodeLegacy(instruction: Instruction, target?: Uint8Array): Uint8Array {
  if (instruction.kind === 'raw') return encodeRaw(instruction.bytes, target);
  const layout = LEGACY_BY_KIND.get(instruction.kind);
  if (layout === undefined) throw new ValueError(`the legacy form has no operation '${instruction.kind}'`);
  const bytes = target ?? new Uint8Array(layout.bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  bytes[3] = layout.opcode;
  if (instruction.kind === 'write') {
    const { column, row, offset } = tileAddress(instruction.address);
    encodeFields(view, layout, { column, row, address: offset, value: instruction.value });
  } else if (instruction.kind === 'shimbd') {
    const { argument, bd, words, argumentOffset } = instruction;
    encodeFields(view, layout, { ...instruction, target: argument * 16 + bd });
    words.forEach((word, index) => {
      view.setUint32(LEGACY_BD_AT + 4 * index, index === 1 ? argumentOffset : word, true);
    });
  } else {
    encodeFields(view, layout, instruction as unknown as Record<string, unknown>);
  }
  return bytes;
}

function encodeRaw(bytes: Uint8Array, target: Uint8Array | undefined): Uint8Array {
  if (target === undefined) return bytes;
  target.set(bytes);
  return target;
}

function encodeFields(view: DataView, layout: Layout, values: Readonly<Record<string, unknown>>): void {
  for (const [name, field] of Object.entries(layout.fields)) {
    const given = values[name];
    const value = name === 'direction' ? (given === 'S2MM' ? 0 : 1) : given;
    if (typeof value !== 'number' || !writeField(view, 0, field, value)) {
      throw new ValueError(`${layout.name}: ${name} ${String(given)} does not fit ${field[1]} bytes`);
    }
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
