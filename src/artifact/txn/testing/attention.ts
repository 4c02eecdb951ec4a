import { type Instruction, memcpyNd, wait } from '../index.ts';

/** One input of 12,288 bytes, one output of 4,096: the example of FORMATS.md 4.4. */
export const attention64: readonly Instruction[] = [
  ...memcpyNd({ argument: 0, direction: 'MM2S', bd: 1, sizes: [12288] }),
  ...memcpyNd({ argument: 1, direction: 'S2MM', bd: 0, sizes: [4096], issueToken: true }),
  wait({ direction: 'S2MM' }),
];
