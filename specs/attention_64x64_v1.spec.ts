import { describeKernel } from 'tilecheck/vitest';
import { attention64v1 } from '../kernels/controls/attention_64x64_v1/kernel.ts';

describeKernel(attention64v1);
