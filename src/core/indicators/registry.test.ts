import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { Atr } from './atr.ts';
import { Bollinger } from './bollinger.ts';
import { Column } from './column.ts';
import type { Definition } from './definition.ts';
import { Macd } from './macd.ts';
import { createIndicator, formatIndicator, INDICATOR_NAMES, INDICATORS, parseIndicator } from './registry.ts';
import { Sma } from './sma.ts';

const candles = new Candles('1m');

describe('every definition', () => {
  test.each(INDICATOR_NAMES)('%s is registered under its name and has the outputs it lists', (name) => {
    const definition: Definition = INDICATORS[name];
    expect(definition.name).toBe(name);
    expect(Object.keys(createIndicator(candles, parseIndicator(name)).outputs)).toEqual(definition.outputs);
  });
});

describe('parseIndicator', () => {
  test.each([
    { text: 'sma(10)', name: 'sma', parameters: [10], output: 'sma' },
    { text: 'macd', name: 'macd', parameters: [12, 26, 9], output: 'macd' },
    { text: 'macd()', name: 'macd', parameters: [12, 26, 9], output: 'macd' },
    { text: 'macd(5,35).signal', name: 'macd', parameters: [5, 35, 9], output: 'signal' },
    { text: ' bollinger( 20 , 2.5 ) . upper ', name: 'bollinger', parameters: [20, 2.5], output: 'upper' },
    { text: 'obv', name: 'obv', parameters: [], output: 'obv' },
    { text: 'pivotPoints.r1', name: 'pivotPoints', parameters: [], output: 'r1' },
    { text: 'adx.plusDi', name: 'adx', parameters: [14], output: 'plusDi' },
  ])('reads "$text"', ({ text, ...expected }) => {
    expect(parseIndicator(text)).toEqual(expected);
  });

  const names = INDICATOR_NAMES.join(', ');
  test.each([
    ['', 'Cannot read indicator "": it must look like name(parameters).output, for example "macd(12,26,9).signal"'],
    [
      'sma(10',
      'Cannot read indicator "sma(10": it must look like name(parameters).output, for example "macd(12,26,9).signal"',
    ],
    ['stochastik(14)', `There is no indicator "stochastik" (did you mean "stochastic"?): there are ${names}`],
    ['RSI', `There is no indicator "RSI" (did you mean "rsi"?): there are ${names}`],
    ['supertrend', `There is no indicator "supertrend" (did you mean "superTrend"?): there are ${names}`],
    ['constructor', `There is no indicator "constructor": there are ${names}`],
    ['macd.histgram', 'macd has no output "histgram" (did you mean "histogram"?): there are macd, signal, histogram'],
    ['sma(10,20)', 'sma takes period: "10,20" is 1 too many'],
    ['obv(3)', 'obv takes no parameters: "3" is 1 too many'],
    ['sma(ten)', 'The period of sma must be a number such as 20: current value is "ten"'],
    ['sma(,)', 'sma takes period: "," is 1 too many'],
    ['macd(12,,9)', 'The slow of macd must be a number such as 26: current value is ""'],
    ['sma(0)', 'The period of sma must be a whole number >= 1: current value is 0'],
    ['sma(2.5)', 'The period of sma must be a whole number >= 1: current value is 2.5'],
    ['bollinger(20,-1)', 'The deviations of bollinger must be a number >= 0: current value is -1'],
    ['hma(1)', 'The period of hma must be a whole number >= 2: current value is 1'],
    ['macd(26,12)', 'The fast of macd must be below its slow: current values are 26 and 12'],
  ])('refuses "%s"', (text, sentence) => {
    expect(() => parseIndicator(text)).toThrow(expect.objectContaining({ message: sentence }));
  });
});

test.each([
  ['macd', 'macd(12,26,9)'],
  ['macd(5,35).macd', 'macd(5,35,9)'],
  ['macd.signal', 'macd(12,26,9).signal'],
  ['obv', 'obv'],
  ['bollinger(20, 2.50).lower', 'bollinger(20,2.5).lower'],
])('formatIndicator writes "%s" as "%s", which reads the same', (text, canonical) => {
  expect(formatIndicator(parseIndicator(text))).toBe(canonical);
  expect(parseIndicator(canonical)).toEqual(parseIndicator(text));
});

test('createIndicator computes on another source when one is given', () => {
  const sma = createIndicator(candles, parseIndicator('sma(2)'), new Column(Float64Array.of(1, 3, 5)));
  sma.advance(0, 3);
  expect([...sma.outputs.sma.values]).toEqual([NaN, 2, 4]);
});

test.each([
  { name: 'period 0', create: () => new Sma(candles.close, 0) },
  { name: 'NaN', create: () => new Atr(candles, NaN) },
  { name: 'an infinite multiplier', create: () => new Bollinger(candles.close, 20, Infinity) },
  { name: 'fast above slow', create: () => new Macd(candles.close, 26, 12, 9) },
])('a constructor refuses $name with a RangeError', ({ create }) => {
  expect(create).toThrow(RangeError);
});
