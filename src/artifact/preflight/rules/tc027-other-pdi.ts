import { sameBytes } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** FORMATS.md 7.1 Z1. */
export const otherPdi: Rule = {
  id: 'TC027',
  name: 'other-pdi',
  severity: 'warning',
  summary: 'The xclbin holds another PDI than the one beside it.',
  check({ artifacts: { pdi }, xclbin }) {
    if (pdi === undefined || xclbin === undefined) return [];
    const images = xclbin.xclbin.partitions.flatMap(({ pdis }) => pdis).map(({ image }) => image);
    if (images.some((image) => sameBytes(image, pdi.bytes))) return [];
    const sizes = images.map((image) => `${image.length} bytes`).join(', ') || 'none';
    return [
      {
        title: 'the PDI is not the one in the xclbin',
        evidence: [
          { file: pdi.name, text: `${pdi.bytes.length} bytes` },
          { file: xclbin.name, text: `PDIs of AIE_PARTITION: ${sizes}, other content` },
        ],
        fix: 'build the xclbin again from this PDI, or use the PDI of the same build',
      },
    ];
  },
};
