import type { Distribution } from '../canvas.ts';

/** Nothing. Beside parts that are drawn otherwise it shows what a kernel makes of the others alone. */
export const zeros: Distribution = { name: 'zeros', fill() {} };
