import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const nested = process.env.TILECHECK_NESTED;

export default defineConfig({
  resolve: {
    // The package's own name resolves to its sources, so that tests and coverage never see a stale dist/.
    alias: [
      { find: /^tilecheck$/, replacement: here('./src/index.ts') },
      { find: /^tilecheck\/reference$/, replacement: here('./reference/index.ts') },
      { find: /^tilecheck\/vitest$/, replacement: here('./src/vitest/index.ts') },
    ],
  },
  test: {
    setupFiles: [here('./src/testing/seed.ts')],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'reference/**/*.test.ts', 'kernels/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'kernels', include: ['specs/**/*.spec.ts'] } },
      { extends: true, test: { name: 'integration', include: ['test/**/*.test.ts'] } },
      // What describeKernel reports is tested by running it in a Vitest of its own.
      ...(nested === undefined
        ? []
        : [{ extends: true as const, test: { name: 'nested', include: [`${nested}/*.spec.ts`] } }]),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'reference/**/*.ts'],
      // The device process's entry runs in that process, where coverage cannot see it; its tests drive it from outside.
      exclude: ['**/*.test.ts', '**/testing/**', 'src/device/process/child.ts'],
      reporter: ['text-summary'],
      thresholds: { statements: 95, branches: 90, functions: 95, lines: 95 },
    },
  },
});
