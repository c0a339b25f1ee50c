import { Candles } from '#core/candles.ts';
import { type Chance, nextNormal, seededChance } from '#core/random.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';

/** What the market is like for a while. Volatility and drift are fractions of the price per candle. */
interface Regime {
  readonly volatility: number;
  readonly drift: number;
  readonly meanCandles: number;
  readonly volume: number;
  /** Chance of each regime to come next, in the order of REGIMES. */
  readonly next: readonly number[];
}

const REGIMES: readonly Regime[] = [
  { volatility: 0.0003, drift: 0, meanCandles: 2400, volume: 0.7, next: [0, 0.4, 0.4, 0.2] }, // Quiet.
  { volatility: 0.00055, drift: 0.00006, meanCandles: 1200, volume: 1.2, next: [0.55, 0, 0.25, 0.2] }, // Up.
  { volatility: 0.0006, drift: -0.00006, meanCandles: 1200, volume: 1.3, next: [0.5, 0.25, 0, 0.25] }, // Down.
  { volatility: 0.0015, drift: 0, meanCandles: 400, volume: 3, next: [0.6, 0.2, 0.2, 0] }, // Stress.
];

const FIRST_OPEN_TIME = Date.UTC(2022, 0, 1);
const FIRST_PRICE = 30_000;
/** A power of two: sums of prices are then exact, and no tie depends on how they are rounded. */
const TICK = 0.25;
const STEPS_PER_CANDLE = 8;
const CANDLES_PER_DAY = 1440;

/**
 * One-minute candles from 2022 on, equal to the bit on every machine: no function whose last digit is left to the
 * implementation is used. Prices are on a grid of 0.25, volumes have 3 decimals and are never 0.
 * @param count How many; the first of a longer series are the same.
 * @param seed Any integer.
 */
export function generateCandles(count: number, seed: number): Candles {
  const chance = seededChance(seed);
  const candles = new Candles('1m');
  let regime = REGIMES[0];
  let close = FIRST_PRICE;
  for (let i = 0; i < count; i++) {
    if (chance.next() < 1 / regime.meanCandles) regime = nextRegime(chance, regime);
    const prices = nextPrices(chance, regime, close);
    close = prices.close;
    candles.append({
      openTime: (FIRST_OPEN_TIME + i * TIMEFRAME_MS['1m']) as EpochMs,
      ...prices,
      volume: nextVolume(chance, regime, i, Math.abs(close / prices.open - 1)),
    });
  }
  return candles;
}

function nextRegime(chance: Chance, { next }: Regime): Regime {
  let left = chance.next();
  let k = 0;
  for (; k < REGIMES.length - 1 && left >= next[k]; k++) left -= next[k];
  return REGIMES[k];
}

function nextPrices(chance: Chance, { volatility, drift }: Regime, previousClose: number) {
  const pull = -3e-6 * (previousClose / FIRST_PRICE - 1); // Back to the first price, so that a long series stays near it.
  const gap = chance.next() < 0.3 ? nextNormal(chance) * 0.1 * volatility * previousClose : 0;
  const open = toTick(previousClose + gap);
  let high = open;
  let low = open;
  let price = open;
  for (let step = 0; step < STEPS_PER_CANDLE; step++) {
    price *= 1 + (drift + pull) / STEPS_PER_CANDLE + (volatility / Math.sqrt(STEPS_PER_CANDLE)) * nextNormal(chance);
    high = Math.max(high, toTick(price));
    low = Math.min(low, toTick(price));
  }
  return { open, high, low, close: toTick(price) };
}

/** Two humps a day, times the regime, the size of the move (a fraction of the price) and skewed noise. */
function nextVolume(chance: Chance, regime: Regime, i: number, move: number): number {
  const day = (i % CANDLES_PER_DAY) / CANDLES_PER_DAY;
  const hump = 0.6 + 1.6 * day * (1 - day) * 4 * (0.5 + Math.abs(day - 0.5));
  const normal = nextNormal(chance);
  const noise = 0.25 + 0.5 * normal * normal + 0.25 * chance.next();
  const volume = 12 * regime.volume * hump * (0.35 + 0.65 * (move / regime.volatility)) * noise;
  return Math.max(1, Math.round(volume * 1000)) / 1000;
}

function toTick(price: number): number {
  return Math.max(TICK, Math.round(price / TICK) * TICK);
}
