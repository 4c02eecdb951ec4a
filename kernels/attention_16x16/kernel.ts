import { attentionKernel } from '../common/attention.ts';

export const attention16 = attentionKernel(import.meta.dirname, 16, 1 / 4);
