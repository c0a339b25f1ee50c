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
      'The stop lies 2 ATR(14) away, the target 2 times as far as the stop.',
      'It takes only signals with a confidence of at least 0.6, a reward of at least 1.5 for a risk of 1.',
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
      'Of its capital of 100,000 each entry takes 5 %, with leverage 20×.',
      'The stop lies 2 ATR(14) away; there is no target of its own.',
    ],
  },
  {
    name: 'of rules',
    words: wordsOf('trend-three', { maxConcurrentTrades: 2, maxTradeCandles: 24 }),
    says: [
      'It decides each time a candle of 1m closes, on BTC/USDT, ETH/USDT, SOL/USDT.',
      'It enters long when its 3 conditions are met, short when its 3 conditions are met.',
      'Of its capital of 100,000 each entry takes 25 %.',
      'The stop lies 6 ATR(14) away, the target 2 times as far as the stop.',
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
      'Of its capital of 10,000,000 each entry takes a quantity of 1.',
      'It has no stop and no target: its exit rules end a trade.',
    ],
  },
])('the words $name', ({ words, says }) => {
  expect(words).toEqual(says);
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
