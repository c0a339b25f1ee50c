import { describe, expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Held, Strategy } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { modelBotOf } from '#tests/builders/bots.ts';
import { askingOf, UNDRAWN, WritingModels } from '#tests/builders/models.ts';
import { chartVision } from '../chart-vision/strategy.ts';
import { modelVote } from '../model-vote/strategy.ts';
import type { AskedMarket } from './asking.ts';
import { PastDecisions } from './past-decisions.ts';

const CANDLES = generateCandles(120, 4);
const AT = 100;
const FLAT: Held = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 };

/** A bot whose models name a target so far from the price. */
type Make = (away: number, spreadAt: AskedMarket['spreadAt']) => Strategy;

const marketOf = (spreadAt: AskedMarket['spreadAt']): AskedMarket => ({
  ...{ botId: 'b' as BotId, symbol: 'BTC/USDT' as MarketSymbol, candles: CANDLES, tick: 0.25, decimals: 2, spreadAt },
});
const modelsThat = (away: number) =>
  new WritingModels(({ facts }) => {
    const levels = { stop: facts.price! - 5, target: facts.price! + away };
    const words = { confidence: 0.9, reasoning: 'so', setup_quality: 0.9, market_environment: 0.9, summary: 'so' };
    return JSON.stringify({ recommendation: 'buy', trend: 'up', ...levels, ...words });
  });
const KINDS: readonly { readonly kind: string; readonly make: Make }[] = [
  {
    kind: 'model-vote',
    make: (away, spreadAt) => {
      const bot = modelBotOf('model-vote', { models: ['one'], warmupCandles: 1 });
      return modelVote(bot, marketOf(spreadAt), askingOf(modelsThat(away)), new PastDecisions());
    },
  },
  {
    kind: 'chart-vision',
    make: (away, spreadAt) => {
      const bot = modelBotOf('chart-vision', { model: 'one', warmupCandles: 1 });
      return chartVision(bot, marketOf(spreadAt), askingOf(modelsThat(away)), UNDRAWN, new PastDecisions());
    },
  },
];

describe.each(KINDS)('a target that the models of a $kind bot name', ({ make }) => {
  test.each([
    { name: 'beyond a tick, where nobody tells bid and ask', spread: undefined, away: 0.5, is: 'enter' },
    { name: 'a tick away, where nobody tells bid and ask', spread: undefined, away: 0.25, is: 'hold' },
    { name: 'beyond the spread', spread: 2, away: 2.25, is: 'enter' },
    { name: 'at the other side of the spread', spread: 2, away: 2, is: 'hold' },
    { name: 'inside the spread', spread: 2, away: 0.5, is: 'hold' },
    { name: 'beyond a spread under a tick, but a tick away', spread: 0.1, away: 0.25, is: 'hold' },
    { name: 'beyond a spread of nothing', spread: 0, away: 0.5, is: 'enter' },
    { name: 'where bid and ask are crossed', spread: -3, away: 0.5, is: 'enter' },
  ])('$name: $is', async ({ spread, away, is }) => {
    for (const later of [0, 20_000]) {
      const at = (CANDLES.closeTimeAt(AT) + later) as EpochMs;
      const asked: number[] = [];
      const strategy = make(away, (moment) => {
        asked.push(moment);
        return spread;
      });
      strategy.observe(0, CANDLES.length);
      const price = CANDLES.close.values[AT]! + (later === 0 ? 0 : 1);
      const { kind, basis } = await (later === 0
        ? strategy.decide(AT, FLAT)
        : strategy.decideBetween(AT, FLAT, { at, price }));
      expect({ kind, asked }).toEqual({ kind: is, asked: [at] });
      const why =
        is === 'enter' ? [] : [expect.objectContaining({ why: expect.stringContaining('within the spread') })];
      expect(basis!.failures).toEqual(why);
    }
  });
});
