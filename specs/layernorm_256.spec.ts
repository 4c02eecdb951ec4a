import { describeKernel } from 'tilecheck/vitest';
import { layernorm256 } from '../kernels/layernorm_256/kernel.ts';

describeKernel(layernorm256);
