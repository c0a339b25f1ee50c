import type { Candle, Candles } from '../candles.ts';
import type { EpochMs } from '../time.ts';
import { MarketActivity, RECENT_CANDLES } from './market-activity.ts';

/** What a market can do that is worth a look at it. */
export const MARKET_EVENT_KINDS = ['flash-move', 'volume-spike', 'volume-dry-up', 'volatility-spike'] as const;
export type MarketEventKind = (typeof MARKET_EVENT_KINDS)[number];

/** Those that show in one candle, and so before it closes. */
export const RUNNING_EVENT_KINDS = ['flash-move', 'volume-spike'] as const;
export type RunningEventKind = (typeof RUNNING_EVENT_KINDS)[number];

export type MarketEvent =
  | {
      readonly kind: 'flash-move';
      /** When it was seen: the close of its candle, or a moment before. */
      readonly at: EpochMs;
      /** Of the price in one candle, as a fraction: -0.034 is a fall of 3.4 %. */
      readonly change: number;
      /** How many of the average true ranges before it that is; positive. */
      readonly atrs: number;
    }
  | {
      readonly kind: Exclude<MarketEventKind, 'flash-move'>;
      readonly at: EpochMs;
      /** How many times the usual: below 1 for a dry-up. */
      readonly times: number;
    };

/** A storm begins at the level `from`. It is over once the level lay below `rest` for RECENT_CANDLES in a row. */
interface Threshold {
  readonly from: number;
  readonly rest: number;
}

/*
 * How often an event should come is a matter of taste; how often it does was counted over candles of BTC, ETH and SOL of 2023 to
 * 2025. `rest` is about half of `from`, so that what lasts is one storm.
 */

/** Average true ranges between two closes. A candle of two or three is called wide; four is 12 a month on 5m candles, 1 on 1h. */
const FLASH_MOVE: Threshold = { from: 4, rest: 2 };
/** Times the usual volume. Traders call two raised and five extreme. */
const VOLUME_SPIKE: Threshold = { from: 5, rest: 2.5 };
/** How many times less than the usual volume: a third of it. Quiet nights and weekends come to a half. */
const VOLUME_DRY_UP: Threshold = { from: 3, rest: 2 };
/** Times the usual volatility: on 1 to 2 of 100 candles. A day's own rhythm comes to two. */
const VOLATILITY_SPIKE: Threshold = { from: 2.5, rest: 1.5 };

/**
 * The events of a market, found in its candles as they close: `advance(0, n)` and any calls in its place find the same ones, and
 * none depends on a candle after its own. A storm is one event, the first candle that shows it, however long it lasts; a rise and
 * a fall are two. What cannot be told (see MarketActivity) makes no event.
 *
 * - flash move: the close, from the close before, in ATR;
 * - volume spike: the candle's volume by the usual;
 * - volume dry-up: the volume of the last 12 candles by the usual;
 * - volatility spike: the volatility of the last 12 candles by the usual.
 */
export class MarketEvents {
  private readonly candles: Candles;
  private readonly activity: MarketActivity;
  private readonly rise = new Storm(FLASH_MOVE);
  private readonly fall = new Storm(FLASH_MOVE);
  private readonly spike = new Storm(VOLUME_SPIKE);
  private readonly dryUp = new Storm(VOLUME_DRY_UP);
  private readonly volatility = new Storm(VOLATILITY_SPIKE);
  /** Oldest first. */
  private readonly found: MarketEvent[] = [];

  constructor(candles: Candles) {
    this.candles = candles;
    this.activity = new MarketActivity(candles);
  }

  /** Looks at the closed candles [from, to); `from` is where the last call ended. */
  advance(from: number, to: number): void {
    this.activity.advance(from, to);
    for (let i = from; i < to; i++) this.lookAt(i);
  }

  /** Those of (after, until], oldest first. */
  between(after: EpochMs, until: EpochMs): readonly MarketEvent[] {
    const { found } = this;
    // The newest are asked for, though a replay may have looked a block ahead.
    let end = found.length;
    while (end > 0 && found[end - 1]!.at > until) end -= 1;
    let start = end;
    while (start > 0 && found[start - 1]!.at > after) start -= 1;
    return found.slice(start, end);
  }

  /**
   * What the candle that runs shows by `at`, where that begins a storm. It may yet come to nothing, so nothing is kept of it.
   * All candles before it must have been looked at.
   */
  inRunning(candle: Candle, at: EpochMs): readonly MarketEvent[] {
    const { change, atrs, volumeTimes } = this.activity.running(candle);
    const events: MarketEvent[] = [];
    if (this.rise.wouldBegin(atrs) || this.fall.wouldBegin(-atrs))
      events.push({ kind: 'flash-move', at, change, atrs: Math.abs(atrs) });
    if (this.spike.wouldBegin(volumeTimes)) events.push({ kind: 'volume-spike', at, times: volumeTimes });
    return events;
  }

  private lookAt(i: number): void {
    const { activity, found } = this;
    const at = this.candles.closeTimeOf(i);
    const atrs = activity.atrs(i);
    const volume = activity.volumeTimes(i);
    const recentVolume = activity.recentVolumeTimes(i);
    const volatility = activity.volatilityTimes(i);
    const rises = this.rise.begins(atrs);
    const falls = this.fall.begins(-atrs);
    if (rises || falls) found.push({ kind: 'flash-move', at, change: activity.change(i), atrs: Math.abs(atrs) });
    if (this.spike.begins(volume)) found.push({ kind: 'volume-spike', at, times: volume });
    if (this.dryUp.begins(1 / recentVolume)) found.push({ kind: 'volume-dry-up', at, times: recentVolume });
    if (this.volatility.begins(volatility)) found.push({ kind: 'volatility-spike', at, times: volatility });
  }
}

/** Whether a level is in a storm, with memory: what swings about a threshold is not told again and again. */
class Storm {
  private readonly threshold: Threshold;
  private isOn = false;
  private calmCandles = 0;

  constructor(threshold: Threshold) {
    this.threshold = threshold;
  }

  /** Takes the level of the next candle; NaN is neither storm nor calm. @returns Whether a storm begins with it. */
  begins(level: number): boolean {
    this.calmCandles = level < this.threshold.rest ? this.calmCandles + 1 : 0;
    if (this.calmCandles >= RECENT_CANDLES) this.isOn = false;
    const begins = this.wouldBegin(level);
    if (begins) this.isOn = true;
    return begins;
  }

  wouldBegin(level: number): boolean {
    return !this.isOn && level >= this.threshold.from;
  }
}
