import { arrayFixtures } from './array-fixtures.ts';
import { callFixtures } from './call-fixtures.ts';
import { deviceFixtures } from './device-fixtures.ts';
import { fileFixtures } from './file-fixtures.ts';
import type { Fixture } from './fixture.ts';
import { transferFixtures } from './transfer-fixtures.ts';
import { waitFixtures } from './wait-fixtures.ts';

/** One failing and one passing fixture at least for every rule, by id. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  ...fileFixtures,
  ...deviceFixtures,
  ...callFixtures,
  ...transferFixtures,
  ...waitFixtures,
  ...arrayFixtures,
};
