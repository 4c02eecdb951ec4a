import { coresOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only what one core computed is wrong. */
export const oneCore: Locator = (mismatch) =>
  confined(mismatch, coresOf(mismatch), {
    one: 'one-core',
    bits: 0,
    hint: 'the other cores are right, and all run the same program: look at the route and the locks of this core, and at the part of the inputs that it is sent',
  });
