import { z } from 'zod';
import type { Candle } from '#core/candles.ts';
import { openTimeIn } from '#core/sessions/session-candles.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { candleOpenTime, type EpochMs, type Timeframe } from '#core/time.ts';
import type { Ticker } from '#ports/market-data.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { decoded, WireTime } from './decode.ts';

const AnyPrice = z.number().positive();
const Bar = z
  .object({ t: WireTime, o: AnyPrice, h: AnyPrice, l: AnyPrice, c: AnyPrice, v: z.number().nonnegative() })
  .refine(
    ({ o, h, l, c }) => l <= Math.min(o, c) && h >= Math.max(o, c),
    'must have its open and close within its range',
  );
const Page = z.object({
  bars: z.record(z.string(), z.array(z.unknown()).nullable()),
  next_page_token: z.string().nullish(),
});

/** A page of bars of one symbol as candles, which are not sorted into their market's sessions yet. */
export interface BarPage {
  /** Oldest first. */
  readonly bars: readonly Candle[];
  /** Whether there is another page. */
  readonly isCut: boolean;
}

/** @throws AnswerRefused */
export function barPageFrom(answer: unknown, wire: string): BarPage {
  const { bars: pages, next_page_token } = decoded(Page, answer, 'a page of candles');
  const bars = (pages[wire] ?? []).map((row): Candle => {
    const { t, o, h, l, c, v } = decoded(Bar, row, 'a candle');
    return { openTime: t, open: o, high: h, low: l, close: c, volume: v };
  });
  for (let k = 1; k < bars.length; k++) {
    if (bars[k]!.openTime <= bars[k - 1]!.openTime)
      throw new AnswerRefused('candles must ascend in time: one does not');
  }
  return { bars, isCut: Boolean(next_page_token) };
}

/** Candles of a coin at `from` or later. @throws AnswerRefused for one that is not on its grid in UTC */
export function coinCandles({ bars }: BarPage, timeframe: Timeframe, from: EpochMs): Candle[] {
  const off = bars.find(({ openTime }) => candleOpenTime(openTime, timeframe) !== openTime);
  if (off !== undefined)
    throw new AnswerRefused(`${timeframe} candles must open on a ${timeframe} boundary in UTC: one does not`);
  return bars.filter(({ openTime }) => openTime >= from);
}

/**
 * Candles of a share at `from` or later, in regular hours alone and counted from the session's open: bars of hours are made
 * of halves, and days, which Alpaca stamps at midnight in New York, begin with their session.
 */
export function shareCandles({ bars, isCut }: BarPage, timeframe: Timeframe, from: EpochMs): Candle[] {
  const isOfDays = timeframe === '1d' || timeframe === '1w';
  const candles: Candle[] = [];
  for (const bar of bars) {
    if (!isOfDays && US_STOCKS.sessionAt(bar.openTime).open > bar.openTime) continue;
    const openTime = openTimeIn(US_STOCKS, bar.openTime, timeframe);
    const last = candles.at(-1);
    if (last?.openTime === openTime) candles.splice(-1, 1, joined(last, bar));
    else candles.push({ ...bar, openTime });
  }
  // Halves of the last one may be on the next page.
  if (isCut && candles.length > 1) candles.pop();
  return candles.filter(({ openTime }) => openTime >= from);
}

function joined(first: Candle, then: Candle): Candle {
  return {
    ...first,
    high: Math.max(first.high, then.high),
    low: Math.min(first.low, then.low),
    close: then.close,
    volume: first.volume + then.volume,
  };
}

const Trade = z.object({ p: AnyPrice, t: WireTime });
/** 0 is no quote. */
const Side = z
  .number()
  .nonnegative()
  .transform((value) => value || undefined);
const Quote = z.object({ bp: Side, ap: Side, t: WireTime });
const Snapshot = z.object({ latestTrade: Trade.nullish(), latestQuote: Quote.nullish() });
const Snapshots = z.record(z.string(), z.unknown());
const CoinSnapshots = z.object({ snapshots: Snapshots });

/** Prices by Alpaca's symbol; undefined for one that it has no price of. @throws AnswerRefused */
export function snapshotsFrom(answer: unknown, isOfCoins: boolean): ReadonlyMap<string, Ticker | undefined> {
  const rows = isOfCoins ? decoded(CoinSnapshots, answer, 'prices').snapshots : decoded(Snapshots, answer, 'prices');
  return new Map(Object.entries(rows).map(([wire, row]) => [wire, tickerFrom(row)]));
}

function tickerFrom(row: unknown): Ticker | undefined {
  const { latestTrade: trade, latestQuote: quote } = decoded(Snapshot, row, 'a price');
  if (!trade && !quote) return undefined;
  const at = Math.max(trade?.t ?? 0, quote?.t ?? 0) as EpochMs;
  return { bid: quote?.bp, ask: quote?.ap, last: trade?.p, at };
}
