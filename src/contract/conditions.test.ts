import { expect, test } from 'vitest';
import { conditionSchema, indicatorsOf, parseOperand } from './conditions.ts';

test.each([
  { text: 'close', operand: { kind: 'price', field: 'close' } },
  { text: 'price', operand: { kind: 'live-price' } },
  { text: 'volume', operand: { kind: 'volume' } },
  { text: 'barsInTrade', operand: { kind: 'bars-in-trade' } },
  { text: 'sma(10)', operand: { kind: 'indicator', indicator: { name: 'sma', parameters: [10], output: 'sma' } } },
  {
    text: 'macd(12,26,9).signal',
    operand: { kind: 'indicator', indicator: { name: 'macd', parameters: [12, 26, 9], output: 'signal' } },
  },
  {
    text: 'ema(50)@4h',
    operand: { kind: 'indicator', indicator: { name: 'ema', parameters: [50], output: 'ema' }, timeframe: '4h' },
  },
  {
    text: 'macd.histogram @ 1d',
    operand: {
      kind: 'indicator',
      indicator: { name: 'macd', parameters: [12, 26, 9], output: 'histogram' },
      timeframe: '1d',
    },
  },
])('reads the operand $text', ({ text, operand }) => {
  expect(parseOperand(text)).toEqual(operand);
});

test.each([
  { text: 'clos', message: 'there is no operand "clos"; did you mean "close"? There are open, high,' },
  { text: 'smaa(10)', message: 'there is no operand "smaa"; did you mean "sma"?' },
  { text: '', message: 'there is no operand ""' },
  { text: 'close@4h', message: '"close" must stand alone: only an indicator takes more' },
  { text: 'sma(10)@7m', message: 'there is no timeframe "7m"' },
  { text: 'sma(10)@4h@1d', message: 'there is no timeframe "4h@1d"' },
  { text: 'sma(0)', message: 'must be a whole number >= 1' },
  { text: 'macd(12,26,9).signl', message: 'macd has no output "signl"' },
])('refuses the operand "$text"', ({ text, message }) => {
  expect(() => parseOperand(text)).toThrow(message);
});

test('reads nested groups, and finds their indicators by their path', () => {
  const condition = conditionSchema.parse({
    any: [
      ['close', '>', 100],
      {
        all: [
          ['volume', '>', { multiple: 1.5, of: 'sma(20)' }],
          ['ema(50)@4h', 'crosses-above', 'close'],
        ],
      },
    ],
  });
  expect(condition).toMatchObject({
    kind: 'any',
    of: [
      { kind: 'comparison', left: { field: 'close' }, operator: '>', right: { kind: 'number', value: 100 } },
      {
        kind: 'all',
        of: [{ right: { kind: 'multiple', factor: 1.5, of: { kind: 'indicator' } } }, { operator: 'crosses-above' }],
      },
    ],
  });
  expect(indicatorsOf(condition, ['entry']).map(({ path }) => path.join('.'))).toEqual([
    'entry.any.1.all.0.2.of',
    'entry.any.1.all.1.0',
  ]);
});
