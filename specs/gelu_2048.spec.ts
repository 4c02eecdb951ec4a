import { describeKernel } from 'tilecheck/vitest';
import { gelu2048 } from '../kernels/gelu_2048/kernel.ts';

describeKernel(gelu2048);
