import { geluKernel } from '../common/gelu.ts';

export const gelu2048 = geluKernel(import.meta.dirname, 2048);
