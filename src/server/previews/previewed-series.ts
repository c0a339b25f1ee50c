import { setImmediate } from 'node:timers/promises';
import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { Resampled } from '#core/resample.ts';
import { TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import type { Trader } from '../compose.ts';

/** Candles taken at a time: the engine goes on between them. */
const BLOCK = 8192;

/** A market as a preview looks at it: the engine's own candles, or those put together from shorter ones. */
export interface PreviewedSeries extends Pick<SourcedSeries, 'symbol' | 'instrument' | 'candles'> {
  /** The timeframe of the shorter ones; undefined for the engine's own. */
  readonly madeOf: Timeframe | undefined;
}

/**
 * The candles of a draft's market, of those that the running bots read; undefined where nobody reads any that it could be
 * made of. Nothing is opened for it.
 * @param traders The one that it is a draft of comes first: another one's candles may begin elsewhere.
 */
export async function previewedSeries(
  traders: readonly Trader[],
  { timeframe }: Pick<Bot, 'timeframe'>,
  symbol: MarketSymbol,
): Promise<PreviewedSeries | undefined> {
  const there = traders.flatMap(({ series }) => series).filter((one) => one.symbol === symbol);
  const own = there.find(({ candles }) => candles.timeframe === timeframe);
  if (own) return { ...face(own), madeOf: undefined };
  const lengthOf = ({ candles }: SourcedSeries) => TIMEFRAME_MS[candles.timeframe];
  const shorter = there
    .filter((one) => lengthOf(one) < TIMEFRAME_MS[timeframe] && TIMEFRAME_MS[timeframe] % lengthOf(one) === 0)
    .sort((a, b) => lengthOf(b) - lengthOf(a))[0];
  if (shorter === undefined) return undefined;
  const resampled = new Resampled(shorter.candles, timeframe);
  await inBlocks(shorter.candles.length, (from, to) => {
    for (let i = from; i < to; i++) resampled.take(i);
  });
  return { ...face(shorter), candles: resampled.candles, madeOf: shorter.candles.timeframe };
}

function face({ symbol, instrument, candles }: SourcedSeries) {
  return { symbol, instrument, candles };
}

/** Goes through the candles of [0, count) and lets the engine on in between. */
export async function inBlocks(count: Candles['length'], take: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += BLOCK) {
    take(from, Math.min(count, from + BLOCK));
    await setImmediate();
  }
}
