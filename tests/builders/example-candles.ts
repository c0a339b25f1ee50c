import { formatCandles } from '#core/candle-text/candle-text.ts';
import { Candles } from '#core/candles.ts';
import { SeededMarket } from '#core/market.ts';
import { Resampled } from '#core/resample.ts';
import { epochMs } from '#core/time.ts';

const LOT = '0.001';

/** The examples' markets: how long they last, and in which candles. */
const EXAMPLES = {
  'simulated-5m': { seed: 3, minutes: 25_000, timeframe: '5m' },
  'chart-vision': { seed: 3, minutes: 2_000, timeframe: '5m' },
  'model-vote': { seed: 5, minutes: 3_000, timeframe: '5m' },
} as const;
export type ExampleName = keyof typeof EXAMPLES;

/**
 * The text in examples/NAME.csv.gz: days of an invented market, so that a fresh clone can run a backtest.
 * `node tests/builders/example-candles.ts NAME | gzip -n9 > examples/NAME.csv.gz` writes it anew.
 */
export function exampleCandles(name: ExampleName): string {
  const { seed, minutes: count, timeframe } = EXAMPLES[name];
  const startTime = epochMs(Date.UTC(2025, 0, 1));
  const market = new SeededMarket({ seed, startPrice: 96_000, tick: '0.1', lot: LOT, timeframe: '1m', startTime });
  const minutes = new Candles('1m');
  const resampled = new Resampled(minutes, timeframe);
  for (let i = 0; i < count; i++) {
    minutes.append(market.next());
    resampled.take(i);
  }
  return formatCandles(onLot(resampled.candles));
}

/** The same candles without what adding volumes as floats left below the lot. */
function onLot(summed: Candles): Candles {
  const candles = new Candles(summed.timeframe);
  for (let i = 0; i < summed.length; i++) {
    const candle = summed.at(i);
    candles.append({ ...candle, volume: Number(candle.volume.toFixed(LOT.length - 2)) });
  }
  return candles;
}

if (import.meta.main) process.stdout.write(exampleCandles(process.argv[2] as ExampleName));
