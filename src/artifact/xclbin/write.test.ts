import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import {
  buildNpuXclbin,
  encodeConnectivity,
  encodeIpLayout,
  encodeMemTopology,
  readXclbin,
  sectionNumber,
  writeXclbin,
  type XclbinDescription,
} from './index.ts';

const file = buildNpuXclbin({ columns: 4, pdi: Uint8Array.of(1, 2, 3) });
const xclbin = readXclbin(file, 'k.xclbin');

describe('writeXclbin', () => {
  it('gives a file that was read again, byte for byte', () => {
    expect(writeXclbin(xclbin)).toEqual(file);
  });

  it('gives every header field again', () => {
    const description: XclbinDescription = {
      header: {
        signatureLength: 4,
        reserved: new Uint8Array(28).fill(3),
        keyBlock: new Uint8Array(256).fill(4),
        uniqueId: '0xfedcba9876543210',
        timeStamp: 12_345_678_901,
        featureRomTimeStamp: 77,
        version: { major: 3, minor: 4, patch: 5 },
        mode: 6,
        actionMask: 2,
        interfaceUuid: '00112233-4455-6677-8899-aabbccddeeff',
        platformVbnv: 'some:platform:name',
        uuid: 'ffeeddcc-bbaa-9988-7766-554433221100',
        debugBin: 'debug',
      },
      sections: [{ kind: 99, name: 'x', offset: 0x400, bytes: Uint8Array.of(1) }],
      mirror: { offset: 0x410, text: '{}\n' },
      signature: Uint8Array.of(5, 6, 7, 8),
      loose: [{ offset: 0x401, bytes: Uint8Array.from({ length: 15 }, () => 9) }],
    };
    const read = readXclbin(writeXclbin(description), 'k.xclbin');
    expect(read).toMatchObject({
      ...description,
      loose: [{ offset: 0x1c8 + 40 }, description.loose![0]!],
    });
  });

  it('puts sections without an offset at multiples of eight', () => {
    const sections = [3, 0, 9].map((length) => ({
      kind: 99,
      name: '',
      bytes: new Uint8Array(length).fill(1),
    }));
    const read = readXclbin(writeXclbin({ header: xclbin.header, sections }), 'k.xclbin');
    const first = 0x1c8 + 3 * 40;
    expect(read.sections.map(({ offset }) => offset)).toEqual([first, first + 8, first + 8]);
  });

  it('keeps the offset of an empty section, whatever it is', () => {
    const sections = [{ kind: 1, name: '', offset: 2 ** 50, bytes: new Uint8Array(0) }];
    const bytes = writeXclbin({ header: xclbin.header, sections });
    expect(bytes.length).toBe(0x1c8 + 40);
    expect(readXclbin(bytes, 'k.xclbin').sections).toMatchObject(sections);
  });

  it.each([
    [
      'overlapping sections',
      {
        sections: [
          { kind: 1, name: '', offset: 0x200, bytes: file },
          { kind: 1, name: '', offset: 0x208, bytes: file },
        ],
      },
      /overlaps/,
    ],
    ['a section on the headers', { sections: [{ kind: 1, name: '', offset: 0, bytes: file }] }, /overlaps/],
    [
      'an offset that is none',
      { sections: [{ kind: 1, name: '', offset: 2 ** 40, bytes: file }] },
      /cannot stand at/,
    ],
    [
      'a name of 16 characters',
      { sections: [{ kind: 1, name: 'sixteen letters!', bytes: file }] },
      /longer than 15/,
    ],
    [
      'a signature of another length',
      { signature: Uint8Array.of(1) },
      /signatureLength is -1, the signature has 1/,
    ],
    ['a uuid that is none', { header: { ...xclbin.header, uuid: '0x12' } }, /is not a uuid/],
    [
      'a unique id that is none',
      { header: { ...xclbin.header, uniqueId: '0xAB' as const } },
      /lower-case hex/,
    ],
    [
      'a version that does not fit',
      { header: { ...xclbin.header, version: { major: 256, minor: 0, patch: 0 } } },
      /version.major is 256/,
    ],
  ])('refuses %s', (_, change, message) => {
    const wrong = { ...xclbin, ...change };
    expect(() => writeXclbin(wrong)).toThrow(ValueError);
    expect(() => writeXclbin(wrong)).toThrow(message);
  });
});

describe('section encoders', () => {
  it('write what the reader reads', () => {
    const memTopology = [
      { type: 6, used: 0, sizeKB: 2 ** 40, baseAddress: '0xffffffff00000000', tag: 'HBM[0]' },
    ] as const;
    const connectivity = [{ argIndex: -1, ipLayoutIndex: 2, memDataIndex: 3 }];
    const ipLayout = [{ type: 1, properties: 0xffff_ffff, baseAddress: '0x0', name: 'a:b' }] as const;
    const read = readXclbin(
      writeXclbin({
        header: xclbin.header,
        sections: [
          { kind: sectionNumber('MEM_TOPOLOGY'), name: '', bytes: encodeMemTopology(memTopology) },
          { kind: sectionNumber('CONNECTIVITY'), name: '', bytes: encodeConnectivity(connectivity) },
          { kind: sectionNumber('IP_LAYOUT'), name: '', bytes: encodeIpLayout(ipLayout) },
        ],
      }),
      'k.xclbin',
    );
    expect(read).toMatchObject({ memTopology, connectivity, ipLayout });
  });
});
