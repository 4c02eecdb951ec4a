import { ByteWriter } from '../../tensor/byte-writer.ts';
import type { ByteReader } from '../../tensor/bytes.ts';
import { checkTable } from './fields.ts';

/** That an argument of a compute unit uses a memory bank, `connection` of XRT's xclbin.h. Scalars have none. */
export interface Connection {
  readonly argIndex: number;
  /** Index into IP_LAYOUT. */
  readonly ipLayoutIndex: number;
  /** Index into MEM_TOPOLOGY, or into GROUP_TOPOLOGY in GROUP_CONNECTIVITY. */
  readonly memDataIndex: number;
}

/** Bytes of a `connection` (FORMATS.md 1.4). */
const CONNECTION_BYTES = 12;

/** Reads CONNECTIVITY or GROUP_CONNECTIVITY (FORMATS.md 1.4). */
export function readConnectivity(reader: ByteReader): Connection[] {
  const count = reader.i32('the number of connections');
  checkTable(reader, count, CONNECTION_BYTES, 'connections');
  return Array.from({ length: count }, () => ({
    argIndex: reader.i32(),
    ipLayoutIndex: reader.i32(),
    memDataIndex: reader.i32(),
  }));
}

/** The bytes of CONNECTIVITY or GROUP_CONNECTIVITY. */
export function encodeConnectivity(connections: readonly Connection[]): Uint8Array {
  const writer = new ByteWriter();
  writer.i32(connections.length, 'the number of connections');
  for (const connection of connections) {
    writer.i32(connection.argIndex, 'argIndex');
    writer.i32(connection.ipLayoutIndex, 'ipLayoutIndex');
    writer.i32(connection.memDataIndex, 'memDataIndex');
  }
  return writer.finish();
}
