import type { EpochMs } from '#core/time.ts';
import type { Asset } from './assets.ts';
import { BarGrid, type BarTimeframe } from './bar-timeframe.ts';
import { phaseOf } from './sessions.ts';
import { utcText } from './stamps.ts';

/** Shares in a trade, as far as bars tell how many there were: no candle says. */
const SHARES_PER_TRADE = 100;
const VWAP_DECIMALS = 6;

/** A bar as REST and streams have it; `t` is when it begins. */
export interface Bar {
  readonly at: EpochMs;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
  readonly vw: number;
}

/** Where a bar is wanted from and to: both ends included, by when it begins. */
export interface BarRange {
  readonly from: number;
  readonly to: number;
}

/** How the bars of an asset lie: days of shares begin at midnight in New York, of coins in UTC. */
export function barGrid({ settings }: Asset, timeframe: BarTimeframe): BarGrid {
  return new BarGrid(timeframe, settings.class === 'crypto' ? 'utc' : 'new-york');
}

/**
 * The bars of an asset from its closed candles, oldest first; the last one as far as it has come. None where its candles are
 * longer than the bars. Days, weeks and months of shares are made of regular hours.
 */
export function* barsOf(asset: Asset, timeframe: BarTimeframe, { from, to }: BarRange): Generator<Bar> {
  const { candles } = asset.series;
  const { unit, size } = timeframe;
  if (unit === 'intraday' && size < candles.durationMs) return;
  const grid = barGrid(asset, timeframe);
  const isRegularOnly = unit !== 'intraday' && asset.settings.class === 'us_equity';
  let bar: Building | undefined;
  for (let i = Math.max(0, candles.indexAt(grid.startOf(from) - 1)); i < candles.length; i++) {
    const openTime = candles.openTimeOf(i);
    const at = grid.startOf(openTime);
    if (at < from) continue;
    if (at > to) break;
    if (isRegularOnly && phaseOf(asset, openTime) !== 'regular') continue;
    if (bar !== undefined && bar.at !== at) {
      yield built(bar);
      bar = undefined;
    }
    const { open, high, low, close, volume } = candles.at(i);
    bar ??= { at, o: open, h: high, l: low, c: close, v: 0, n: 0, worth: 0 };
    bar.h = Math.max(bar.h, high);
    bar.l = Math.min(bar.l, low);
    bar.c = close;
    bar.v += volume;
    bar.n += Math.max(1, Math.ceil(volume / SHARES_PER_TRADE));
    bar.worth += ((high + low + close) / 3) * volume;
  }
  if (bar !== undefined) yield built(bar);
}

/** The last bars, newest last. */
export function lastBars(asset: Asset, timeframe: BarTimeframe, count: number, now: number): readonly Bar[] {
  const { candles } = asset.series;
  if (candles.length === 0) return [];
  // Longer than weekends and holidays.
  const spanMs = timeframe.unit === 'intraday' ? timeframe.size * count : count * 86_400_000;
  const from = candles.openTimeAt(Math.max(0, candles.length - 1)) - spanMs - 6 * 86_400_000;
  return [...barsOf(asset, timeframe, { from, to: now })].slice(-count);
}

export function barJson({ at, ...bar }: Bar): Readonly<Record<string, unknown>> {
  const { o, h, l, c, v, n, vw } = bar;
  return { t: utcText(BigInt(at) * 1_000_000n), o, h, l, c, v, n, vw };
}

interface Building {
  readonly at: EpochMs;
  readonly o: number;
  h: number;
  l: number;
  c: number;
  v: number;
  n: number;
  worth: number;
}

function built({ worth, ...bar }: Building): Bar {
  const typical = (bar.h + bar.l + bar.c) / 3;
  const vw = bar.v > 0 ? worth / bar.v : typical;
  const unit = 10 ** VWAP_DECIMALS;
  // Sums of decimals carry float dust: volumes have at most 9 decimals.
  return { ...bar, v: Number(bar.v.toFixed(9)), vw: Math.round(vw * unit) / unit };
}
