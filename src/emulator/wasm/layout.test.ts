import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkedStack, planTile, type TileNeeds } from './layout.ts';

const needs = (bytes: number, depth = 2): TileNeeds => ({
  stackSize: 1024,
  staticEnd: linkedStack(1024) + 500,
  buffers: [
    { name: 'in', direction: 'in', bytes },
    { name: 'out', direction: 'out', bytes: 32 },
  ],
  depth,
});

describe('planTile', () => {
  it('places aligned copies with full guard bands, and leaves no gap between its regions', () => {
    const sizes = fc.record({
      bytes: fc.integer({ min: 4, max: 8_000 }),
      guard: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(sizes, ({ bytes, guard }) => {
        const tile = needs(bytes);
        const { guardBytes, copies, regions } = planTile('k', tile, guard);
        expect(guardBytes).toBe(guard);
        expect(regions[0]!.start).toBe(tile.staticEnd);
        expect(regions.at(-1)!.end).toBe(65_536);
        for (const [i, { start, end }] of regions.entries()) {
          expect(end).toBeGreaterThan(start);
          if (i > 0) expect(start).toBe(regions[i - 1]!.end);
        }
        for (const address of copies.flat()) {
          expect(address % 32).toBe(0);
          const before = regions.find(({ end }) => end === address);
          if (guard > 0) expect(before!.end - before!.start).toBeGreaterThanOrEqual(guard);
        }
      }),
    );
  });

  it('narrows guard bands before it refuses a kernel that fits the hardware', () => {
    const { guardBytes } = planTile('k', needs(31_744), 64);
    expect(guardBytes).toBe(32);
    expect(planTile('k', needs(31_744, 1), 64).guardBytes).toBe(64);
  });

  it('refuses what does not fit, with a budget table', () => {
    expect(() => planTile('big', needs(32_000), 64)).toThrow(
      expect.objectContaining({
        code: 'TILE_MEMORY',
        message: expect.stringMatching(
          /big.*\n +stack +1024 bytes\n +static data +500.*\n +in \(2 x 32000\) +64000/,
        ),
      }),
    );
  });
});
