import { layernormKernel } from '../common/layernorm.ts';

export const layernorm512 = layernormKernel(import.meta.dirname, 512);
