import { type Exchange, exchangeTime } from '#adapters/market-data/exchange.ts';
import { LiveMarket } from '#adapters/market-data/live.ts';
import { Tape, type TapeTerms, USUAL_SETTLE_MS } from '#adapters/market-data/tape.ts';
import type { Bot } from '#core/bots.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { modelsOf } from '#core/model-bots.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { openTimeBefore, openTimeIn } from '#core/sessions/session-candles.ts';
import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { SeriesUnavailable } from '#ports/market-data.ts';
import type { Store } from '#ports/store.ts';
import type { Config } from '../config.ts';
import { type ArchiveKey, fillCandles, readCandles } from './candle-archive.ts';

/** Candles before a bot's first one, for its indicators: what Kraken gives at once. */
const HISTORY = 700;

/** A bot and when it was begun: its history starts some candles before, the same after every restart. */
export interface DatedBot {
  readonly bot: Bot;
  readonly createdAt: EpochMs;
}

export interface LiveMarketParts {
  readonly exchange: Exchange;
  readonly store: Store;
  readonly clock: WallClock;
  readonly config: Pick<Config, 'exchangeUrl'>;
  readonly bots: readonly DatedBot[];
  readonly say: (line: string) => void;
  /** Hears how far the history is read, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

interface WantedSeries {
  readonly instrument: Instrument;
  readonly key: ArchiveKey;
  readonly from: EpochMs;
  readonly terms: TapeTerms;
}

/**
 * An exchange's market with what its bots need to know of the past: read once, stored, and after a restart read from the
 * store, so that a bot sees the same candles again.
 */
export async function openLiveMarket(parts: LiveMarketParts): Promise<LiveMarket> {
  const { exchange, store, clock, config, say } = parts;
  const now = () => exchangeTime(exchange, clock);
  const wanted = wantedSeries(parts);
  const tapes: Tape[] = [];
  for (const [k, { instrument, key, from, terms }] of wanted.entries()) {
    const calendar = CALENDARS[instrument.calendar];
    const range = { from, to: openTimeIn(calendar, now(), key.timeframe) };
    await fillCandles(store, exchange, key, range, now, (done) => parts.onProgress((k + done) / wanted.length));
    const candles = await readCandles(store, key, range, calendar);
    const completeTo = candles.length === 0 ? from : candles.closeTimeAt(candles.length - 1);
    tapes.push(new Tape(instrument, candles, completeTo, terms));
  }
  const start = candleOpenTime(now(), '1m');
  const { exchangeUrl } = config;
  const simulated = exchangeUrl !== undefined;
  const label = simulated ? `${exchange.name}, simulated` : exchange.name;
  return new LiveMarket({ exchange, clock, tapes, start, label, simulated, say });
}

/** Each symbol and timeframe once, from where the first of its bots needs it, and as the one that waits longest does. */
function wantedSeries({ exchange, bots }: LiveMarketParts): WantedSeries[] {
  const wanted = new Map<string, WantedSeries>();
  for (const { bot, createdAt } of bots) {
    const { timeframe } = bot;
    if (!exchange.timeframes.includes(timeframe)) throw noTimeframe(exchange, bot);
    for (const symbol of bot.symbols as readonly MarketSymbol[]) {
      const instrument = exchange.instrument(symbol);
      if (!instrument) continue;
      const from = openTimeBefore(CALENDARS[instrument.calendar], createdAt, timeframe, HISTORY);
      const known = wanted.get(`${symbol} ${timeframe}`);
      wanted.set(`${symbol} ${timeframe}`, {
        instrument,
        key: { market: exchange.id, symbol, timeframe },
        from: Math.min(from, known?.from ?? from) as EpochMs,
        terms: {
          settleMs: Math.max(bot.settleMs ?? USUAL_SETTLE_MS, known?.terms.settleMs ?? 0),
          wantsQuotes: needsSpread(bot) || known?.terms.wantsQuotes === true,
        },
      });
    }
  }
  return [...wanted.values()];
}

/** One that limits it, and one whose models name targets: they must lie beyond it. */
function needsSpread(bot: Bot): boolean {
  return bot.filter.maxSpreadPercent !== undefined || modelsOf(bot).length > 0;
}

function noTimeframe(exchange: Exchange, { name, timeframe }: Bot): SeriesUnavailable {
  return new SeriesUnavailable(
    `Cannot run "${name}" on ${exchange.name} as it must have ${timeframe} candles: it has ` +
      `${exchange.timeframes.join(', ')}; set the bot's "timeframe" to one of these`,
  );
}
