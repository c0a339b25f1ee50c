import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { createWithAllOutputs } from '#tests/builders/indicators.ts';
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

/** `toEqual` tells 0 from -0 and finds NaN equal to itself, so equal rows have equal bits. */
function rows({ outputs }: Indicator): number[][] {
  return Object.values(outputs).map(({ values }) => [...values.subarray(0, COUNT)]);
}

test.each(TEXTS)('%s has the same bits however [0, n) is cut', (text) => {
  const cuts = fc.array(fc.nat(COUNT), { maxLength: 40 }).map((array) => [0, ...array, COUNT].sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.integer(), cuts, (seed, bounds) => {
      const candles = generateHours(COUNT, seed);
      const whole = createWithAllOutputs(candles, text);
      const cut = createWithAllOutputs(candles, text);
      whole.advance(0, COUNT);
      for (let k = 1; k < bounds.length; k++) cut.advance(bounds[k - 1], bounds[k]);
      expect(rows(cut)).toEqual(rows(whole));
    }),
    { numRuns: 60 },
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
  expect(rows(live)).toEqual(rows(whole));
});
