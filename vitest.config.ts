import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'reference/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**'],
      reporter: ['text-summary'],
      thresholds: { statements: 90, branches: 80, functions: 90, lines: 90 },
    },
  },
});
