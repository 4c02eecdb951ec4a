import { describeKernel } from 'tilecheck/vitest';
import { layernorm512 } from '../kernels/layernorm_512/kernel.ts';

describeKernel(layernorm512);
