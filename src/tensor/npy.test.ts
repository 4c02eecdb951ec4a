import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError, ValueError } from '../errors.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../testing/numpy.ts';
import { dtypes } from './dtype.ts';
import { readNpy, writeNpy } from './npy.ts';
import { at, codesOf, fromStorage, isContiguous, type Tensor, tensor, toFloat64, zeros } from './tensor.ts';
import { transpose } from './view.ts';

const written = dtypes.filter((dtype) => dtype !== 'bf16');
const counting = tensor('int16', [2, 3], [0, 1, 2, 3, 4, 5]);
const plain = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";

interface Parts {
  readonly header: string;
  readonly data?: Uint8Array | readonly number[];
  readonly version?: readonly [major: number, minor: number];
  readonly declared?: number;
}

/** A file put together by hand, so that reading is not tested with our own writer alone. */
function file({ header, data = [], version = [1, 0], declared }: Parts): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, declared ?? text.length, true);
  const lengthBytes = new Uint8Array(length.buffer, 0, version[0] === 1 ? 2 : 4);
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    ...version,
    ...lengthBytes,
    ...text,
    ...data,
  ]);
}

/** What refusing these bytes says; fails if they are not refused with a FormatError that names the file. */
function refusal(bytes: Uint8Array): string {
  try {
    readNpy(bytes, 'x.npy');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FormatError);
    const { message, hint } = thrown as FormatError;
    expect(message).toContain('x.npy');
    return `${message} (${hint})`;
  }
  throw new Error('the file was accepted');
}

const pinned =
  '934e554d5059010076007b276465736372273a20277c6931272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033292c207d202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a000102030405';

describe('writeNpy', () => {
  it('writes the bytes that np.save writes', () => {
    const t = tensor('int8', [2, 3], [0, 1, 2, 3, 4, 5]);
    expect(Buffer.from(writeNpy(t)).toString('hex')).toBe(pinned);
  });

  it('refuses bf16 with the way out', () => {
    expect(() => writeNpy(zeros('bf16', [1]))).toThrow(ValueError);
    expect(() => writeNpy(zeros('bf16', [1]))).toThrow('NumPy has no dtype for bf16');
  });

  it.each([1, 2, 3] as const)('aligns the data of version %i to 64 bytes', (version) => {
    for (const shape of [[], [0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1], [3]] as const) {
      const t = zeros('f64', shape);
      expect((writeNpy(t, { version }).length - codesOf(t).byteLength) % 64).toBe(0);
    }
  });
});

describe('readNpy', () => {
  it('reads a file made by hand, in every version', () => {
    const data = [0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0];
    for (const major of [1, 2, 3]) {
      const t = readNpy(file({ header: `${plain}  \n`, data, version: [major, 0] }), 'x.npy');
      expect([t.dtype, t.shape, [...toFloat64(t)]]).toEqual(['int16', [2, 3], [0, 1, 2, 3, 4, 5]]);
    }
  });

  it.each([
    `{"shape":(2,3),"fortran_order":False,"descr":"<i2"}`,
    `{'shape': (2L, 3L), 'fortran_order': False, 'descr': '<i2'}\n`,
    `{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<i2' , } `,
  ])('takes Python spelled otherwise: %s', (header) => {
    expect(readNpy(file({ header, data: new Uint8Array(12) }), 'x.npy').shape).toEqual([2, 3]);
  });

  it('swaps big-endian data', () => {
    const big = (descr: string, data: readonly number[]): number[] => [
      ...toFloat64(
        readNpy(
          file({ header: `{'descr': '${descr}', 'fortran_order': False, 'shape': (1,)}`, data }),
          'x.npy',
        ),
      ),
    ];
    expect(big('>i2', [1, 2])).toEqual([0x0102]);
    expect(big('>i4', [0xff, 0xff, 0xff, 0xfe])).toEqual([-2]);
    expect(big('>f2', [0x3c, 0])).toEqual([1]);
    expect(big('>f4', [0x3f, 0x80, 0, 0])).toEqual([1]);
    expect(big('>f8', [0x3f, 0xf0, 0, 0, 0, 0, 0, 0])).toEqual([1]);
    expect(big('>i1', [0xff])).toEqual([-1]);
  });

  it('makes a strided view of Fortran order, over the memory of the file', () => {
    const bytes = writeNpy(counting, { fortranOrder: true });
    const t = readNpy(bytes, 'x.npy');
    expect(t.view.stride).toEqual([1, 2]);
    expect(t.view.data.buffer).toBe(bytes.buffer);
    expect(at(t, 1, 0)).toBe(3);
    expect([...codesOf(t)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('reads from any offset of a larger buffer and from shared memory', () => {
    const bytes = writeNpy(counting);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect([...codesOf(readNpy(shifted.subarray(1), 'x.npy'))]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...codesOf(readNpy(Buffer.from(shifted.buffer, 1), 'x.npy'))]).toEqual([0, 1, 2, 3, 4, 5]);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect([...codesOf(readNpy(shared, 'x.npy'))]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives back every code of every dtype, shape, order and version', () => {
    const shapes = fc.array(fc.nat(4), { maxLength: 5 });
    const version = fc.constantFrom<1 | 2 | 3>(1, 2, 3);
    fc.assert(
      fc.property(
        fc.constantFrom(...written),
        shapes,
        fc.boolean(),
        version,
        (dtype, shape, fortranOrder, v) => {
          const t = zeros(dtype, shape);
          const bytes = new Uint8Array(t.view.data.buffer);
          for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 37 + 11) & 0x3f;
          const back = readNpy(writeNpy(t, { fortranOrder, version: v }), 'x.npy');
          expect([back.dtype, back.shape]).toEqual([dtype, shape]);
          expect(codesOf(back)).toEqual(codesOf(t));
        },
      ),
    );
  });

  it('writes strided tensors by their values', () => {
    expect([...codesOf(readNpy(writeNpy(transpose(counting)), 'x.npy'))]).toEqual([0, 3, 1, 4, 2, 5]);
  });
});

describe('a file that is not what it should be', () => {
  const good = writeNpy(counting);

  it('is refused wherever it is cut', () => {
    for (let length = 0; length < good.length; length++) refusal(good.slice(0, length));
  });

  it('is refused with bytes to spare', () => {
    expect(refusal(Uint8Array.from([...good, 0]))).toContain('takes 12 bytes, but 13 follow');
  });

  it.each([
    [
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:00'),
      'Git LFS pointer',
    ],
    [new TextEncoder().encode('PK\x03\x04'), 'zip archive'],
    [new TextEncoder().encode('1,2,3\n4,5,6'), 'begins with 31 2c 32 2c 33 0a'],
    [new Uint8Array(), 'begins with nothing'],
    [file({ header: plain, version: [4, 0] }), 'version 4.0'],
    [file({ header: plain, version: [1, 1] }), 'version 1.1'],
    [file({ header: plain, declared: 60_000 }), 'declares a header of 60000 bytes'],
    [
      file({ header: plain, declared: 2 ** 32 - 1, version: [2, 0] }),
      'declares a header of 4294967295 bytes',
    ],
    [file({ header: plain.padEnd(20_000) }), '10000 are allowed'],
    [file({ header: `{'descr': '<i2\u00e9'}` }), 'not ASCII'],
  ])('is refused by its beginning (%#)', (bytes, expected) => {
    expect(refusal(bytes)).toContain(expected);
  });

  it.each([
    ['<i8', 'cast with .astype(np.int32)'],
    ['|b1', 'cast with .astype(np.uint8)'],
    ['<u2', "dtype '<u2', which is not one of |i1 |u1 <i2 <i4 <f2 <f4 <f8"],
    ['<u4', 'cast with'],
    ['<c8', 'cast with'],
    ['|O', 'cast with'],
    ['<U5', 'cast with'],
    ['=f4', 'cast with'],
    ['|f4', 'cast with'],
    ['f4', 'cast with'],
    ['<constructor', 'cast with'],
    ['', 'cast with'],
  ])('is refused for dtype %s', (descr, expected) => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (2,), }`;
    const message = refusal(file({ header, data: new Uint8Array(16) }));
    expect(message).toContain(expected);
    expect(message).toContain(`'${descr}'`);
  });

  it.each([
    ['', 'expected \'{\', met "the end"'],
    ['[]', "expected '{'"],
    ['{}', "key 'descr' is missing"],
    ["{'descr': '<i2', 'fortran_order': False}", "key 'shape' is missing"],
    ["{'descr': '<i2', 'shape': (2, 3)}", "key 'fortran_order' is missing"],
    ["{'descr': '<i2', 'descr': '<i4', 'fortran_order': False, 'shape': ()}", "key 'descr' stands twice"],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (), 'x': 1}", "key 'x' is unknown"],
    ["{'descr': '<i2', 'fortran_order': 0, 'shape': ()}", 'expected True or False'],
    ["{'descr': '<i2', 'fortran_order': false, 'shape': ()}", 'fortran_order is false'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (3)}", 'expected \',\', met ")"'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (-1,)}", 'cannot read "-1'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (1.5,)}", 'cannot read'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (,)}", 'expected an extent'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (1,,)}", 'expected an extent'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (1 2)}", "expected ','"],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': [2, 3]}", "expected '('"],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3", 'met "the end"'],
    ["{'descr': '<i2' 'fortran_order': False, 'shape': ()}", "expected ',' or '}'"],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': ()} + exit()", 'cannot read'],
    ["{'descr': '<i2', 'fortran_order': False, 'shape': ()} {", 'expected the end'],
    ["{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': ()}", 'dtype is structured'],
    ["{descr: '<i2'}", 'expected a key in quotes'],
    ["{'descr': '<i2\\x00'}", 'cannot read'],
    [`{'descr': '<i2', 'fortran_order': False, 'shape': (${'1, '.repeat(65)})}`, 'more than 64 axes'],
  ])('is refused for the header %s', (header, expected) => {
    expect(refusal(file({ header, data: new Uint8Array(2) }))).toContain(expected);
  });

  it.each([
    ['(9007199254740993,)', 'larger than any file'],
    [`(${'9'.repeat(400)},)`, 'larger than any file'],
    ['(9007199254740991,)', 'but 2 follow the header'],
    ['(4294967296, 4294967296)', 'but 2 follow the header'],
    [`(${'9007199254740991, '.repeat(30)})`, 'but 2 follow the header'],
    ['(3, 0)', 'takes 0 bytes, but 2 follow'],
  ])('is refused for shape %s without being believed', (shape, expected) => {
    const header = `{'descr': '<i2', 'fortran_order': False, 'shape': ${shape}}`;
    expect(refusal(file({ header, data: [0, 0] }))).toContain(expected);
  });

  it('may have giant extents only around nothing', () => {
    const header = `{'descr': '<i2', 'fortran_order': True, 'shape': (${'9007199254740991, '.repeat(30)}0)}`;
    expect(codesOf(readNpy(file({ header }), 'x.npy'))).toHaveLength(0);
  });

  it('gives a tensor or a FormatError, whatever was changed in it', () => {
    const files = written.flatMap((dtype) => [
      writeNpy(zeros(dtype, [2, 3])),
      writeNpy(zeros(dtype, [3]), { fortranOrder: true, version: 2 }),
    ]);
    const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, fc.option(fc.nat(150)), (original, changes, cut) => {
        const bytes = original.slice(0, cut ?? undefined);
        for (const [position, value] of changes) {
          if (position < bytes.length) bytes[position] = value;
        }
        try {
          const t: Tensor = readNpy(bytes, 'x.npy');
          toFloat64(t);
          accepted++;
        } catch (thrown) {
          if (!(thrown instanceof FormatError)) throw thrown;
        }
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe.skipIf(!numpyAvailable.ok)(numpyTitle, () => {
  const shapes: readonly (readonly number[])[] = [[], [0], [5], [2, 3], [3, 0, 2], [2, 1, 3, 2]];

  it('reads what np.save writes: every dtype, shape, order, byte order and version', () => {
    const saved = runNumpy(`
import io
def save(a, version=None):
    b = io.BytesIO()
    np.lib.format.write_array(b, a, version)
    return np.frombuffer(b.getvalue(), np.uint8)
for t in ['|i1', '|u1', '<i2', '<i4', '<f2', '<f4', '<f8', '>i2', '>i4', '>f2', '>f4', '>f8']:
    for s, shape in enumerate([${shapes.map((shape) => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`).join(', ')}]):
        a = (np.arange(np.prod(shape, dtype=int)) * 3 + 1).reshape(shape).astype(t)
        version = [None, (1, 0), (2, 0), (3, 0)][s % 4]
        out[f'{t[1:]}_{t[0] == ">"}_{s}_C'] = save(a, version)
        out[f'{t[1:]}_{t[0] == ">"}_{s}_F'] = save(np.array(a, order='F'), version)
`);
    expect(Object.keys(saved)).toHaveLength(12 * shapes.length * 2);
    for (const [key, bytes] of Object.entries(saved)) {
      const [, , s, order] = key.split('_');
      const t = readNpy(codesOf(bytes) as Uint8Array, key);
      const shape = shapes[Number(s)]!;
      expect(t.shape, key).toEqual(shape);
      expect([...toFloat64(t)], key).toEqual(
        Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i * 3 + 1),
      );
      if (order === 'F' && shape.length === 2) expect(isContiguous(t), key).toBe(false);
    }
  });

  it('is read by np.load, byte for byte as np.save writes where the order is C', () => {
    const inputs: Record<string, Tensor> = {};
    for (const dtype of written) {
      shapes.forEach((shape, s) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const t = tensor(
          dtype,
          shape,
          Array.from({ length: size }, (_, i) => i * 5 + 2),
        );
        for (const version of [1, 2, 3] as const) {
          for (const fortranOrder of [false, true]) {
            const bytes = writeNpy(t, { version, fortranOrder });
            inputs[`f_${dtype}_${s}_${version}_${fortranOrder}`] = fromStorage(
              'uint8',
              [bytes.length],
              bytes,
            );
          }
        }
      });
    }
    const read = runNumpy(
      `
import io
for name in list(globals()):
    if not name.startswith('f_'): continue
    data = globals()[name].tobytes()
    a = np.load(io.BytesIO(data))
    assert a.dtype.isnative
    version, fortran = name.split('_')[3:]
    if fortran == 'False':
        b = io.BytesIO(); np.lib.format.write_array(b, a, (int(version), 0))
        assert b.getvalue() == data, name
    out[name] = np.ascontiguousarray(a).reshape(a.shape)
`,
      inputs,
    );
    expect(Object.keys(read)).toHaveLength(Object.keys(inputs).length);
    for (const [name, t] of Object.entries(read)) {
      const [, dtype, s] = name.split('_');
      expect([t.dtype, t.shape], name).toEqual([dtype, shapes[Number(s)]]);
      expect([...toFloat64(t)], name).toEqual([...toFloat64(t)].map((_, i) => i * 5 + 2));
    }
  });
});
