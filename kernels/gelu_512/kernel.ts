import { geluKernel } from '../common/gelu.ts';

export const gelu512 = geluKernel(import.meta.dirname, 512);
