import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import {
  CANDLE_HEADER,
  type CandleText,
  CandleTextError,
  type CandleTextOptions,
  CandleTextReader,
} from '#core/candle-text/candle-text.ts';
import type { EpochMs } from '#core/time.ts';
import { loadConfig } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { InputError } from '../errors.ts';
import { type ArchiveKey, storedCandles } from './candle-archive.ts';

const FIRST = 0 as EpochMs;
const LAST = Number.MAX_SAFE_INTEGER as EpochMs;

/** Which of the stored candles. */
export interface StoredRange {
  readonly from?: EpochMs | undefined;
  readonly to?: EpochMs | undefined;
}

/**
 * Candles that were downloaded, held to the same rules as a candle file: they go through the same reader.
 * @throws InputError when there are none, or some are missing and the rules do not allow it.
 */
export async function readStoredCandles(
  key: ArchiveKey,
  { from = FIRST, to = LAST }: StoredRange,
  rules: Pick<CandleTextOptions, 'allowGaps' | 'calendar'>,
): Promise<CandleText> {
  const { market, symbol, timeframe } = key;
  const action = `Cannot use the ${timeframe} candles of ${symbol} from ${market} in DATA_DIR`;
  const command = `npx autotrader download --venue ${market} --symbol ${symbol} --timeframe ${timeframe}`;
  const path = join(loadConfig().dataDir, DATABASE);
  await access(path).catch(() => {
    throw nothingThere(action, command);
  });
  const store = await SqliteStore.open(path);
  const reader = new CandleTextReader({ ...rules, timeframe });
  const text = new TextEncoder();
  reader.push(text.encode(`${CANDLE_HEADER}\n`));
  try {
    let isEmpty = true;
    for await (const rows of storedCandles(store, key, { from, to })) {
      isEmpty = false;
      const lines = rows.map((row) => [row.openTime, row.open, row.high, row.low, row.close, row.volume].join(','));
      reader.push(text.encode(`${lines.join('\n')}\n`));
    }
    if (isEmpty) throw nothingThere(action, command);
    return reader.end();
  } catch (error) {
    if (!(error instanceof CandleTextError)) throw error;
    // A line of a text that nobody has seen would help nobody.
    const problem = error.message.replace(/^line \d+: /, '').replace('fill the gaps', `fill the gaps (${command} ...)`);
    throw new InputError(`${action}: ${problem}`, { cause: error });
  } finally {
    await store.close();
  }
}

function nothingThere(action: string, command: string): InputError {
  return new InputError(`${action} as there must be some; download them first: ${command} --from ...`);
}
