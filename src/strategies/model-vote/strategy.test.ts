import { describe, expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Decision, Held } from '#core/signals.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { modelBotOf } from '#tests/builders/bots.ts';
import { askingOf, WritingModels, type Written } from '#tests/builders/models.ts';
import { PastDecisions } from '../model-answers/past-decisions.ts';
import { modelVote } from './strategy.ts';

const CANDLES = generateCandles(120, 4);
const AT = 100;
const PRICE = CANDLES.close.values[AT]!;
const FLAT: Held = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 };
const MODELS = ['one', 'two', 'three'];

const vote = (recommendation: string, confidence: number, levels: object = {}) =>
  JSON.stringify({ recommendation, confidence, reasoning: 'because', trend: 'up', ...levels });

/** What a bot of these models makes of what each of them writes. */
function strategyOf(written: readonly Written[], file: object = {}) {
  const names = MODELS.slice(0, written.length);
  const bot = modelBotOf('model-vote', { models: names, ...file });
  const models = new WritingModels(({ model }) => written[names.indexOf(model)]!);
  const market = {
    botId: 'b' as BotId,
    symbol: 'BTC/USDT' as MarketSymbol,
    candles: CANDLES,
    tick: 0.01,
    decimals: 2,
    spreadAt: () => undefined,
  };
  const past = new PastDecisions();
  const strategy = modelVote(bot, market, askingOf(models), past);
  strategy.observe(0, CANDLES.length);
  return { strategy, models, past };
}

async function decide(written: readonly Written[], file: object = {}): Promise<Decision> {
  return strategyOf(written, file).strategy.decide(AT, FLAT);
}

describe('what answers come to', () => {
  test.each<{ name: string; written: readonly Written[]; file?: object; is: string; rule: string }>([
    {
      name: 'both buy',
      written: [vote('buy', 0.6), vote('buy', 0.7)],
      is: 'long',
      rule: '2 of 2 agree on buy with a confidence of 0.65',
    },
    { name: 'both sell, unsure', written: [vote('sell', 0.5), vote('sell', 0.6)], is: 'hold', rule: 'under 0.6' },
    { name: 'the surer one', written: [vote('buy', 0.8), vote('sell', 0.6)], is: 'long', rule: 'one is surer by 0.2' },
    { name: 'nearly as sure', written: [vote('buy', 0.8), vote('sell', 0.61)], is: 'hold', rule: 'leads by 0.19' },
    {
      name: 'the only answer',
      written: [vote('sell', 0.55), { failure: 'late' }],
      is: 'short',
      rule: 'the only answer is sure enough; 1 model gave no answer',
    },
    {
      name: 'a single one may not',
      written: [vote('sell', 0.9), 'no idea'],
      file: { alone: 'no-trade' },
      is: 'hold',
      rule: 'a single answer may not decide',
    },
    {
      name: 'no answer at all',
      written: [{ failure: 'unavailable' }, '{"a":'],
      is: 'hold',
      rule: 'no answer came that could be used',
    },
    {
      name: 'unanimity',
      written: [vote('buy', 0.9), vote('buy', 0.9), vote('hold', 0.1)],
      file: { vote: 'unanimous' },
      is: 'hold',
      rule: 'must all be the same',
    },
    {
      name: 'weights',
      written: [vote('buy', 0.94), vote('sell', 0.9)],
      file: { vote: 'weighted', models: [{ model: 'one', weight: 3 }, 'two'] },
      is: 'long',
      rule: 'buy scores 0.705',
    },
    {
      name: 'a model that is left alone',
      written: [vote('buy', 0.9), vote('buy', 0.9), { failure: 'resting' }],
      is: 'hold',
      rule: 'safe mode: it is told to fail; the others: majority vote: 2 of 2 agree',
    },
  ])('$name', async ({ written, file = {}, is, rule }) => {
    const decision = await decide(written, file);
    expect(decision.kind === 'enter' ? decision.direction : decision.kind).toBe(is);
    expect(decision.basis?.rule).toContain(rule);
    expect(decision.basis!.opinions.length + decision.basis!.failures.length).toBe(written.length);
  });
});

describe('levels', () => {
  const distances = async (written: readonly Written[], file: object = {}) => {
    const decision = await decide(written, file);
    if (decision.kind !== 'enter') throw new Error('It was to enter');
    return decision.brackets!;
  };

  test('are the tightest of those that agree; who does not agree has no say', async () => {
    const near = { stop: PRICE - 1, target: PRICE + 3 };
    const far = { stop: PRICE - 2, target: PRICE + 2 };
    const other = { stop: PRICE + 0.1, target: PRICE - 0.1 };
    const { stop, target } = await distances([vote('buy', 0.9, near), vote('buy', 0.9, far), vote('sell', 0.9, other)]);
    expect([stop, target]).toEqual([expect.closeTo(1, 9), expect.closeTo(2, 9)]);
  });

  test('stay where they were named for an entry that waits at a limit, and its distances count from there', async () => {
    const entryOrder = { limit: { offsetPercent: 1, timeoutCandles: 3 } };
    const named = await distances([vote('buy', 0.9, { stop: PRICE - 5, target: PRICE + 3 })], { entryOrder });
    const offset = PRICE / 100;
    expect([named.stop, named.target]).toEqual([expect.closeTo(5 - offset, 9), expect.closeTo(3 + offset, 9)]);
    const sold = await distances([vote('sell', 0.9, { stop: PRICE + 5 })], { entryOrder });
    expect(sold.stop).toBeCloseTo(5 - offset, 9);
  });

  test("are the bot's own where nobody names one", async () => {
    const own = await distances([vote('sell', 0.9)]);
    expect(own.stop).toBeGreaterThan(0);
    expect(own.target).toBeUndefined();
    const brackets = { stop: { percent: 1 }, target: { riskMultiple: 3 } };
    const { stop, target } = await distances([vote('sell', 0.9, { stop: PRICE + 2 })], { brackets });
    expect([stop, target]).toEqual([expect.closeTo(2, 9), expect.closeTo(6, 9)]);
  });
});

test('nobody is asked where nothing could come of it', () => {
  const { strategy, models } = strategyOf([vote('buy', 0.9)], {
    coolDownCandles: 5,
    onSame: 'ignore',
    onOpposite: 'ignore',
    maxTradeCandles: 20,
  });
  const why = (i: number, held: Partial<Held> = {}) =>
    (strategy.decide(i, { ...FLAT, ...held }) as Decision).reason.why;
  expect(why(10)).toContain('warming up');
  expect(why(AT, { lastExitIndex: AT - 5 })).toContain('cooling down');
  expect(why(AT, { direction: 'long', entryIndex: AT - 3 })).toContain('in position');
  expect(why(AT, { direction: 'long', entryIndex: AT - 19 })).toContain('lasted its most candles');
  expect(models.asked).toEqual([]);
});

describe('what is asked', () => {
  test('tells of the market up to the close, and of what was decided before', async () => {
    const { strategy, models, past } = strategyOf([vote('buy', 0.9), vote('sell', 0.9)]);
    await strategy.decide(AT, FLAT);
    await strategy.decide(AT + 1, { direction: 'short', entryIndex: AT, lastExitIndex: -1 });
    expect(models.asked.map(({ question }) => question.model)).toEqual(['one', 'two', 'one', 'two']);
    const [first, , later] = models.asked.map(({ question }) => question.user);
    expect(first).toContain('Symbol: BTC/USDT');
    expect(first).toContain(`price ${PRICE.toFixed(2)}`);
    expect(first).toMatch(/Fear & Greed: not known/);
    expect(first).toMatch(/Position: none/);
    expect(first).toMatch(/rsi\(14\): \d/);
    expect(later).toMatch(/Position: short, entered 2 candles ago/);
    expect(later).toMatch(/at [\d.]+: hold <<<majority vote: the answers differ/);
    expect(past.last).toHaveLength(2);
    // One line for each of the closed candles, and none of those to come.
    const lines = first!.split('\n').filter((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d [\d.]+ /.test(line));
    expect(lines).toHaveLength(AT + 1);
    expect(lines.at(-1)).toContain(` ${PRICE.toFixed(2)} `);
    expect(first).not.toMatch(/\{\{|undefined|NaN/);
  });

  test('between closes it tells of the last price and the time', async () => {
    const { strategy, models } = strategyOf([vote('buy', 0.9, { stop: PRICE - 3 })]);
    const at = CANDLES.closeTimeAt(AT) + 20_000;
    const decision = await strategy.decideBetween(AT, FLAT, { at: at as never, price: PRICE + 1 });
    expect(models.asked[0]!.asker.occasion).toBe(at);
    expect(models.asked[0]!.question.facts.price).toBe(PRICE + 1);
    expect(decision).toMatchObject({ kind: 'enter', brackets: { stop: expect.closeTo(4, 9) } });
  });
});
