import { formatCandles } from '#core/candle-text/candle-text.ts';
import { Candles } from '#core/candles.ts';
import { SeededMarket } from '#core/market.ts';
import { Resampled } from '#core/resample.ts';
import { epochMs } from '#core/time.ts';

const MINUTES = 25_000;
const LOT = '0.001';

/**
 * The text in examples/simulated-5m.csv.gz: 17 days of an invented market, so that a fresh clone can run a backtest.
 * `node tests/builders/example-candles.ts | gzip -n9 > examples/simulated-5m.csv.gz` writes it anew.
 */
export function exampleCandles(): string {
  const startTime = epochMs(Date.UTC(2025, 0, 1));
  const market = new SeededMarket({ seed: 3, startPrice: 96_000, tick: '0.1', lot: LOT, timeframe: '1m', startTime });
  const minutes = new Candles('1m');
  const resampled = new Resampled(minutes, '5m');
  for (let i = 0; i < MINUTES; i++) {
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

if (import.meta.main) process.stdout.write(exampleCandles());
