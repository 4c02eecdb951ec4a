import { describeKernel } from 'tilecheck/vitest';
import { matmul16 } from '../kernels/matmul_16x16/kernel.ts';

describeKernel(matmul16);
