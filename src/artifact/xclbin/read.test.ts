import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import {
  buildNpuXclbin,
  dpuProperties,
  findSection,
  parseBuildMetadata,
  readXclbin,
  sectionNumber,
  writeXclbin,
} from './index.ts';

const pdi = Uint8Array.from({ length: 100 }, (_, i) => i);
const file = buildNpuXclbin({ columns: 4, startColumns: [1, 2], pdi, timeStamp: 1_700_000_000 });
const xclbin = readXclbin(file, 'k.xclbin');
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** `file` with some bytes changed. */
function changed(change: (view: DataView, bytes: Uint8Array) => void, from = file): Uint8Array {
  const bytes = from.slice();
  change(viewOf(bytes), bytes);
  return bytes;
}

/** `bytes` with the total length in its header made true. */
const relengthed = (bytes: Uint8Array): Uint8Array =>
  changed((view) => view.setBigUint64(0x130, BigInt(bytes.length), true), bytes);

function refusal(bytes: Uint8Array): FormatError {
  try {
    readXclbin(bytes, 'k.xclbin');
  } catch (thrown) {
    if (thrown instanceof FormatError) return thrown;
    throw thrown;
  }
  throw new Error('the file was accepted');
}

/** Position of the header of the section of a kind. */
const sectionHeaderAt = (index: number): number => 0x1c8 + 40 * index;

describe('readXclbin', () => {
  it('reads header, sections and what they say', () => {
    expect(xclbin.header).toMatchObject({
      signatureLength: -1,
      timeStamp: 1_700_000_000,
      version: { major: 2, minor: 25, patch: 0 },
      interfaceUuid: '00000000-0000-0000-0000-000000000000',
      platformVbnv: '',
    });
    expect(xclbin.sections.map(({ kindName, name }) => [kindName, name])).toEqual([
      ['MEM_TOPOLOGY', 'main_mem_topolo'],
      ['AIE_PARTITION', 'main_aie_partit'],
      ['EMBEDDED_METADATA', ''],
      ['IP_LAYOUT', ''],
      ['CONNECTIVITY', ''],
      ['GROUP_CONNECTIVITY', ''],
      ['GROUP_TOPOLOGY', ''],
    ]);
    expect(xclbin.memTopology).toEqual([
      { type: 2, used: 1, sizeKB: 0x10000, baseAddress: '0x4000000', tag: 'HOST' },
      { type: 2, used: 1, sizeKB: 0xc000, baseAddress: '0x4000000', tag: 'SRAM' },
    ]);
    expect(xclbin.groupTopology).toEqual(xclbin.memTopology);
    expect(xclbin.connectivity).toHaveLength(6);
    expect(xclbin.groupConnectivity).toHaveLength(12);
    expect(xclbin.ipLayout).toEqual([
      { type: 7, properties: 0x0901_0001, baseAddress: '0xffffffffffffffff', name: 'MLIR_AIE:MLIRAIE' },
    ]);
    expect(dpuProperties(xclbin.ipLayout![0]!.properties)).toEqual({
      subtype: 1,
      functional: 0,
      kernelId: 0x901,
    });
    expect(xclbin.partitions).toHaveLength(1);
    expect(xclbin.partitions[0]).toMatchObject({ columnWidth: 4, startColumns: [1, 2] });
    expect(xclbin.partitions[0]!.pdis[0]!.image).toEqual(pdi);
    expect(xclbin.signature).toBeUndefined();
    expect(xclbin.loose).toEqual([]);
    expect(xclbin.buildMetadata).toBeUndefined();
    expect(findSection(xclbin, 'IP_LAYOUT')?.bytes.length).toBe(8 + 80);
    expect(findSection(xclbin, 'BITSTREAM')).toBeUndefined();
  });

  it('is plain data but for the bytes', () => {
    const { sections, partitions, header, ...plain } = xclbin;
    expect(JSON.parse(JSON.stringify(plain))).toEqual({
      ...plain,
      signature: undefined,
      buildMetadata: undefined,
    });
  });

  it('finds fields where XRT puts them', () => {
    // Offsets of FORMATS.md 1.1, written by hand: the builder is not the only witness.
    const view = viewOf(file);
    expect(new TextDecoder().decode(file.subarray(0, 7))).toBe('xclbin2');
    expect(view.getInt32(8, true)).toBe(-1);
    expect(view.getBigUint64(0x130, true)).toBe(BigInt(file.length));
    expect([file[0x14a], file[0x14b]]).toEqual([2, 25]);
    expect(view.getUint32(0x1c0, true)).toBe(7);
    expect(view.getUint32(0x1c8, true)).toBe(6);
    expect(view.getBigUint64(0x1c8 + 0x18, true)).toBe(BigInt(0x1c8 + 7 * 40));
  });

  it('keeps a section of unknown kind as bytes', () => {
    const section = { kind: 99, name: 'later', bytes: Uint8Array.of(1, 2, 3) };
    const known = xclbin.sections.map(({ kind, name, bytes }) => ({ kind, name, bytes }));
    const read = readXclbin(
      writeXclbin({ header: xclbin.header, sections: [...known, section] }),
      'k.xclbin',
    );
    expect(read.sections.at(-1)).toMatchObject({ ...section, kindName: undefined });
    expect(read.kernels).toEqual(xclbin.kernels);
  });

  it('takes the first section of a kind, but every partition', () => {
    const again = xclbin.sections.map(({ kind, bytes }) => ({ kind, name: 'again', bytes }));
    const other = buildNpuXclbin({ columns: 1, pdi, kernelName: 'OTHER' });
    const sections = [
      ...again,
      ...readXclbin(other, 'o').sections.map(({ kind, bytes }) => ({ kind, name: '', bytes })),
    ];
    const read = readXclbin(writeXclbin({ header: xclbin.header, sections }), 'k.xclbin');
    expect(read.kernels?.map(({ name }) => name)).toEqual(['MLIR_AIE']);
    expect(read.partitions.map(({ columnWidth }) => columnWidth)).toEqual([4, 1]);
  });

  it('takes an empty section for one that is not there', () => {
    const empty = { kind: sectionNumber('CONNECTIVITY'), name: '', bytes: new Uint8Array(0) };
    const read = readXclbin(writeXclbin({ header: xclbin.header, sections: [empty] }), 'k.xclbin');
    expect(read.sections).toHaveLength(1);
    expect(read.connectivity).toBeUndefined();
  });

  it('gives the signature at the end', () => {
    const signature = Uint8Array.of(9, 8, 7, 6, 5);
    const header = { ...xclbin.header, signatureLength: signature.length };
    const read = readXclbin(writeXclbin({ ...xclbin, header, signature }), 'k.xclbin');
    expect(read.signature).toEqual(signature);
    expect(read.mirror).toEqual(xclbin.mirror);
  });

  it('reports bytes that belong to nothing', () => {
    const loose = [{ offset: file.length, bytes: Uint8Array.of(0, 1, 2) }];
    const read = readXclbin(writeXclbin({ ...xclbin, loose }), 'k.xclbin');
    expect(read.loose).toEqual(loose);
    const gap = readXclbin(
      changed((_, bytes) => {
        const metadata = findSection(xclbin, 'EMBEDDED_METADATA')!;
        bytes[metadata.offset + metadata.bytes.length] = 1;
      }),
      'k.xclbin',
    );
    expect(gap.loose).toHaveLength(1);
    expect(gap.loose[0]!.bytes[0]).toBe(1);
  });

  it('gives BUILD_METADATA as its text', () => {
    const sections = [
      {
        kind: sectionNumber('BUILD_METADATA'),
        name: '',
        bytes: new TextEncoder().encode('{"build_metadata":{}}\0'),
      },
    ];
    const read = readXclbin(writeXclbin({ header: xclbin.header, sections }), 'k.xclbin');
    expect(parseBuildMetadata(read.buildMetadata!, 'k.xclbin')).toEqual({ build_metadata: {} });
    expect(() => parseBuildMetadata('{', 'k.xclbin')).toThrow(/k\.xclbin: BUILD_METADATA is no JSON/);
  });
});

describe('readXclbin refuses', () => {
  it.each([
    ['an empty file', new Uint8Array(0), /k\.xclbin is empty/],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html><html>'), /is a web page/],
    ['something else', new TextEncoder().encode('some other bytes'), /does not begin with 'xclbin2'/],
    [
      'a Git LFS pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'),
      /Git LFS pointer/,
    ],
    ['a header cut off', file.slice(0, 0x100), /wanted the key block .* at offset 40/],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes).message).toMatch(message);
  });

  it('a file shorter or longer than its header says', () => {
    expect(refusal(file.slice(0, -1))).toMatchObject({
      message: `k.xclbin: the header says ${file.length} bytes, the file has ${file.length - 1}`,
      hint: expect.stringMatching(/truncated/),
    });
    expect(refusal(Uint8Array.from([...file, 0])).hint).toMatch(/appended/);
  });

  it('more sections than fit', () => {
    expect(refusal(changed((view) => view.setUint32(0x1c0, 5000, true))).message).toMatch(
      /5000 section headers/,
    );
    expect(refusal(changed((view) => view.setUint32(0x1c0, 10_001, true))).message).toMatch(
      /10001 sections are more/,
    );
  });

  it('a section beyond the end, naming it', () => {
    const bytes = changed((view) => view.setBigUint64(sectionHeaderAt(1) + 0x20, 1n << 40n, true));
    expect(refusal(bytes).message).toMatch(
      /section 1 \(AIE_PARTITION\) has 1099511627776 bytes at offset 824/,
    );
    const absurd = changed((view) => view.setBigUint64(sectionHeaderAt(1) + 0x18, (1n << 64n) - 1n, true));
    expect(refusal(absurd).message).toMatch(/larger than any file/);
  });

  it('sections that overlap', () => {
    const bytes = changed((view) => view.setBigUint64(sectionHeaderAt(4) + 0x18, 0x2e0n, true));
    expect(refusal(bytes).message).toMatch(
      /section [04] \(\w+\) at offset 736 overlaps section [04] \(\w+\)/,
    );
    const onHeader = changed((view) => view.setBigUint64(sectionHeaderAt(4) + 0x18, 0x10n, true));
    expect(refusal(onHeader).message).toMatch(/section 4 \(CONNECTIVITY\) at offset 16 overlaps the headers/);
  });

  it.each([
    ['MEM_TOPOLOGY', 'memory banks'],
    ['GROUP_TOPOLOGY', 'memory banks'],
    ['CONNECTIVITY', 'connections'],
    ['GROUP_CONNECTIVITY', 'connections'],
    ['IP_LAYOUT', 'compute units'],
  ] as const)('a count in %s that its bytes do not hold', (kind, what) => {
    const { offset } = findSection(xclbin, kind)!;
    for (const count of [100, -1, 0x7fff_ffff]) {
      const bytes = changed((view) => view.setInt32(offset, count, true));
      expect(refusal(bytes).message).toMatch(new RegExp(`k.xclbin: ${kind}: ${count} ${what}`));
    }
  });

  it('a signature that does not fit', () => {
    for (const length of [-2, 1 << 20]) {
      expect(refusal(changed((view) => view.setInt32(8, length, true))).message).toMatch(
        /a signature of -?\d+ bytes/,
      );
    }
  });

  it('a name that is not text', () => {
    expect(
      refusal(
        changed((_, bytes) => {
          bytes[sectionHeaderAt(0) + 4] = 0x80;
        }),
      ).message,
    ).toMatch(/name of section 0 at offset 460 is not ASCII/);
    expect(
      refusal(changed((_, bytes) => bytes.fill(65, sectionHeaderAt(0) + 4, sectionHeaderAt(0) + 20))).message,
    ).toMatch(/name of section 0 at offset 460 has no end in its 16 bytes/);
  });
});

describe('an xclbin without some parts', () => {
  it('has no mirror where none is written', () => {
    const read = readXclbin(writeXclbin({ ...xclbin, mirror: undefined }), 'k.xclbin');
    expect(read.mirror).toBeUndefined();
  });

  it('takes half a mirror for loose bytes', () => {
    const short = relengthed(file.slice(0, -5));
    const read = readXclbin(short, 'k.xclbin');
    expect(read.mirror).toBeUndefined();
    expect(read.loose[0]!.offset).toBe(xclbin.mirror!.offset);
    expect(writeXclbin(read)).toEqual(short);
  });
});
