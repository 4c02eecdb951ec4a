import { describeKernel } from 'tilecheck/vitest';
import { attention16 } from '../kernels/attention_16x16/kernel.ts';

describeKernel(attention16);
