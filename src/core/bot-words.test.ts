import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBotFile } from '#contract/bot-file.ts';
import { botWords } from './bot-words.ts';

function wordsOf(example: string, change: object = {}): readonly string[] {
  const file = { ...JSON.parse(readFileSync(`examples/${example}.json`, 'utf8')), ...change };
  return botWords(readBotFile(JSON.stringify(file))).map((sentence) => sentence.map(({ text }) => text).join(''));
}

test.each([
  {
    name: 'of a bot that is shown charts',
    words: wordsOf('chart-vision', { budgetUsdPerDay: 2, coolDownCandles: 3 }),
    says: [
      'It decides each time a candle of 5m closes, on BTC/USDT.',
      'rules (no model) is shown a dark picture of the last 80 candles, with the figures behind it, and recommends to buy, sell or hold.',
      'Of its capital of 100,000 each entry takes 50 %.',
      'Where no model names one, the stop lies 2 ATR(14) away, the target 2 times as far as the stop.',
      'It takes only signals with a confidence of at least 0.6, a reward of at least 1.5 for a risk of 1.',
      'A signal to the other side closes the trade.',
      'After an exit it waits 3 candles.',
      'It asks for at most 2 USD a day.',
    ],
  },
  {
    name: 'of a vote',
    words: wordsOf('model-vote', { alone: 'no-trade', tradingFrequency: 300 }),
    says: [
      'It decides every 300 s on BTC/USDT, by candles of 5m.',
      '2 models answer the same question, each alone.',
      'A majority decides when its mean confidence is at least 0.6; of two equal halves the surer one, by 0.2 or more.',
      'Where only one of them answers it does not trade.',
      'Of its capital of 100,000 each entry takes 5 % as its margin, on isolated margin with leverage 20×.',
      'Where no model names one, the stop lies 2 ATR(14) away; there is no target.',
      'A signal to the other side closes the trade and opens one there.',
      'A signal to the same side adds to the trade, up to 3 entries.',
    ],
  },
  {
    name: 'of rules',
    words: wordsOf('trend-three', { maxConcurrentTrades: 2, maxTradeCandles: 24 }),
    says: [
      'It decides each time a candle of 1m closes, on BTC/USDT, ETH/USDT, SOL/USDT.',
      'It enters long when its 3 conditions are met, short when its 3 conditions are met.',
      'It leaves long when 1 condition is met, short when 1 condition is met.',
      'Of its capital of 100,000 each entry takes 25 %.',
      'The stop lies 6 ATR(14) away, the target 2 times as far as the stop.',
      'A signal to the other side closes the trade.',
      'At most 2 are open at once.',
      'A trade is left after 24 candles.',
      'After an exit it waits 5 candles.',
    ],
  },
  {
    name: 'of rules without levels',
    words: wordsOf('sma-cross'),
    says: [
      'It decides each time a candle of 5m closes, on BTC/USDT.',
      'It enters long when 1 condition is met.',
      'It leaves long when 1 condition is met.',
      'Of its capital of 10,000,000 each entry takes a quantity of 1.',
      'It has no stop and no target.',
    ],
  },
])('the words $name', ({ words, says }) => {
  expect(words).toEqual(says);
});

const LONG_OR_NOT = {
  any: [
    ['close', '>', 1],
    {
      all: [
        ['rsi(14)', '<', 30],
        ['barsInTrade', '<', 3],
      ],
    },
  ],
};

test.each([
  {
    name: 'a stop that follows the price',
    change: { brackets: { stop: { percent: 4 }, trail: { percent: 2, activateAfterPercent: 3 } } },
    says: [
      'The stop lies 4 % away; there is no target.',
      'The stop follows the best price at 2 %, once it is 3 % in profit.',
    ],
  },
  {
    name: 'a stop that follows at once',
    change: { brackets: { stop: { percent: 4 }, trail: { atrMultiple: 3, period: 14 } } },
    says: ['The stop follows the best price at 3 ATR(14), at once.'],
  },
  {
    name: 'profits that are taken sooner the longer it lasts',
    change: { brackets: { stop: { percent: 4 }, roi: { 0: 4, 30: 2, 120: 0 } } },
    says: [
      'The stop lies 4 % away.',
      'It takes a profit, before fees, of 4 %, after 30 minutes 2 %, after 120 minutes 0 %.',
    ],
  },
  {
    name: 'such profits beside a target',
    change: { brackets: { stop: { percent: 4 }, target: { percent: 9 }, roi: { 0: 4 } } },
    says: [
      'The stop lies 4 % away, the target 9 % away.',
      'It takes a profit, before fees, of 4 %, where that is nearer than the target.',
    ],
  },
  {
    name: 'a swing with its offset',
    change: { brackets: { stop: { swingCandles: 10, offsetPercent: 0.1 } } },
    says: ['The stop lies beyond the swing of 10 candles by 0.1 %; there is no target.'],
  },
  {
    name: 'what ends it',
    change: { exit: { long: LONG_OR_NOT } },
    says: ['It leaves long when a rule of 3 conditions is met.'],
  },
  {
    name: 'no levels, and nothing but time to end it',
    change: { exit: undefined, brackets: undefined, maxTradeCandles: 1 },
    says: ['It has no stop and no target.', 'A trade is left after 1 candle.'],
  },
  {
    name: 'a group that is one of two',
    change: {
      entry: {
        long: {
          any: [
            ['close', '>', 1],
            ['close', '<', 9],
          ],
        },
      },
    },
    says: ['It enters long when any of 2 conditions is met.'],
  },
  {
    name: 'a group of one',
    change: {
      entry: {
        long: {
          any: [
            {
              all: [
                ['close', '>', 1],
                ['close', '<', 9],
              ],
            },
          ],
        },
      },
    },
    says: ['It enters long when its 2 conditions are met.'],
  },
  {
    name: 'an entry that waits',
    change: { entryOrder: { limit: { offsetPercent: 0.1, timeoutCandles: 3, postOnly: true } } },
    says: [
      'An entry waits up to 3 candles at a limit 0.1 % under the close for a long, above it for a short, as a maker only.',
    ],
  },
  {
    name: 'an entry that follows the close',
    change: { brackets: undefined, entryOrder: { limit: { offsetPercent: 0, timeoutCandles: 1, reprice: 'follow' } } },
    says: ['An entry waits up to 1 candle at a limit at the close, moved with each close.'],
  },
  {
    name: 'a time of day',
    change: {
      tradingWindow: {
        start: '09:30',
        end: '12:00',
        zone: 'America/New_York',
        days: ['mon', 'fri'],
        flattenAtEnd: true,
      },
    },
    says: ['It enters from 09:30 to 12:00 America/New_York on mon, fri, and is flat when that ends.'],
  },
  {
    name: 'a night after which positions stay',
    change: { tradingWindow: { start: '22:00', end: '02:05', zone: 'UTC' } },
    says: ['It enters from 22:00 to 02:05 UTC, and what is open then stays.'],
  },
  {
    name: 'market events that call it',
    change: { tradingEvents: ['flash-move', 'volume-spike'] },
    says: ['It decides each time a candle of 1m closes, on BTC/USDT, and at once at a flash move or a volume spike.'],
  },
  {
    name: 'how much, at least and at most',
    change: { sizing: { riskPercent: 1, minQuantity: 0.5, maxNotional: 20000 }, brackets: { stop: { percent: 1 } } },
    says: [
      'Of its capital of 100,000 each entry takes what loses 1 % at its stop, before costs, no less than a quantity of 0.5, no more than a worth of 20,000.',
    ],
  },
  {
    name: 'a whole balance behind each position, and interest',
    change: { leverage: 3, marginMode: 'cross', borrowPercentPerYear: 5, sizing: { quantity: 1 } },
    says: [
      'Of its capital of 100,000 each entry takes a quantity of 1, on cross margin with leverage 3×, at 5 % a year for what is borrowed.',
    ],
  },
  {
    name: 'what else a signal must be, without the sureness that rules do not have',
    change: {
      filter: {
        ...{ minConfidence: 0.9, minStopPercent: 0.5, maxStopPercent: 5 },
        ...{ maxSpreadPercent: 0.2, maxAgeSeconds: 10, repeatAfterCandles: 4 },
      },
    },
    says: [
      'It takes only signals with a stop at least 0.5 % away, a stop at most 5 % away, bid and ask at most 0.2 % apart, a price at most 10 s old, none to the same side in 4 candles before.',
    ],
  },
  {
    name: 'what adds to a trade on one side alone',
    change: { onSame: 'stack', maxEntries: 5 },
    says: ['A signal to the same side adds to the trade, up to 5 entries.'],
  },
])('says $name', ({ change, says }) => {
  const rules = { symbols: ['BTC/USDT'], entry: { long: ['close', '>', 1] }, exit: { long: ['close', '<', 1] } };
  const words = wordsOf('trend-three', { ...rules, ...change });
  expect(words).toEqual(expect.arrayContaining(says));
  expect(words.join(' ')).not.toMatch(/other side/);
  if ('roi' in (change.brackets ?? {})) expect(words.join(' ')).not.toMatch(/no target/);
});

test.each([
  { alone: 'follow', says: '1 model answers, and is followed from a confidence of 0.55 on.' },
  { alone: 'no-trade', says: '1 model answers, and one alone may not trade: it never enters.' },
])('a vote of one is no majority: $alone', ({ alone, says }) => {
  const words = wordsOf('model-vote', { models: ['rules (no model)'], alone });
  expect(words[1]).toBe(says);
  expect(words.join(' ')).not.toMatch(/majority/);
});

test('of several models one that answers alone is followed from a lower confidence on', () => {
  expect(wordsOf('model-vote')).toContain(
    'Where only one of them answers it is followed from a confidence of 0.55 on.',
  );
});

test('what stands in the file is a fact, and nothing else', () => {
  const [first] = botWords(readBotFile(readFileSync('examples/model-vote.json', 'utf8')));
  expect(first).toEqual([
    { text: 'It decides each time a candle of ', isFact: false },
    { text: '5m', isFact: true },
    { text: ' closes, on ', isFact: false },
    { text: 'BTC/USDT', isFact: true },
    { text: '.', isFact: false },
  ]);
});
