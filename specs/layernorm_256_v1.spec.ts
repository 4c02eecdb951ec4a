import { describeKernel } from 'tilecheck/vitest';
import { layernorm256v1 } from '../kernels/controls/layernorm_256_v1/kernel.ts';

describeKernel(layernorm256v1);
