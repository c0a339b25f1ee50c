import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import { generateCandles } from './generator.ts';

const COUNT = 1_000_000;
const SEED = 20260101;
const RSS = /Memory at most \(MB\)\s+([\d.,]+)/;

/** The most memory, in MB, that `autotrader backtest` holds for a million candles: reading, running and reporting. */
export function measureMemory(): number {
  const folder = mkdtempSync(join(tmpdir(), 'autotrader-memory-'));
  try {
    const file = join(folder, 'candles.csv');
    writeFileSync(file, formatCandles(generateCandles(COUNT, SEED)));
    const command = ['src/server/cli/main.ts', 'backtest', 'examples/sma-cross.json', '--candles', file];
    const { stderr, status } = spawnSync(process.execPath, [...command, '--timeframe', '1m', '--json', '--timing'], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    const found = RSS.exec(stderr)?.[1];
    if (status !== 0 || found === undefined) throw new Error(`The backtest ended with ${status}: ${stderr}`);
    return Number(found);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
