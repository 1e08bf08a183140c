import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{reference,conformance,contracts,scenarios,loadtest,docker}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: { include: ['reference/**/*.ts'], exclude: ['**/*.test.ts'] },
  },
});
