import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import { encodeEmbeddedMetadata, readEmbeddedMetadata, type XclbinKernel } from './embedded-metadata.ts';
import { xmlEvents } from './xml.ts';

const read = (text: string): XclbinKernel[] =>
  readEmbeddedMetadata(new TextEncoder().encode(text), 'k: META');
const inCore = (content: string): string =>
  `<?xml version="1.0"?>\n<project><platform><device><core>${content}</core></device></platform></project>`;
const arg = '<arg name="a" addressQualifier="1" id="0" size="0x8" offset="8" type="void*"/>';

describe('readEmbeddedMetadata', () => {
  it('reads kernels and passes over the rest', () => {
    const kernels = read(
      inCore(`<!-- a > comment --><clock port="x"/>
        <kernel name='K &lt;1&gt; &#x41;' language="c" type="dpu" vlnv="x">
          <extended-data subtype="1" functional="0" dpu_kernel_id="0x901"/>
          <module><arg name="not ours"/></module>
          <port name="p"/>text &amp; text<![CDATA[<arg/>]]>
          ${arg}<arg name="b" addressQualifier="0" id="" size="0x4" offset="0x10" type="uint32_t" />
          <instance name="I"><addrRemap base="0"/></instance>
        </kernel><kernel name="L"></kernel>`),
    );
    expect(kernels).toEqual([
      {
        name: 'K <1> A',
        language: 'c',
        type: 'dpu',
        dpu: { subtype: 1, functional: 0, kernelId: 0x901 },
        args: [
          { id: 0, name: 'a', qualifier: 'GLOBAL', type: 'void*', offset: 8, size: 8 },
          { id: undefined, name: 'b', qualifier: 'SCALAR', type: 'uint32_t', offset: 16, size: 4 },
        ],
        instances: ['I'],
      },
      { name: 'L', language: '', type: '', dpu: undefined, args: [], instances: [] },
    ]);
  });

  it('reads what it writes', () => {
    const kernels: XclbinKernel[] = [
      {
        name: `"quoted" & 'quoted'`,
        language: 'c',
        type: 'dpu',
        dpu: { subtype: 1, functional: 1, kernelId: 0xfff },
        args: [
          { id: 0, name: 'n', qualifier: 'SCALAR', type: 'float', offset: 0, size: 4 },
          { id: undefined, name: 's', qualifier: 'STREAM', type: 'a<b>', offset: 4, size: 8 },
        ],
        instances: ['x', 'y'],
      },
      { name: 'plain', language: 'c', type: 'ps', dpu: undefined, args: [], instances: [] },
    ];
    expect(readEmbeddedMetadata(encodeEmbeddedMetadata(kernels), 'k')).toEqual(kernels);
  });

  it.each([
    ['a kernel without a name', inCore('<kernel/>'), /<kernel> at character \d+ has no 'name'/],
    [
      'an argument without an offset',
      inCore('<kernel name="k"><arg name="a" addressQualifier="1" size="8" type="t"/></kernel>'),
      /<arg> at character \d+ has no 'offset'/,
    ],
    [
      'a size that is no number',
      inCore(`<kernel name="k">${arg.replace('0x8', '-8')}</kernel>`),
      /'size' = '-8'/,
    ],
    [
      'a size beyond any number',
      inCore(`<kernel name="k">${arg.replace('0x8', '0x80000000000000')}</kernel>`),
      /not a whole number/,
    ],
    [
      'an unknown qualifier',
      inCore(`<kernel name="k">${arg.replace('"1"', '"5"')}</kernel>`),
      /addressQualifier 5/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(FormatError);
    expect(() => read(text)).toThrow(message);
  });

  it('refuses more than any tool writes', () => {
    expect(() => read(inCore(' '.repeat(2 ** 20)))).toThrow(/more than the 1048576/);
  });

  it('refuses bytes that are no UTF-8, but not a NUL at the end', () => {
    expect(() => readEmbeddedMetadata(Uint8Array.of(0x3c, 0xff), 'k')).toThrow(/not UTF-8/);
    expect(read(`${inCore('')}\0\0`)).toEqual([]);
  });
});

describe('xmlEvents', () => {
  const events = (text: string) =>
    [...xmlEvents(text, 'x')].map((event) =>
      event.kind === 'open'
        ? [event.name, Object.fromEntries(event.attributes), event.offset]
        : `/${event.name}`,
    );

  it('gives elements in order', () => {
    expect(events(`\uFEFF<?xml version="1.0"?>\n<a b = "1" c='"'><d\n/></a >\n<!-- end -->`)).toEqual([
      ['a', { b: '1', c: '"' }, 23],
      ['d', {}, 40],
      '/d',
      '/a',
    ]);
  });

  it.each([
    ['', /no element at character 0/],
    ['text', /text outside the root/],
    ['<a/>x', /text outside the root/],
    ['<a/><b/>', /a second root element 'b'/],
    ['<a><b></a></b>', /'<\/a>' closes an element that is not open at character 6/],
    ['<a>', /'<a>' is not closed/],
    ['</a>', /not open/],
    ['<a b="1" b="2"/>', /a second attribute 'b' at character 9/],
    ['<a b="1"c="2"/>', /an unexpected character/],
    ['<a b>', /no '=' after the attribute 'b'/],
    ['<a b=1>', /no quoted value/],
    ['<a b="<"/>', /no quoted value/],
    ['<a b="&unknown;"/>', /an unknown entity '&unknown;'/],
    ['<a b="&#0;"/>', /an unknown entity/],
    ['<a b="&#xD800;"/>', /an unknown entity/],
    ['<a b="& "/>', /an unknown entity/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a/>', /a document type/],
    ['<a><![CDATA[', /a CDATA section without ']]>'/],
    ['<!-- -', /a comment without '-->'/],
    ['<?xml', /a processing instruction without/],
    ['<', /no name at character 1/],
    ['<a></a', /no '>' after '<\/a'/],
    ['<a>'.repeat(65), /more than 64 nested elements/],
  ])('refuses %o', (text, message) => {
    expect(() => events(text)).toThrow(FormatError);
    expect(() => events(text)).toThrow(message);
  });
});
