import { describeKernel } from 'tilecheck/vitest';
import { matmul32 } from '../kernels/matmul_32x32/kernel.ts';

describeKernel(matmul32);
