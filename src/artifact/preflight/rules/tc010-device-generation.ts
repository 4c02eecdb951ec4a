import type { Rule } from '../rule.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [3, 'npu1 (Phoenix, Hawk Point)'],
  [4, 'npu2 (Strix, Krackan)'],
]);

/** FORMATS.md 7.1 G1, byte 2 of the header in 4.2. */
export const deviceGeneration: Rule = {
  id: 'TC010',
  name: 'device-generation',
  severity: 'error',
  summary: 'The instruction stream was built for another generation of the device.',
  check({ instructions, device }) {
    const header = instructions?.stream.header;
    if (instructions === undefined || header === undefined) return [];
    const { generation } = header;
    const known = NAMES.get(generation);
    if (known !== undefined && (device === undefined || device.generation === generation)) return [];
    const text = `the header says generation ${generation}, ${known ?? 'which no device has'}`;
    return [
      {
        title:
          device === undefined ? 'the stream is for no known device' : `the stream is not for ${device.name}`,
        evidence: [{ file: instructions.stream.name, offset: 2, text }],
        fix: 'build the kernel for the device that is to run it (npu1: generation 3, npu2: generation 4)',
      },
    ];
  },
};
