import { layernormKernel } from '../common/layernorm.ts';

export const layernorm256 = layernormKernel(import.meta.dirname, 256);
