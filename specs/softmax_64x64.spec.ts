import { describeKernel } from 'tilecheck/vitest';
import { softmax64 } from '../kernels/softmax_64x64/kernel.ts';

describeKernel(softmax64);
