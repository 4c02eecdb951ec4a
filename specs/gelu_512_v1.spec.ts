import { describeKernel } from 'tilecheck/vitest';
import { gelu512v1 } from '../kernels/controls/gelu_512_v1/kernel.ts';

describeKernel(gelu512v1);
