import type { Candle } from './candles.ts';
import { decimalPlaces } from './money.ts';
import { type Chance, nextNormal, seededChance } from './random.ts';
import { candleOpenTime, type EpochMs, TIMEFRAME_MS, type Timeframe } from './time.ts';

export interface SeededMarketOptions {
  /** Any integer: the same seed gives the same candles on every machine. */
  readonly seed: number;
  /** Where the first candle opens; the market pulls gently back to it for ever. */
  readonly startPrice: number;
  /** Steps of price and of volume, as plain decimals above 0: "0.1". */
  readonly tick: string;
  readonly lot: string;
  readonly timeframe: Timeframe;
  /** The first candle is the one that holds this moment, in UTC ms. */
  readonly startTime: EpochMs;
}

/** One mood of the market. */
interface Regime {
  /** Deviation and mean of a one-minute candle's return, as fractions; both grow with the square root of its length. */
  readonly volatility: number;
  readonly drift: number;
  /** How many candles it lasts in the mean. Counted in candles, so that every timeframe shows all moods. */
  readonly candles: number;
  /** Volume, as a multiple of the quiet one. */
  readonly volume: number;
  /** How likely each regime is to come next, in the order of `REGIMES`; sums to 1. */
  readonly next: readonly number[];
}

// Trends are so weak that a trend follower about breaks even after a fee of 0.1 %: an invented market promises nothing.
const QUIET: Regime = { volatility: 0.0005, drift: 0, candles: 45, volume: 1, next: [0, 0.4, 0.4, 0.2] };
const UP: Regime = { volatility: 0.0008, drift: 0.00018, candles: 40, volume: 1.8, next: [0.5, 0, 0.35, 0.15] };
const DOWN: Regime = { volatility: 0.0009, drift: -0.00018, candles: 40, volume: 2, next: [0.45, 0.35, 0, 0.2] };
const STRESS: Regime = { volatility: 0.0022, drift: 0, candles: 12, volume: 5, next: [0.5, 0.25, 0.25, 0] };
const REGIMES = [QUIET, UP, DOWN, STRESS] as const;

/** Prices a candle runs through, its open and close included. */
const PATH_LENGTH = 16;
const STEPS = PATH_LENGTH - 1;

/** Share of the way back to the start price that a one-minute candle takes. */
const PULL = 0.00005;

/** Worth of a quiet one-minute candle's volume, in the quote currency. */
const QUIET_TURNOVER = 250_000;

/**
 * An invented market that never closes: it wanders between quiet, rising, falling and stressed times, each candle opens
 * where the last one closed, prices lie on the tick and volumes on the lot. It uses only arithmetic that IEEE 754
 * defines to the bit, so candle k follows from the options alone, whenever and wherever it is asked for.
 */
export class SeededMarket {
  /**
   * The prices that the last candle of `next` ran through, evenly spread over its time: the first is its open, the last
   * its close, and its high and low are among them. They tell how the candle looked while it was forming.
   */
  path: readonly number[] = [];
  private readonly chance: Chance;
  private readonly price: Lattice;
  private readonly volume: Lattice;
  private readonly startPrice: number;
  private readonly durationMs: number;
  private readonly minutes: number;
  /** How far a candle goes, as a multiple of a one-minute candle. */
  private readonly pace: number;
  private openTime: EpochMs;
  private close: number;
  private regime: Regime = QUIET;

  /** @throws RangeError when the start price, the tick or the lot is not above 0. */
  constructor({ seed, startPrice, tick, lot, timeframe, startTime }: SeededMarketOptions) {
    if (!(startPrice > 0)) throw new RangeError(`The start price must be above 0: current value is ${startPrice}`);
    this.chance = seededChance(seed);
    this.price = new Lattice(tick);
    this.volume = new Lattice(lot);
    this.startPrice = startPrice;
    this.durationMs = TIMEFRAME_MS[timeframe];
    this.minutes = this.durationMs / TIMEFRAME_MS['1m'];
    this.pace = Math.sqrt(this.minutes);
    this.openTime = candleOpenTime(startTime, timeframe);
    this.close = this.price.nearest(startPrice);
  }

  /** The next closed candle. */
  next(): Candle {
    this.regime = nextRegime(this.regime, this.chance);
    const { openTime, close: open } = this;
    const path = this.walk(open);
    const close = path[STEPS];
    const volume = this.volumeOf(open, close);
    this.path = path;
    this.close = close;
    this.openTime = (openTime + this.durationMs) as EpochMs;
    return { openTime, open, high: Math.max(...path), low: Math.min(...path), close, volume };
  }

  private walk(open: number): number[] {
    const { drift, volatility } = this.regime;
    const pull = PULL * (1 - open / this.startPrice);
    const mean = ((drift + pull) * this.pace) / STEPS;
    const deviation = (volatility * this.pace) / Math.sqrt(STEPS);
    const path = [open];
    for (let step = 0, price = open; step < STEPS; step++) {
      // A step never takes more than half: prices stay above 0 on any timeframe.
      price *= 1 + Math.max(mean + deviation * nextNormal(this.chance), -0.5);
      path.push(this.price.nearest(price));
    }
    return path;
  }

  /** More in a lively regime and in a candle that went far, with some noise. */
  private volumeOf(open: number, close: number): number {
    const { volatility, volume } = this.regime;
    const move = Math.abs(close / open - 1) / (volatility * this.pace);
    const noise = nextNormal(this.chance);
    const turnover = QUIET_TURNOVER * this.minutes * volume * (0.4 + 0.6 * move) * (0.4 + 0.6 * noise * noise);
    return this.volume.nearest(turnover / open);
  }
}

/** Stays in the regime for its mean number of candles, then moves on by its odds. */
function nextRegime(regime: Regime, chance: Chance): Regime {
  if (chance.next() * regime.candles >= 1) return regime;
  let left = chance.next();
  for (const [k, odds] of regime.next.entries()) {
    if (left < odds) return REGIMES[k];
    left -= odds;
  }
  return QUIET;
}

/** The positive multiples of a decimal step, as the float64 nearest to each decimal. */
class Lattice {
  private readonly units: number;
  private readonly scale: number;

  constructor(step: string) {
    this.scale = 10 ** decimalPlaces(step);
    this.units = Math.round(Number(step) * this.scale);
    if (!(this.units > 0))
      throw new RangeError(`A step of price or volume must be above 0: current value is "${step}"`);
  }

  /** The multiple nearest to `value`, but never below one step. */
  nearest(value: number): number {
    const steps = Math.max(1, Math.round((value * this.scale) / this.units));
    return (steps * this.units) / this.scale;
  }
}
