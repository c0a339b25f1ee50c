import type { EpochMs } from '#core/time.ts';
import { type Asset, gridOf, lastPrice } from './assets.ts';
import type { BarTimeframe } from './bar-timeframe.ts';
import { type Bar, barJson, lastBars } from './bars.ts';
import { utcText } from './stamps.ts';

export const MINUTE: BarTimeframe = { unit: 'intraday', size: 60_000 };
export const DAY: BarTimeframe = { unit: 'day', size: 1 };

const SIZE = 1;
/** Investors Exchange; and the tape that it reports to. */
const EXCHANGE = 'V';
const TAPE = 'B';

/** Where a side of the market stands: one step off the last price, which is what orders meet. */
interface Spread {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
}

function spreadOf(asset: Asset, now: number): Spread {
  const last = lastPrice(asset, now);
  const { tick, priceScale } = gridOf(asset, asset.settings.class === 'us_equity', last);
  const units = Math.round(last * priceScale);
  return { bid: (units - tick) / priceScale, ask: (units + tick) / priceScale, last };
}

/** The last quote. Sizes of shares are in round lots. */
export function quoteJson(asset: Asset, now: EpochMs): Readonly<Record<string, unknown>> {
  const { bid, ask } = spreadOf(asset, now);
  const t = utcText(BigInt(now) * 1_000_000n);
  if (asset.settings.class === 'crypto') return { t, bp: bid, bs: SIZE, ap: ask, as: SIZE };
  return { t, ax: EXCHANGE, ap: ask, as: SIZE, bx: EXCHANGE, bp: bid, bs: SIZE, c: ['R'], z: TAPE };
}

/** The last trade. */
export function tradeJson(asset: Asset, now: EpochMs): Readonly<Record<string, unknown>> {
  const { last } = spreadOf(asset, now);
  const t = utcText(BigInt(now) * 1_000_000n);
  // Rises with time.
  const i = Math.floor(now / 1000);
  if (asset.settings.class === 'crypto') return { t, p: last, s: SIZE, tks: 'B', i };
  return { t, x: EXCHANGE, p: last, s: SIZE, c: ['@'], i, z: TAPE };
}

export function bookJson(asset: Asset, now: EpochMs): Readonly<Record<string, unknown>> {
  const { bid, ask } = spreadOf(asset, now);
  return { t: utcText(BigInt(now) * 1_000_000n), b: [{ p: bid, s: SIZE }], a: [{ p: ask, s: SIZE }] };
}

/** The last closed bar of the candles that there are, a minute's where they are minutes. */
export function latestBar(asset: Asset, now: number): Bar | undefined {
  const { durationMs } = asset.series.candles;
  return lastBars(asset, { unit: 'intraday', size: Math.max(durationMs, MINUTE.size) }, 1, now)[0];
}

export function snapshotJson(asset: Asset, now: EpochMs): Readonly<Record<string, unknown>> {
  const minute = latestBar(asset, now);
  const days = lastBars(asset, DAY, 2, now);
  const [today, before] = days.toReversed();
  return {
    dailyBar: today && barJson(today),
    latestQuote: quoteJson(asset, now),
    latestTrade: tradeJson(asset, now),
    minuteBar: minute && barJson(minute),
    prevDailyBar: before && barJson(before),
  };
}
