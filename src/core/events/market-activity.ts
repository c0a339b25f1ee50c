import type { Candle, Candles } from '../candles.ts';
import { Atr } from '../indicators/atr.ts';
import { Column } from '../indicators/column.ts';
import { RollingMedian } from '../indicators/rolling-median.ts';
import { RollingSum } from '../indicators/rolling-sum.ts';

/** The average that a move is measured by: Wilder's own period. */
export const ATR_PERIOD = 14;
/** What is usual is told by so many candles: a day of 15m ones, so that what is unusual does not become usual at once. */
export const USUAL_CANDLES = 96;
/** A state of the market, not of one candle, is told by so many: an hour of 5m ones. */
export const RECENT_CANDLES = 12;

/** A smaller move than this fraction pays for no round trip; where a market stands still, a tick is many ATR. */
const LEAST_MOVE = 0.002;
/** A move beyond this fraction from one close to the next is likely a bad tick, as a wick is. */
const BAD_TICK = 0.5;

/**
 * How lively a market is at each close, by what it was before. NaN is what cannot be told: too few candles, a market that had no
 * volume or did not move, a bad tick and what it would be measured by. Where candles are missing, and after a night, a candle is
 * measured from its own open.
 *
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section III: ATR; Barndorff-Nielsen and Shephard (2004),
 *   "Power and Bipower Variation with Stochastic Volatility and Jumps", Journal of Financial Econometrics 2(1).
 */
export class MarketActivity {
  private readonly candles: Candles;
  private readonly atr: Atr;
  private readonly usualVolume: RollingMedian;
  private readonly recentVolume: RollingSum;
  /** The size of each move times that of the one before it, as fractions. */
  private readonly bipower = new Column();
  private readonly recentBipower: RollingSum;
  private readonly usualBipower: RollingSum;
  private lastMove = NaN;
  /** From this index on all is told that can be. */
  static readonly firstIndex = USUAL_CANDLES + RECENT_CANDLES;

  constructor(candles: Candles) {
    this.candles = candles;
    this.atr = new Atr(candles, ATR_PERIOD);
    this.usualVolume = new RollingMedian(candles.volume, USUAL_CANDLES);
    this.recentVolume = new RollingSum(candles.volume, RECENT_CANDLES);
    this.recentBipower = new RollingSum(this.bipower, RECENT_CANDLES, 1);
    this.usualBipower = new RollingSum(this.bipower, USUAL_CANDLES, 1);
  }

  /** Takes the closed candles [from, to) in; `from` is where the last call ended. */
  advance(from: number, to: number): void {
    this.atr.advance(from, to);
    this.usualVolume.advance(from, to);
    this.recentVolume.advance(from, to);
    this.fillBipower(from, to);
    this.recentBipower.advance(from, to);
    this.usualBipower.advance(from, to);
  }

  /** How far the price went in candle `i`, as a fraction: -0.034 is a fall of 3.4 %. */
  change(i: number): number {
    return changeOf(this.startOf(i), this.candles.close.values[i]!);
  }

  /** The same in average true ranges up to the candle before, below 0 where it fell; 0 for what is too little to tell. */
  atrs(i: number): number {
    return this.inAtrs(this.startOf(i), this.change(i), i);
  }

  /** The volume of candle `i` by the median of the 96 before it. */
  volumeTimes(i: number): number {
    return ratio(this.candles.volume.values[i]!, this.usualVolume.median.values[i - 1]!);
  }

  /** The mean volume of the last 12 candles by the median of the 96 before them. */
  recentVolumeTimes(i: number): number {
    return ratio(
      this.recentVolume.sum.values[i]! / RECENT_CANDLES,
      this.usualVolume.median.values[i - RECENT_CANDLES]!,
    );
  }

  /**
   * The volatility of the last 12 candles by that of the 96 before them, each the root of the bipower variation: as every move
   * is multiplied with its neighbour, one alone makes no volatility. 0 for what is too little to tell.
   */
  volatilityTimes(i: number): number {
    const recent = this.recentBipower.sum.values[i]!;
    if ((Math.PI / 2) * recent < LEAST_MOVE ** 2) return 0;
    const usual = this.usualBipower.sum.values[i - RECENT_CANDLES]!;
    return Math.sqrt(ratio(recent / RECENT_CANDLES, usual / USUAL_CANDLES));
  }

  /** The same three of the candle that runs after those that were taken in, as far as it has come. */
  running({ openTime, open, close, volume }: Candle): Readonly<Record<'change' | 'atrs' | 'volumeTimes', number>> {
    const { candles } = this;
    const i = candles.length;
    const follows = i > 0 && candles.closeTimeAt(i - 1) === openTime;
    const start = follows ? candles.close.values[i - 1]! : open;
    const change = changeOf(start, close);
    const volumeTimes = ratio(volume, this.usualVolume.median.values[i - 1]!);
    return { change, atrs: this.inAtrs(start, change, i), volumeTimes };
  }

  private inAtrs(start: number, change: number, i: number): number {
    return Math.abs(change) < LEAST_MOVE ? 0 : ratio(change * start, this.atr.outputs.atr.values[i - 1]!);
  }

  private fillBipower(from: number, to: number): void {
    const bipower = this.bipower.reserve(to);
    for (let i = from; i < to; i++) {
      const move = Math.abs(this.change(i));
      bipower[i] = move * this.lastMove;
      this.lastMove = move;
    }
  }

  /** The price that candle `i` is measured from. */
  private startOf(i: number): number {
    const { candles } = this;
    const follows = i > 0 && candles.closeTimeOf(i - 1) === candles.openTimeOf(i);
    return follows ? candles.close.values[i - 1]! : candles.open.values[i]!;
  }
}

function changeOf(start: number, close: number): number {
  const change = close / start - 1;
  return Math.abs(change) <= BAD_TICK ? change : NaN;
}

/** NaN where there is nothing to measure by. */
function ratio(value: number, usual: number): number {
  return usual > 0 ? value / usual : NaN;
}
