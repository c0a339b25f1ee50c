import { beforeEach, describe, expect, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelQuestion, Models, ModelUsage } from '#ports/models.ts';
import { VirtualClock } from '../clock/virtual.ts';
import { BudgetedModels, type ModelBudget } from './budgeted-models.ts';
import type { ModelPrices } from './prices.ts';
import { questionId } from './question.ts';
import { Spending } from './spending.ts';

const START = epochMs(1_700_000_000_000);
const DAY_MS = 86_400_000;
const never = new AbortController().signal;
const NONE: ModelBudget = { botUsdPerDay: undefined, totalUsdPerDay: undefined };
const WITHOUT_USAGE = 'nothing came';

interface Underway {
  readonly model: string;
  /** Answers it, at what cost in US dollars; undefined is one that nobody knows. */
  readonly answer: (costUsd: number | undefined | typeof WITHOUT_USAGE) => Promise<void>;
}

/** Models whose answers come when they are told to. */
class Waiting implements Models {
  readonly underway: Underway[] = [];

  ask(question: ModelQuestion): Promise<ModelAnswer> {
    const { promise, resolve } = Promise.withResolvers<ModelAnswer>();
    const id = questionId(question);
    const { model } = question;
    const answer = async (costUsd: number | undefined | typeof WITHOUT_USAGE) => {
      const common = { id, latencyMs: 5, isRecorded: false };
      if (costUsd === WITHOUT_USAGE) {
        const nothing = { raw: undefined, usage: undefined };
        resolve({ ...common, ...nothing, kind: 'failed', failure: 'unavailable', why: 'it is told to' });
      } else {
        const usage: ModelUsage = { promptTokens: 100, completionTokens: 10, costUsd };
        resolve({ ...common, kind: 'answered', value: {}, raw: '{}', model, usage });
      }
      await settled();
    };
    this.underway.push({ model, answer });
    return promise;
  }
}

/** All that waits for nothing but each other is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

let clock: VirtualClock;
let waiting: Waiting;
let spending: Spending;
/** What is recorded to have been spent before, by bots. */
let before: Record<string, number>;
const recorded = {
  spentUsd: async (since: EpochMs, botId: BotId | undefined) => {
    if (since > START) return 0;
    return botId === undefined ? Object.values(before).reduce((sum, usd) => sum + usd, 0) : (before[botId] ?? 0);
  },
};

function opened(prices: ModelPrices = {}): void {
  spending = new Spending(recorded, prices, clock);
}

beforeEach(() => {
  clock = new VirtualClock(START, 1);
  waiting = new Waiting();
  before = {};
  opened();
});

const failures: string[] = [];
beforeEach(() => void failures.splice(0));

/** Asks, and notes why not when it is refused. @returns How many questions are on their way, or were, by then. */
async function ask(budget: Partial<ModelBudget>, model = 'a', botId = 'bot'): Promise<number> {
  const asker: Asker = {
    ...{ botId: botId as BotId, symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h', occasion: START },
  };
  const question: ModelQuestion = {
    ...{ model, promptName: 'vote/1', system: 'x'.repeat(500), user: 'x'.repeat(500), facts: {}, images: [] },
    ...{ schema: { name: 'vote', json: { type: 'object' } }, parameters: { maxTokens: 1000 } },
  };
  const models = new BudgetedModels(waiting, { ...NONE, ...budget }, spending);
  void models.ask(question, asker, never).then((answer) => {
    if (answer.kind === 'failed' && answer.failure === 'over-budget') failures.push(answer.why);
  });
  await settled();
  return waiting.underway.length;
}

const answerLast = (costUsd: number | undefined | typeof WITHOUT_USAGE) => waiting.underway.at(-1)!.answer(costUsd);

describe('a budget', () => {
  test('stops a bot that has spent its day, and lets it ask on the next', async () => {
    const budget = { botUsdPerDay: 0.02 };
    expect(await ask(budget)).toBe(1);
    await answerLast(0.01);
    expect(await ask(budget)).toBe(2);
    await answerLast(0.01);
    expect(await ask(budget)).toBe(2);
    expect(failures).toEqual(["the bot's budget of 0.02 USD for today is spent (0.0200 USD)"]);
    expect(await ask(budget, 'a', 'other')).toBe(3);
    await clock.run(epochMs(START + DAY_MS));
    expect(await ask(budget)).toBe(4);
  });

  test('counts what was spent before the program began', async () => {
    before = { bot: 0.02, other: 0.005 };
    expect(await ask({ botUsdPerDay: 0.02 })).toBe(0);
    expect(await ask({ botUsdPerDay: 0.02 }, 'a', 'other')).toBe(1);
    await answerLast(0.015);
    expect(await ask({ botUsdPerDay: 0.02 }, 'a', 'other')).toBe(1);
    expect(await ask({ totalUsdPerDay: 0.04 }, 'a', 'third')).toBe(1);
    expect(failures.at(-1)).toBe('the budget of 0.04 USD for all bots today is spent (0.0400 USD)');
  });

  test('of all bots together', async () => {
    const budget = { totalUsdPerDay: 0.01 };
    expect(await ask(budget)).toBe(1);
    await answerLast(0.01);
    expect(await ask(budget, 'a', 'other')).toBe(1);
    expect(failures).toEqual(['the budget of 0.01 USD for all bots today is spent (0.0100 USD)']);
  });

  test.each([
    { name: 'of a bot', budget: { botUsdPerDay: 5 }, asked: 1 },
    { name: 'of all bots', budget: { totalUsdPerDay: 5 }, asked: 1 },
    { name: 'that nobody set', budget: {}, asked: 2 },
  ])('$name asks once what costs nobody knows how much', async ({ budget, asked }) => {
    await ask(budget);
    await answerLast(undefined);
    expect(await ask(budget)).toBe(asked);
    if (asked === 1) expect(failures[0]).toContain('give its price in MODELS_FILE');
  });
});

describe('questions on their way', () => {
  // 400 tokens of the prompt and 500 of an answer: 0.01 USD.
  const PRICES = { a: { promptUsd: 12.5, completionUsd: 10, since: '2026-11-20' } };

  test.each([
    { name: 'of a bot', budget: { botUsdPerDay: 0.03 }, bots: ['bot', 'bot', 'bot', 'bot', 'bot'] },
    { name: 'of all bots', budget: { totalUsdPerDay: 0.03 }, bots: ['one', 'two', 'three', 'four', 'five'] },
  ])('count in the budget $name at what the price table makes of them', async ({ budget, bots }) => {
    opened(PRICES);
    await Promise.all(bots.map((bot) => ask(budget, 'a', bot)));
    expect(waiting.underway).toHaveLength(3);
    expect(failures).toHaveLength(2);
    expect(failures[0]).toMatch(
      /of 0.03 USD for .*today is taken by questions on their way \(0.0000 USD are spent, and they may cost 0.0300 USD\)$/,
    );
  });

  test('count at what the last answer of their model cost, and from then on at what they cost themselves', async () => {
    opened(PRICES);
    const budget = { botUsdPerDay: 0.1 };
    await ask(budget);
    await answerLast(0.04);
    // Not 0.01, as the table says.
    await Promise.all([ask(budget), ask(budget), ask(budget)]);
    expect(waiting.underway).toHaveLength(3);
    await waiting.underway[1]!.answer(0.001);
    // 0.041 are spent, and 0.04 are on their way.
    expect(await ask(budget)).toBe(4);
    await waiting.underway[2]!.answer(0.05);
    // 0.091 are spent, and the one on its way may cost 0.001, as was expected when it went out; the next one 0.05.
    expect(await ask(budget)).toBe(5);
    expect(await ask(budget)).toBe(5);
    expect(failures.at(-1)).toMatch(/on their way \(0.0910 USD are spent, and they may cost 0.0510 USD\)$/);
  });

  test('of which nothing comes cost nothing', async () => {
    opened(PRICES);
    const budget = { botUsdPerDay: 0.01 };
    expect(await ask(budget)).toBe(1);
    expect(await ask(budget)).toBe(1);
    await answerLast(WITHOUT_USAGE);
    expect(await ask(budget)).toBe(2);
  });

  test('of a bot are no matter to the budget of another', async () => {
    opened(PRICES);
    const budget = { botUsdPerDay: 0.01 };
    expect(await ask(budget, 'a', 'one')).toBe(1);
    expect(await ask(budget, 'a', 'two')).toBe(2);
  });

  test('when the day ends count for the day on which they went out', async () => {
    opened(PRICES);
    const budget = { botUsdPerDay: 0.01 };
    expect(await ask(budget)).toBe(1);
    await clock.run(epochMs(START + DAY_MS));
    expect(await ask(budget)).toBe(2);
    await waiting.underway[0]!.answer(5);
    await waiting.underway[1]!.answer(0.001);
    expect(await ask(budget)).toBe(3);
  });
});
