import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FIRST_DAY_MINUTES, openAlpaca, SHORT_DAY_MINUTES, shares } from '#tests/builders/alpaca-exchange.ts';
import { runCli } from '#tests/cli/run-cli.ts';

test('candles of shares are stored once, whole, and those of their sessions alone', { timeout: 120_000 }, async () => {
  const { service } = await openAlpaca([shares('SPY', 600)], { history: FIRST_DAY_MINUTES + SHORT_DAY_MINUTES + 1 });
  const dataDir = mkdtempSync(join(tmpdir(), 'autotrader-download-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const env = {
    AUTOTRADER_CCXT_URL: service.address,
    AUTOTRADER_CCXT_KEY: 'alpaca:testkey:testsecret',
    DATA_DIR: dataDir,
  };
  const range = ['--timeframe', '5m', '--from', '2025-07-02', '--to', '2025-07-04'];
  const args = ['download', '--venue', 'alpaca', '--symbol', 'SPY/USD', ...range];
  const first = await runCli(args, [], env);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  // 78 of a whole day, and 42 up to the early close of July 3rd.
  expect(first.stdout).toMatch(/120 candles stored, 120 of them new, 0 missing\.$/m);
  expect((await runCli(args, [], env)).stdout).toMatch(/120 candles stored, 0 of them new/);
});
