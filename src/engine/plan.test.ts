import { expect, test } from 'vitest';
import { REASONS } from '#core/signals.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';

const CANDLES = generateCandles(3_000, 4);
const INSTRUMENT = { tick: '0.25', lot: '0.001' };
const RULES = { entry: { long: ['sma(3)', '>', 'sma(8)'] }, exit: { long: ['sma(3)', '<', 'sma(8)'] } };

test('a bot that commits all of its capital goes on with what losses and fees have left', async () => {
  const bot = botOf({ ...RULES, capital: 100_000, sizing: { percentOfCapital: 100 } });
  const { fills, reasons, equity } = await backtestOf(bot, CANDLES, INSTRUMENT);
  expect(equity.at(-1)).toBeLessThan(90_000);
  expect(fills.length).toBeGreaterThan(200);
  expect(reasons).not.toContain(REASONS.overCapital.why);
});

test('a fixed quantity that is more than what is left is refused', async () => {
  const bot = botOf({ ...RULES, capital: 10_000, sizing: { quantity: 1 } });
  const { fills, reasons } = await backtestOf(bot, CANDLES, INSTRUMENT);
  expect(fills).toEqual([]);
  expect(reasons).toContain(REASONS.overCapital.why);
});
