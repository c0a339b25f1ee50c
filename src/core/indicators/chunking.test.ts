import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { createWithAllOutputs } from '#tests/builders/indicators.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { Indicator } from './column.ts';
import { INDICATOR_NAMES } from './registry.ts';

const TEXTS = [
  ...INDICATOR_NAMES,
  'sma(1)',
  'sma(7)',
  'ema(1)',
  'macd(2,3,1)',
  'bollinger(3,1.5)',
  'adx(1)',
  'stochastic(5,1,4)',
  'wma(1)',
  'hma(2)',
  'tema(3)',
  'vwma(1)',
  'stochRsi(2,1,3,1)',
  'keltner(3,1,7)',
  'aroon(1)',
  'ichimoku(2,3,5,1)',
  'linearRegression(64)',
  'supportResistance(1,2,1)',
];
/** More than the 256 values after which the simple moving average sums anew. */
const COUNT = 300;

/** Some markets, made once: a case is a market and where it is cut. */
const MARKETS = Array.from({ length: 16 }, (_, seed) => generateHours(COUNT, seed));

/** The rows as bytes: equal bytes are equal bits, -0 too. Which bits a NaN has is the compiler's choice: all get the same. */
function bytes({ outputs }: Indicator): Buffer {
  const rows = Object.values(outputs).map(({ values }) => values.slice(0, COUNT));
  for (const row of rows) for (let i = 0; i < COUNT; i++) if (Number.isNaN(row[i])) row[i] = Number.NaN;
  return Buffer.concat(rows.map(({ buffer }) => new Uint8Array(buffer)));
}

test.each(TEXTS)('%s has the same bits however [0, n) is cut', { timeout: 600_000 }, (text) => {
  const whole = MARKETS.map((candles) => {
    const indicator = createWithAllOutputs(candles, text);
    indicator.advance(0, COUNT);
    return bytes(indicator);
  });
  const market = fc.nat(MARKETS.length - 1);
  const cuts = fc.array(fc.nat(COUNT), { maxLength: 40 }).map((array) => [0, ...array, COUNT].sort((a, b) => a - b));
  fc.assert(
    fc.property(market, cuts, (k, bounds) => {
      const cut = createWithAllOutputs(MARKETS[k]!, text);
      for (let n = 1; n < bounds.length; n++) cut.advance(bounds[n - 1]!, bounds[n]!);
      expect(bytes(cut).equals(whole[k]!)).toBe(true);
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

test.each(TEXTS)('%s has the same bits live, candle by candle as they are appended', (text) => {
  const closed = generateHours(COUNT, 9);
  const whole = createWithAllOutputs(closed, text);
  whole.advance(0, COUNT);
  const growing = new Candles('1h');
  const live = createWithAllOutputs(growing, text);
  for (let i = 0; i < COUNT; i++) {
    growing.append(closed.at(i));
    live.advance(i, i + 1);
  }
  expect(bytes(live).equals(bytes(whole))).toBe(true);
});
