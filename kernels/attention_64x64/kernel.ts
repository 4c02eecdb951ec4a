import { attentionKernel } from '../common/attention.ts';

export const attention64 = attentionKernel(import.meta.dirname, 64, 1 / 8);
