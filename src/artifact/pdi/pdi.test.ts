import { describe, expect, it } from 'vitest';
import { FormatError, ValueError } from '../../errors.ts';
import { type CdoCommand, type Pdi, pdiContent, readPdi, writePdi } from './index.ts';
import { aCommand, bare, exampleCommands, word } from './testing/commands.ts';
import { headerChecksum } from './words.ts';

const plain = (): Uint8Array => writePdi(pdiContent(exampleCommands()));
const transformed = (plainWords = 99): Uint8Array =>
  writePdi({ images: [{ partitions: [{ cdo: { commands: exampleCommands(), plainWords } }] }] });
const cdoOf = (pdi: Pdi) => pdi.images[0]!.partitions[0]!.cdo;

function patched(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(offset, value, true);
  return copy;
}

/** Renews the checksum of a header, so that only the patched field is wrong. */
function resummed(bytes: Uint8Array, start: number, words: number): Uint8Array {
  const summed = Array.from({ length: words - 1 }, (_, index) => word(bytes, start + 4 * index));
  return patched(bytes, start + 4 * (words - 1), headerChecksum(summed));
}

describe('PDI container', () => {
  it('has bootgen’s header words (FORMATS 3.1)', () => {
    const bytes = writePdi(pdiContent([]));
    expect([0, 4, 8, 12].map((at) => word(bytes, at))).toEqual([0xdd, 0x11223344, 0x55667788, 0x99aabbcc]);
    // The checksums of the image header table and of the image header are the same in every NPU design.
    expect(word(bytes, 0x8c)).toBe(0x9ac12a78);
    expect(word(bytes, 0xcc)).toBe(0x1d39289b);
    expect([0xd0, 0xd4, 0xd8, 0xf0].map((at) => word(bytes, at))).toEqual([8, 5, 8, 0x54]);
    expect([0x150, 0x154, 0x158, 0x15c].map((at) => word(bytes, at))).toEqual([4, 0x004f4443, 0x200, 0]);
    expect(bytes.length).toBe(0x170);
  });

  it('reads what it wrote, plain', () => {
    const pdi = readPdi(plain(), 'a.pdi');
    expect(pdi).toMatchObject({ idCode: 0x14ca8093, extendedIdCode: 1, issues: [] });
    expect(pdi.images[0]).toMatchObject({ name: 'aie_image', id: 0x1c000000 });
    expect(cdoOf(pdi).form).toBe('plain');
    expect(cdoOf(pdi).commands.map(bare)).toEqual(exampleCommands());
    expect(writePdi(pdi)).toEqual(plain());
  });

  it('reads what it wrote, transformed, without the NOPs', () => {
    const pdi = readPdi(transformed(), 'a.pdi');
    expect(pdi.issues).toEqual([]);
    expect(cdoOf(pdi)).toMatchObject({ form: 'transformed', plainWords: 99 });
    expect(cdoOf(pdi).commands.map(bare)).toEqual(exampleCommands().filter(({ op }) => op !== 'NOP'));
    expect(writePdi(pdi)).toEqual(transformed());
  });

  it('marks the transformed form as FORMATS 3.5 says and leaves its lengths stale', () => {
    const bytes = transformed(99);
    const zone = word(bytes, 0x144);
    expect(word(bytes, 0x140)).toBe(1);
    expect(word(bytes, 0x148)).toBe((0x8966 | (zone << 16)) >>> 0);
    expect(word(bytes, 0x15c)).toBe(99);
    expect(word(bytes, 0xd4)).toBe(99 + 5);
  });

  it('keeps a transformed file whose last block is cut, and says so', () => {
    const commands: CdoCommand[] = [
      { op: 'DMA_WRITE', addressHigh: 0, address: 0x21d000, data: new Uint8Array(24).fill(7) },
    ];
    const whole = writePdi({ images: [{ partitions: [{ cdo: { commands, plainWords: 9 } }] }] });
    const cut = whole.slice(0, -20);
    const pdi = readPdi(cut, 'cut.pdi');
    expect(pdi.issues).toMatchObject([{ code: 'SHORT_DATA', offset: 0x16c }]);
    expect(cdoOf(pdi).commands[0]).toMatchObject({ declaredLength: 24, data: new Uint8Array(4).fill(7) });
    expect(writePdi(pdi)).toEqual(cut);
  });

  it('keeps id code, names and version that are given', () => {
    const content = {
      idCode: 0x1234,
      extendedIdCode: 2,
      images: [{ name: 'sixteen letters.', id: 5, partitions: [{ cdo: { version: 0x100, commands: [] } }] }],
    };
    expect(readPdi(writePdi(content), 'a.pdi')).toMatchObject(content);
  });

  it.each([
    ['image header table', 0x8c],
    ['image header', 0xcc],
    ['partition header', 0x14c],
    ['CDO header', 0x160],
  ])('reports a wrong checksum of the %s at its offset', (title, offset) => {
    const { issues } = readPdi(patched(plain(), offset, 0x12345678), 'a.pdi');
    expect(issues).toMatchObject([{ code: 'CHECKSUM', offset }]);
    expect(issues[0]!.message).toContain(title);
  });

  it.each([
    ['a reserved word', 0x24, 0x10, 32, 7, 'UNKNOWN_FIELD'],
    ['another load address', 0xe8, 0xd0, 32, 0, 'UNKNOWN_FIELD'],
    ['another word count', 0xd4, 0xd0, 32, 1, 'LENGTH'],
    ['another padded length', 0xd0, 0xd0, 32, 1, 'LENGTH'],
  ] as const)('reports %s', (_, offset, start, words, value, code) => {
    const bytes = resummed(patched(plain(), offset, value), start, words);
    expect(readPdi(bytes, 'a.pdi').issues).toMatchObject([{ code, offset }]);
  });

  it('reports bytes after the last partition, and padding that is not zero', () => {
    const bytes = plain();
    const longer = new Uint8Array(bytes.length + 4);
    longer.set(bytes);
    expect(readPdi(longer, 'a.pdi').issues).toMatchObject([{ code: 'LENGTH', offset: bytes.length }]);
    expect(cdoOf(readPdi(bytes, 'a.pdi')).end).toBeLessThan(bytes.length);
    bytes[bytes.length - 1] = 1;
    expect(readPdi(bytes, 'a.pdi').issues).toMatchObject([{ code: 'PADDING' }]);
  });

  it('reports a transform mark that does not fit', () => {
    const bytes = patched(transformed(), 0x148, 0x8966);
    expect(readPdi(bytes, 'a.pdi').issues).toMatchObject([{ code: 'CHECKSUM', offset: 0x148 }]);
  });

  it('reports fields of the transformed form in a plain partition', () => {
    const bytes = patched(plain(), 0x144, 0x100);
    expect(readPdi(bytes, 'a.pdi').issues).toMatchObject([{ code: 'UNKNOWN_FIELD', offset: 0x144 }]);
  });

  it.each([
    ['an instruction stream', () => patched(plain(), 0, 0x06030100), /no PDI: start word 0/],
    ['nothing', () => new Uint8Array(0), /start word/],
    ['a cut header', () => plain().slice(0, 0x100), /partition header/],
    ['a cut body', () => plain().slice(0, -16), /truncated|ends at offset/],
    ['too many partitions', () => patched(plain(), 0x1c, 0xffffffff), /4294967295 partitions/],
    ['too many images', () => patched(plain(), 0x14, 0xffffffff), /4294967295 images/],
    ['an image with foreign partitions', () => patched(plain(), 0x94, 2), /image 0 claims 2 partitions/],
    ['a partition inside the headers', () => patched(plain(), 0xf0, 0x10), /inside what stands before/],
    ['no CDO', () => patched(plain(), 0x154, 0), /no CDO header at offset 336/],
    ['a command zone beyond the file', () => patched(transformed(), 0x144, 0x10000), /command zone of 65536/],
  ])('refuses %s', (_, make, message) => {
    expect(() => readPdi(make(), 'a.pdi')).toThrow(FormatError);
    expect(() => readPdi(make(), 'a.pdi')).toThrow(message);
  });

  it('refuses a Git LFS pointer with the remedy', () => {
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n');
    expect(() => readPdi(pointer, 'a.pdi')).toThrow(/Git LFS pointer/);
  });

  it('refuses to write what no known file has', () => {
    const image = { partitions: [{ cdo: { commands: [aCommand] } }] };
    expect(() => writePdi({ images: [] })).toThrow(ValueError);
    expect(() => writePdi({ images: [image, image] })).toThrow(ValueError);
    expect(() => writePdi({ images: [{ ...image, name: 'seventeen letters' }] })).toThrow(ValueError);
    expect(() => writePdi({ images: [{ ...image, name: 'ä' }] })).toThrow(ValueError);
  });
});
