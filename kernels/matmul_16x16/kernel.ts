import { matmulKernel } from '../common/matmul.ts';

export const matmul16 = matmulKernel(import.meta.dirname, 16, 9);
