import { describeKernel } from 'tilecheck/vitest';
import { attention64 } from '../kernels/attention_64x64/kernel.ts';

describeKernel(attention64);
