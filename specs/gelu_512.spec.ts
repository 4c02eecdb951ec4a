import { describeKernel } from 'tilecheck/vitest';
import { gelu512 } from '../kernels/gelu_512/kernel.ts';

describeKernel(gelu512);
