import { FormatError, ValueError } from '../errors.ts';
import { ByteReader, refuseLfsPointer } from './bytes.ts';
import type { DType } from './dtype.ts';
import { dtypeInfo } from './dtype.ts';
import { formatNpyHeader, type NpyHeader, parseNpyHeader } from './npy-header.ts';
import { bytesOf, fromBytes, type Tensor } from './tensor.ts';
import { strided, transpose } from './view.ts';

/** The format of https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
/** NumPy's own limit (`max_header_size`); a header of one of our dtypes has about a hundred bytes. */
const MAX_HEADER = 10_000;
const ALIGNMENT = 64;

const typeCodes = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  i4: 'int32',
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
} as const satisfies Record<string, DType>;
const supported = Object.keys(typeCodes).map((code) => (code.endsWith('1') ? `|${code}` : `<${code}`));
/** The dtypes that NumPy gives unasked. */
const castHints = new Map([
  ['i8', 'cast with .astype(np.int32) before saving'],
  ['b1', 'cast with .astype(np.uint8) before saving'],
]);

export type NpyVersion = 1 | 2 | 3;

export interface NpyWriteOptions {
  /** Store the first axis fastest, as `np.asfortranarray` does. Default false. */
  readonly fortranOrder?: boolean;
  /** Format version. Default 1, as NumPy writes. */
  readonly version?: NpyVersion;
}

function checkMagic(bytes: Uint8Array, name: string): void {
  if (MAGIC.every((byte, i) => bytes[i] === byte)) return;
  refuseLfsPointer(bytes, name);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new FormatError(`${name} is a zip archive, not an .npy file`, 'read it as .npz');
  }
  const met = [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new FormatError(
    `${name} is not an .npy file: it begins ${met === '' ? 'with nothing' : `with ${met}`}`,
    `an .npy file begins with ${MAGIC.map((byte) => byte.toString(16)).join(' ')} (\\x93NUMPY)`,
  );
}

function dtypeOf(descr: string, name: string): { dtype: DType; bigEndian: boolean } {
  const order = descr.slice(0, 1);
  const dtype = Object.hasOwn(typeCodes, descr.slice(1))
    ? typeCodes[descr.slice(1) as keyof typeof typeCodes]
    : undefined;
  const ordered = order === '<' || order === '>' || (order === '|' && descr.endsWith('1'));
  if (dtype !== undefined && ordered) return { dtype, bigEndian: order === '>' };
  throw new FormatError(
    `${name} holds dtype '${descr}', which is not one of ${supported.join(' ')}`,
    castHints.get(descr.slice(1)) ?? 'cast with .astype(...) to one of these before saving',
  );
}

function readHeader(reader: ByteReader): NpyHeader {
  checkMagic(reader.bytes, reader.name);
  reader.seek(MAGIC.length);
  const major = reader.u8('the major version');
  const minor = reader.u8('the minor version');
  if (major < 1 || major > 3 || minor !== 0) {
    throw new FormatError(`${reader.name} has .npy version ${major}.${minor}; known are 1.0, 2.0 and 3.0`);
  }
  const length = major === 1 ? reader.u16('the header length') : reader.u32('the header length');
  if (length > reader.remaining || length > MAX_HEADER) {
    throw new FormatError(
      `${reader.name} declares a header of ${length} bytes; ${reader.remaining} are left and ${MAX_HEADER} are allowed`,
    );
  }
  return parseNpyHeader(reader.ascii(length, 'the header'), reader.name);
}

function byteSwapped(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += width) {
    for (let i = 0; i < width; i++) swapped[start + i] = bytes[start + width - 1 - i]!;
  }
  return swapped;
}

/** The bytes over an `ArrayBuffer`: themselves, unless they lie in shared memory. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/**
 * The array in the bytes of an .npy file. It shares storage with `bytes` where alignment and byte order allow; an
 * array in Fortran order becomes a strided view. Throws {@link FormatError} naming `name` for anything else than a
 * whole file of a supported dtype (int8 uint8 int16 int32 f16 f32 f64).
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const reader = new ByteReader(bytes, name);
  const { descr, fortranOrder, shape } = readHeader(reader);
  const { dtype, bigEndian } = dtypeOf(descr, name);
  const width = dtypeInfo(dtype).bytes;
  const wanted = shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, width);
  if (wanted !== reader.remaining) {
    throw new FormatError(
      `${name}: ${dtype} [${shape.join(', ')}] takes ${wanted} bytes, but ${reader.remaining} follow the header`,
      wanted > reader.remaining
        ? 'the file is truncated or its header is wrong'
        : 'save each array to a file of its own, or to an .npz',
    );
  }
  const body = reader.take(wanted);
  const data = bigEndian ? byteSwapped(body, width) : unshared(body);
  // Without elements the orders are one, and strides of giant extents would overflow.
  if (!fortranOrder || wanted === 0) return fromBytes(dtype, shape, data);
  const flat = fromBytes(dtype, [wanted / width], data);
  let step = 1;
  const stride = shape.map((extent) => {
    const own = step;
    step *= extent;
    return own;
  });
  return strided(dtype, shape, flat.view.data, stride, flat.view.offset);
}

function descrOf(dtype: DType): string {
  const code = Object.entries(typeCodes).find(([, name]) => name === dtype)?.[0];
  if (code === undefined) {
    throw new ValueError(
      `NumPy has no dtype for ${dtype}`,
      'write it as f32, which holds every value exactly',
    );
  }
  return `${code.endsWith('1') ? '|' : '<'}${code}`;
}

/** The bytes of an .npy file, as `np.save` writes them. Throws {@link ValueError} for bf16, which NumPy lacks. */
export function writeNpy(t: Tensor, options: NpyWriteOptions = {}): Uint8Array<ArrayBuffer> {
  const { fortranOrder = false, version = 1 } = options;
  const header = formatNpyHeader({ descr: descrOf(t.dtype), fortranOrder, shape: t.shape });
  const lengthBytes = version === 1 ? 2 : 4;
  const prefix = MAGIC.length + 2 + lengthBytes;
  // Padded so that the data starts aligned; the last byte is a newline.
  const start = Math.ceil((prefix + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const data = bytesOf(fortranOrder ? transpose(t) : t);
  const file = new Uint8Array(start + data.length);
  file.set(MAGIC);
  file[MAGIC.length] = version;
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(MAGIC.length + 2, start - prefix, true);
  else view.setUint32(MAGIC.length + 2, start - prefix, true);
  file.set(new TextEncoder().encode(`${header.padEnd(start - prefix - 1)}\n`), prefix);
  file.set(data, start);
  return file;
}
