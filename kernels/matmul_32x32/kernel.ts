import { matmulKernel } from '../common/matmul.ts';

export const matmul32 = matmulKernel(import.meta.dirname, 32, 10);
