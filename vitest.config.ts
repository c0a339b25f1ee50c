import { defineConfig } from 'vitest/config';

/** What starts the product or a browser, or runs a bot for minutes at a venue's twin: one after the other. */
const WHOLE = ['tests/e2e/**/*.test.ts', 'tests/venues/live-*.test.ts'];

/** What starts the command line, or lets bots live for days beside a store or a venue that fails. */
const SYSTEM = ['tests/cli/**/*.test.ts', 'tests/simulation/**/*.test.ts', 'tests/venues/**/*.test.ts'];

/** Vitest leaves a processor free by itself, which is half of a small machine. */
const maxWorkers = 2;

/** `unit` is what `npm run check` runs; `system` and `whole` run beside it in `npm test`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          testTimeout: 60_000,
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...WHOLE, ...SYSTEM],
        },
      },
      {
        test: {
          name: 'system',
          maxWorkers,
          testTimeout: 120_000,
          include: SYSTEM,
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
