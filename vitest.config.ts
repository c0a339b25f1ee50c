import { defineConfig } from 'vitest/config';

/** What starts the product or a browser, or runs a bot for minutes at a venue's twin. */
const WHOLE = ['tests/e2e/**/*.test.ts', 'tests/venues/live-*.test.ts'];

/** `unit` is what `npm run check` runs; `whole` starts the product and a browser, and runs in `npm test` beside it. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 60_000,
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: WHOLE,
        },
      },
      {
        test: {
          name: 'whole',
          include: WHOLE,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
