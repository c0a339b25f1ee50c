import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndicatorRulesBot } from '#core/bots.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { Indicators } from './operands.ts';
import { ruleLines } from './rule-values.ts';
import { IndicatorRules } from './strategy.ts';

const COUNT = 80;
const CANDLES = generateCandles(COUNT, 7);
const FLAT = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 } as const;

const operand = fc.oneof(
  fc.constantFrom<unknown>('open', 'high', 'low', 'close', 'price', 'volume'),
  fc.constantFrom<unknown>('sma(5)', 'ema(9)', 'rsi(14)', 'bollinger(20,2).upper', 'sma(3)@5m', 'sma(200)'),
  fc.integer({ min: 0, max: 100 }),
  fc.record({ multiple: fc.constantFrom(0.5, 1, 1.01), of: fc.constantFrom('sma(5)', 'close', 'price') }),
);
const comparison = fc.tuple(operand, fc.constantFrom('>', '<', 'crosses-above', 'crosses-below'), operand);
const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

function linesOf(bot: IndicatorRulesBot) {
  const indicators = new Indicators(CANDLES);
  const { long } = bot.entry;
  const lines = ruleLines(long!, CANDLES, indicators);
  indicators.advance(0, COUNT);
  return lines;
}

const fileOf = (long: unknown) => ({ warmupCandles: 1, entry: { long }, exit: { long: ['close', '<', 0] } });

test('a rule is met where the strategy enters by it, and nowhere else', () => {
  fc.assert(
    fc.property(condition, (long) => {
      const bot = botOf(fileOf(long));
      const lines = linesOf(bot);
      const strategy = new IndicatorRules(bot, CANDLES);
      strategy.observe(0, COUNT);
      for (let i = 1; i < COUNT; i++) {
        expect(lines(i)[0]!.isMet).toBe(strategy.decide(i, FLAT).kind === 'enter');
      }
    }),
  );
});

const MET = ['close', '>', 0];
const NOT_MET = ['close', '<', 0];
const OF_TRADE = ['barsInTrade', '>', 48];

test.each([
  { name: 'any with one that is met', long: { any: [OF_TRADE, MET] }, isMet: true },
  { name: 'any without', long: { any: [NOT_MET, OF_TRADE] }, isMet: null },
  { name: 'all with one that is not met', long: { all: [OF_TRADE, NOT_MET] }, isMet: false },
  { name: 'all without', long: { all: [MET, OF_TRADE] }, isMet: null },
  { name: 'groups in groups', long: { all: [{ any: [OF_TRADE, MET] }, MET] }, isMet: true },
])('what depends on a trade is not known only where it decides: $name', ({ long, isMet }) => {
  expect(linesOf(botOf(fileOf(long)))(COUNT - 1)[0]!.isMet).toBe(isMet);
});
