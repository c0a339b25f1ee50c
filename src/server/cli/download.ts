import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exchange } from '#adapters/market-data/exchange.ts';
import { calendarOf } from '#adapters/market-data/history.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { figure } from '#core/figures.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { candlesBetween } from '#core/sessions/session-candles.ts';
import { candleCloseTime, candleOpenTime, type EpochMs, epochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import { loadConfig } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { InputError } from '../errors.ts';
import {
  type ArchiveKey,
  type Filled,
  fillCandles,
  missingCandles,
  type OpenTimes,
} from '../markets/candle-archive.ts';
import { openMarket } from '../markets/exchanges.ts';
import { Progress } from './progress.ts';
import { utcText } from './time-text.ts';

export interface DownloadOptions {
  readonly venue: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: EpochMs;
  readonly to?: EpochMs;
}

/** More gaps say nothing new. */
const MOST_GAPS = 20;

const say = (line: string) => void process.stderr.write(`${line}\n`);
const count = (n: number, what: string) => `${figure(n, 0)} ${what}${n === 1 ? '' : 's'}`;

/**
 * Reads candles from an exchange into the store. Each page is stored when it is read, so that a download that was ended
 * goes on where it was; a running engine is not disturbed.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const config = loadConfig();
  const asked = rangeOf(options, epochMs(Date.now()));
  const exchange = await openMarket(options.venue, config);
  const now = () => epochMs(Date.now() + exchange.aheadMs);
  const key = keyOf(exchange, options);
  const calendar = calendarOf(exchange, key.symbol);
  // What runs now is not closed yet.
  const range = { from: asked.from, to: Math.min(asked.to, candleOpenTime(now(), key.timeframe)) as EpochMs };
  await mkdir(config.dataDir, { recursive: true });
  const store = await SqliteStore.open(join(config.dataDir, DATABASE));
  const progress = new Progress(`Reading ${key.symbol} ${key.timeframe} from ${exchange.name}`, process.stderr);
  try {
    tellOfTrades(exchange, key.timeframe, await missingCandles(store, key, range, calendar), now());
    const filled = await fillCandles(store, exchange, key, range, now, (done) => progress.show(done)).finally(() =>
      progress.end(),
    );
    report(exchange, key, range, filled);
  } catch (error) {
    if (!(error instanceof MarketUnavailable)) throw error;
    throw new MarketUnavailable(`${error.message}; what was read is stored: run it again to go on`, { cause: error });
  } finally {
    await store.close();
  }
}

/** On the timeframe's grid. @throws InputError for a range without a candle that has closed. */
function rangeOf({ timeframe, from, to }: DownloadOptions, now: EpochMs): OpenTimes {
  const duration = TIMEFRAME_MS[timeframe];
  const first = candleOpenTime(from, timeframe);
  const range = {
    from: (first < from ? first + duration : first) as EpochMs,
    to: to === undefined ? candleOpenTime(now, timeframe) : candleOpenTime((to + duration - 1) as EpochMs, timeframe),
  };
  if (range.from < range.to && candleCloseTime(range.from, timeframe) <= now) return range;
  const until = to === undefined ? 'now' : utcText(to);
  throw new InputError(
    `Cannot download ${timeframe} candles as one must have closed between --from and --to: they are ${utcText(from)} ` +
      `and ${until}; give a longer time that has passed`,
  );
}

/** @throws InputError for a symbol or timeframe that the exchange does not have. */
function keyOf(exchange: Exchange, { symbol, timeframe }: DownloadOptions): ArchiveKey {
  if (!exchange.timeframes.includes(timeframe)) {
    throw new InputError(
      `Cannot download ${timeframe} candles as ${exchange.name} must have them: it has ${exchange.timeframes.join(', ')}; ` +
        'name one of these with --timeframe',
    );
  }
  if (!exchange.instrument(symbol as MarketSymbol)) {
    throw new InputError(
      `Cannot download ${JSON.stringify(symbol)} as ${exchange.name} must have the symbol; write it as base and quote, ` +
        'for example BTC/USDT, or name another exchange with --venue',
    );
  }
  return { market: exchange.id, symbol: symbol as MarketSymbol, timeframe };
}

/** Why it takes longer than one would think. */
function tellOfTrades({ name, trades }: Exchange, timeframe: Timeframe, missing: readonly OpenTimes[], now: EpochMs) {
  const [first] = missing;
  if (!trades || !first || first.from >= now - trades.candlesReach * TIMEFRAME_MS[timeframe]) return;
  say(
    `${name} gives its newest ${trades.candlesReach} candles only: older ones are made of its trades, which takes a while.`,
  );
}

function report(exchange: Exchange, key: ArchiveKey, { from, to }: OpenTimes, { added, missing }: Filled): void {
  const { name } = exchange;
  const calendar = calendarOf(exchange, key.symbol);
  const candlesIn = (range: OpenTimes) => candlesBetween(calendar, range.from, range.to, key.timeframe);
  for (const gap of missing.slice(0, MOST_GAPS)) {
    const candles = count(candlesIn(gap), 'candle');
    say(`Missing at ${name}: ${utcText(gap.from)} to ${utcText(gap.to)}, ${candles}.`);
  }
  if (missing.length > MOST_GAPS) say(`Missing at ${name}: ${count(missing.length - MOST_GAPS, 'more gap')}.`);
  const lacking = missing.reduce((sum, gap) => sum + candlesIn(gap), 0);
  const stored = candlesIn({ from, to }) - lacking;
  process.stdout.write(
    `${name} ${key.symbol} ${key.timeframe}, ${utcText(from)} to ${utcText(to)} UTC: ${count(stored, 'candle')} stored, ` +
      `${figure(added, 0)} of them new, ${figure(lacking, 0)} missing.\n`,
  );
}
