import { expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Held } from '#core/signals.ts';
import { type Charts, ChartUnavailable } from '#ports/charts.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { modelBotOf } from '#tests/builders/bots.ts';
import { askingOf, WritingModels } from '#tests/builders/models.ts';
import { PastDecisions } from '../model-answers/past-decisions.ts';
import { chartVision } from './strategy.ts';

const CANDLES = generateCandles(120, 4);
const FLAT: Held = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 };
const MARKET = {
  botId: 'b' as BotId,
  symbol: 'BTC/USDT' as MarketSymbol,
  candles: CANDLES,
  tick: 0.01,
  decimals: 2,
  spreadAt: () => undefined,
};

function strategyWith(charts: Charts) {
  const models = new WritingModels(() => '{}');
  const strategy = chartVision(
    modelBotOf('chart-vision', { model: 'one' }),
    MARKET,
    askingOf(models),
    charts,
    new PastDecisions(),
  );
  strategy.observe(0, CANDLES.length);
  return { strategy, models };
}

test('without a picture nobody is asked and nothing is traded, and the reason is kept', async () => {
  const draw = () => Promise.reject(new ChartUnavailable('stale', 'Cannot capture BTC/USDT as it shows another one'));
  const { strategy, models } = strategyWith({ draw });
  const decision = await strategy.decide(100, FLAT);
  expect(decision.kind).toBe('hold');
  expect(decision.basis?.failures).toMatchObject([
    { failure: 'no-picture', why: 'Cannot capture BTC/USDT as it shows another one', questionId: undefined },
  ]);
  expect(models.asked).toEqual([]);
});

test('any other error of drawing is a fault', async () => {
  const { strategy } = strategyWith({ draw: () => Promise.reject(new RangeError('no candle')) });
  await expect(strategy.decide(100, FLAT)).rejects.toThrow('no candle');
});
