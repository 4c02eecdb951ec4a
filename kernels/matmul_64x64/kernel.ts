import { matmulKernel } from '../common/matmul.ts';

export const matmul64 = matmulKernel(import.meta.dirname, 64, 10);
