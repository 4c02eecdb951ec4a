import { describe, expect, it } from 'vitest';
import { FormatError } from '../errors.ts';
import { ByteReader } from './bytes.ts';

const bytes = Uint8Array.from([1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 0x41, 0x42, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]);
const reader = (): ByteReader => new ByteReader(bytes, 'kernel.xclbin');

describe('ByteReader', () => {
  it('reads little-endian fields one after another', () => {
    const r = reader();
    expect([r.u8(), r.u8(), r.u16(), r.i32()]).toEqual([1, 2, 0x0403, -1]);
    expect(r.ascii(2)).toBe('AB');
    expect([r.offset, r.remaining]).toEqual([10, 9]);
    expect(r.u64()).toBe(0x80n);
    r.seek(0);
    expect(r.u32()).toBe(0x04030201);
    r.seek(10);
    expect(r.size64()).toBe(0x80);
    expect([...r.take(1)]).toEqual([0]);
    expect(r.take(0)).toHaveLength(0);
  });

  it('reads from a window of a larger buffer and shares its memory', () => {
    const window = new ByteReader(bytes.subarray(8, 10), 'window');
    const taken = window.take(2);
    expect([...taken]).toEqual([0x41, 0x42]);
    expect(taken.buffer).toBe(bytes.buffer);
    expect(() => window.u8()).toThrow(FormatError);
  });

  it('names source, offset, what was wanted and what was left', () => {
    const r = reader();
    r.seek(17);
    expect(() => r.u32('the section count')).toThrow(
      'kernel.xclbin: wanted the section count (4 bytes) at offset 17, but only 2 bytes are left',
    );
    expect(r.offset).toBe(17);
  });

  it.each([
    ['u8', 1],
    ['u16', 2],
    ['u32', 4],
    ['i32', 4],
    ['u64', 8],
    ['size64', 8],
  ] as const)('refuses %s one byte before the end of its field', (field, size) => {
    const r = new ByteReader(new Uint8Array(size - 1), 'short');
    expect(() => r[field]()).toThrow(FormatError);
    expect(new ByteReader(new Uint8Array(size), 'enough')[field]()).toEqual(field === 'u64' ? 0n : 0);
  });

  it.each([-1, 0.5, 20, Number.NaN])('refuses to seek to %d', (offset) => {
    expect(() => reader().seek(offset)).toThrow(FormatError);
  });

  it.each([-1, 0.5, 20, Number.NaN, Infinity])('refuses to take %d bytes', (count) => {
    expect(() => reader().take(count)).toThrow(FormatError);
  });

  it('refuses text that is not ASCII and sizes beyond any file', () => {
    const r = reader();
    r.seek(8);
    expect(() => r.ascii(3)).toThrow('byte 0x80 at offset 10');
    r.seek(1);
    expect(() => r.size64('the image size')).toThrow('the image size at offset 1');
  });
});
