import { describeKernel } from 'tilecheck/vitest';
import { attention64Multicore } from '../kernels/attention_64x64_multicore/kernel.ts';

describeKernel(attention64Multicore);
