import { describeKernel } from 'tilecheck/vitest';
import { matmul64 } from '../kernels/matmul_64x64/kernel.ts';

describeKernel(matmul64);
