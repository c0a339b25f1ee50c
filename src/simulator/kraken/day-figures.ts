import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { meanPrice } from './candles.ts';
import type { Pair } from './pairs.ts';
import { TRADES_PER_CANDLE } from './trades.ts';

const DAY = TIMEFRAME_MS['1d'];

/** What was traded over a stretch of time. */
export interface Figures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly mean: number;
  readonly trades: number;
}

export interface DayFigures {
  readonly last: number;
  /** Of the last trade, base units. */
  readonly lastQuantity: number;
  readonly day: Figures;
  /** Since midnight UTC. */
  readonly today: Figures;
}

/** What a ticker tells: the figures of the last 24 hours and of today, up to `now`. */
export function dayFigures({ series }: Pair, now: EpochMs): DayFigures {
  const { candles } = series;
  const last = series.lastPrice(now);
  const midnight = now - (now % DAY);
  const rows: Candle[] = [];
  for (let i = candles.length - 1; i >= 0 && candles.openTimeAt(i) >= now - DAY; i--) rows.push(candles.at(i));
  rows.reverse();
  return {
    last,
    lastQuantity: (rows.at(-1)?.volume ?? 0) / TRADES_PER_CANDLE,
    day: figuresOf(rows, last),
    today: figuresOf(
      rows.filter(({ openTime }) => openTime >= midnight),
      last,
    ),
  };
}

/** @param last The price of a stretch in which nothing traded. */
function figuresOf(rows: readonly Candle[], last: number): Figures {
  let high = last;
  let low = last;
  let volume = 0;
  let turnover = 0;
  let trades = 0;
  for (const row of rows) {
    high = Math.max(high, row.high);
    low = Math.min(low, row.low);
    volume += row.volume;
    turnover += row.volume * meanPrice(row);
    trades += row.volume > 0 ? TRADES_PER_CANDLE : 0;
  }
  return { open: rows[0]?.open ?? last, high, low, volume, mean: volume > 0 ? turnover / volume : last, trades };
}
