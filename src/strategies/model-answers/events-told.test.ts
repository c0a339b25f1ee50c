import { expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketEvent } from '#core/events/market-events.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Held, Strategy } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import { modelBotOf } from '#tests/builders/bots.ts';
import { candlesOf, type Ohlc } from '#tests/builders/candles.ts';
import { askingOf, UNDRAWN, WritingModels } from '#tests/builders/models.ts';
import { chartVision } from '../chart-vision/strategy.ts';
import { modelVote } from '../model-vote/strategy.ts';
import { PastDecisions } from './past-decisions.ts';

const FLAT: Held = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 };
const CRASH = 120;
const COUNT = 400;
/** Swings by 0.2 %, falls once by 3 % with much volume, and swings again. */
const CANDLES = candlesOf(
  Array.from({ length: COUNT }, (_, k): Ohlc => {
    const [low, high] = k < CRASH ? [100, 100.2] : [97, 97.2];
    if (k === CRASH) return [100.2, 100.2, 97.2, 97.2, 100];
    return k % 2 === 0 ? [low, high, low, high, 10] : [high, high, low, low, 10];
  }),
);
const MARKET = {
  botId: 'b' as BotId,
  symbol: 'BTC/USDT' as MarketSymbol,
  candles: CANDLES,
  tick: 0.01,
  decimals: 2,
  spreadAt: () => undefined,
};
const PROMPT = { name: 'events', version: 1, system: 'Decide.', user: '{{events}}' };
const FILE = { prompt: PROMPT, warmupCandles: 1, indicators: [] };

const models = new WritingModels(() => '{}');
const KINDS: readonly { readonly kind: string; readonly make: () => Strategy }[] = [
  {
    kind: 'model-vote',
    make: () =>
      modelVote(modelBotOf('model-vote', { ...FILE, models: ['one'] }), MARKET, askingOf(models), new PastDecisions()),
  },
  {
    kind: 'chart-vision',
    make: () =>
      chartVision(
        modelBotOf('chart-vision', { ...FILE, model: 'one' }),
        MARKET,
        askingOf(models),
        UNDRAWN,
        new PastDecisions(),
      ),
  },
];

/** What a bot's models are told when candle `i` was the last that closed, `later` ms ago. */
async function toldAt(strategy: Strategy, i: number, later = 0, called?: MarketEvent[]): Promise<string> {
  models.asked.length = 0;
  const at = (CANDLES.closeTimeAt(i) + later) as EpochMs;
  const moment = { at, price: 97, events: called?.map((event) => ({ ...event, at })) };
  await (later === 0 ? strategy.decide(i, FLAT) : strategy.decideBetween(i, FLAT, moment));
  return models.asked[0]!.question.user;
}

const FALL = 'flash move, -2.80 % in 1 candle, 14.0 ATR(14)';
const VOLUME = 'volume spike, 10.0 times the median of the 96 candles before';

test.each(KINDS)('a bot of the kind $kind is told of what happened, and never of what comes', async ({ make }) => {
  const strategy = make();
  // As a replay does: what is read of a block is computed ahead.
  strategy.observe(0, COUNT);
  expect(await toldAt(strategy, 60)).toBe('not known: too few candles have closed');
  expect(await toldAt(strategy, CRASH - 1)).toBe('none in the last 120 candles');
  expect(await toldAt(strategy, CRASH)).toBe(
    `1970-01-05 02:01, just now: ${FALL}\n1970-01-05 02:01, just now: ${VOLUME}`,
  );
  expect(await toldAt(strategy, CRASH, 60_000)).toContain('1 min ago');
  expect(await toldAt(strategy, CRASH + 75)).toBe(
    `1970-01-05 02:01, 1 h 15 min ago: ${FALL}\n1970-01-05 02:01, 1 h 15 min ago: ${VOLUME}`,
  );
  // What it is called at is the newest.
  const called: MarketEvent = { kind: 'flash-move', at: 0 as EpochMs, change: 0.012, atrs: 4.4 };
  expect(await toldAt(strategy, CRASH + 1, 30_000, [called])).toBe(
    `1970-01-05 02:01, 1 min ago: ${FALL}\n1970-01-05 02:01, 1 min ago: ${VOLUME}\n` +
      '1970-01-05 02:02, just now: flash move, +1.20 % in 1 candle, 4.4 ATR(14)',
  );
  // As far back as the candles that are told.
  expect(await toldAt(strategy, CRASH + 199)).toContain('3 h 19 min ago');
  expect(await toldAt(strategy, CRASH + 200)).toBe('none in the last 200 candles');
});
