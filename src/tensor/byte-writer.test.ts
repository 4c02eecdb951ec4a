import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';

describe('ByteWriter', () => {
  it('writes little-endian fields one behind the other', () => {
    const writer = new ByteWriter();
    writer.u8(0xab, 'a');
    writer.align(4);
    writer.u16(0x0102, 'b');
    writer.u16(0xffff, 'b');
    writer.u32(0xfffe_fdfc, 'c');
    writer.i32(-2, 'd');
    writer.u64(2 ** 32 + 1, 'e');
    writer.u64(0xffff_ffff_ffff_fffen, 'f');
    writer.cString('hi', 'g');
    writer.fixedString('x', 3, 'h');
    writer.raw(Uint8Array.of(7));
    writer.fill(1, 9);
    expect(writer.length).toBe(40);
    expect([...writer.finish()]).toEqual([
      0xab, 0, 0, 0, 2, 1, 0xff, 0xff, 0xfc, 0xfd, 0xfe, 0xff, 0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1, 0, 0, 0,
      0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x68, 0x69, 0, 0x78, 0, 0, 7, 9,
    ]);
  });

  it('grows', () => {
    const writer = new ByteWriter();
    for (let i = 0; i < 1000; i += 1) writer.u32(i, 'i');
    writer.raw(new Uint8Array(10_000).fill(1));
    const bytes = writer.finish();
    expect(bytes.length).toBe(14_000);
    expect(new DataView(bytes.buffer).getUint32(4 * 999, true)).toBe(999);
    expect(bytes[13_999]).toBe(1);
  });

  it.each([
    ['u8', (w: ByteWriter) => w.u8(256, 'x')],
    ['u16', (w: ByteWriter) => w.u16(-1, 'x')],
    ['u32', (w: ByteWriter) => w.u32(2 ** 32, 'x')],
    ['u32 of a fraction', (w: ByteWriter) => w.u32(0.5, 'x')],
    ['i32', (w: ByteWriter) => w.i32(2 ** 31, 'x')],
    ['u64 of a number that is not exact', (w: ByteWriter) => w.u64(2 ** 53, 'x')],
    ['u64', (w: ByteWriter) => w.u64(1n << 64n, 'x')],
    ['u64 of a negative bigint', (w: ByteWriter) => w.u64(-1n, 'x')],
    ['fixedString', (w: ByteWriter) => w.fixedString('four', 4, 'x')],
    ['cString with a NUL', (w: ByteWriter) => w.cString('a\0b', 'x')],
    ['cString with a letter that is not ASCII', (w: ByteWriter) => w.cString('é', 'x')],
  ])('refuses what does not fit: %s', (_, write) => {
    expect(() => write(new ByteWriter())).toThrow(ValueError);
    expect(() => write(new ByteWriter())).toThrow(/^x /);
  });
});
