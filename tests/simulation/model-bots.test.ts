import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { RecordedModels } from '#adapters/models/recorded-models.ts';
import { StoreRecordings } from '#adapters/models/store-recordings.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { QuoteTape } from '#core/matching/tape.ts';
import { formatDecimal } from '#core/money.ts';
import type { Basis } from '#core/opinions.ts';
import { promptNameOf } from '#core/prompts.ts';
import { REASONS } from '#core/signals.ts';
import type { ModelQuestion } from '#ports/models.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { PAPER_FEES, runBacktest } from '#server/compose.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf, modelBotOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { askingOf, WritingModels, type Written } from '#tests/builders/models.ts';
import { compose, dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const TICK = 0.25;
/** About 1.5 of 30,000. */
const OFFSET_PERCENT = 0.005;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const FILE = { symbols: SYMBOLS, capital: 100_000, sizing: { percentOfCapital: 20 }, warmupCandles: 50 };
const VOTE = modelBotOf('model-vote', { ...FILE, name: 'vote', models: ['one', 'two'] });
const VISION = modelBotOf('chart-vision', { ...FILE, name: 'vision', model: 'seer', chart: { candles: 30 } });
/** One whose entries wait: they are taken back, followed by others, and some are filled. */
const WAITING = modelBotOf('model-vote', {
  ...{ ...FILE, name: 'waiting', models: ['one', 'two'] },
  entryOrder: { limit: { offsetPercent: OFFSET_PERCENT, timeoutCandles: 3 } },
});
const FOLLOWING = modelBotOf('chart-vision', {
  ...{ ...FILE, name: 'following', model: 'seer', chart: { candles: 30 } },
  brackets: { stop: { percent: 2 }, anchor: 'fill' },
  entryOrder: { limit: { offsetPercent: OFFSET_PERCENT, timeoutCandles: 4, reprice: 'follow', postOnly: true } },
});

function market(count = 110): ReplayMarket {
  const recordings = SYMBOLS.map((symbol, k) => ({
    instrument: instrumentOf({ symbol, tick: String(TICK), lot: '0.001' }),
    candles: generateCandles(count, 20 + k),
  }));
  return new ReplayMarket('replay:two', recordings);
}

/** An opinion that follows from the figures alone: mostly with the last move, sometimes useless. */
function write({ facts, model, schema }: ModelQuestion): Written {
  const { price = 0, emaFast = 0, emaSlow = 0, rsi = 50 } = facts;
  const turn = Math.floor(rsi * 7 + model.length) % 7;
  if (turn === 0) return { failure: 'late' };
  if (turn === 1) return 'I would rather not say.';
  const recommendation = turn === 2 ? 'hold' : emaFast > emaSlow ? 'buy' : 'sell';
  const sign = recommendation === 'buy' ? 1 : -1;
  const levels = { stop: price - sign * 4, target: price + sign * 9 };
  const words =
    schema.name === 'vote'
      ? { confidence: 0.8, reasoning: 'so' }
      : { setup_quality: 0.8, market_environment: 0.8, summary: 'so' };
  return JSON.stringify({ recommendation, ...levels, ...words, trend: 'up', risk_reward: 9 });
}

/** Models whose answers are kept in the store, as a running engine has them. */
function recordedIn(store: Store, models: WritingModels) {
  const recorded = new RecordedModels(
    models,
    new StoreRecordings(store),
    'same-occasion',
    new VirtualClock(0 as never, 1),
  );
  return askingOf(recorded);
}

async function runOn(store: Store, bot: Bot, models = new WritingModels(write)): Promise<WritingModels> {
  await runToEnd(store, market(), bot, {}, undefined, recordedIn(store, models));
  return models;
}

describe.each([VOTE, VISION, WAITING, FOLLOWING])('a bot of the kind $kind, $name', (bot) => {
  test('stores an opinion of each model for each close, and the decision over them, also to hold', async () => {
    const store = new MemoryStore();
    const { asked } = await runOn(store, bot);
    const { analyses, decisions, trades, cycles } = await everythingIn(store);
    expect(analyses.length).toBe(asked.length);
    expect(new Set(analyses.map(({ id }) => id)).size).toBe(analyses.length);
    expect(new Set(analyses.map(({ failure }) => failure))).toEqual(new Set([null, 'late', 'unparseable']));
    for (const { failure, recommendation, confidence, why, rawAnswer } of analyses) {
      expect(why).not.toBeNull();
      if (failure === null) expect(confidence).toBeGreaterThan(0);
      else expect([recommendation, confidence]).toEqual(['hold', null]);
      if (failure !== 'late') expect(rawAnswer).not.toBeNull();
    }
    if (bot.kind === 'chart-vision') for (const { imageHash } of analyses) expect(imageHash).toMatch(/^[0-9a-f]{64}$/);
    const promptName = promptNameOf(bot.prompt);
    const ofModels = decisions.filter(({ input }) => JSON.parse(input).basis !== undefined);
    expect(ofModels.length).toBe(new Set(asked.map(({ asker }) => `${asker.symbol} ${asker.occasion}`)).size);
    expect(new Set(ofModels.map(({ final }) => final))).toEqual(new Set(['hold', 'enter-long', 'enter-short']));
    for (const decision of decisions) expect(decision.promptName).toBe(promptName);
    expect(trades.length).toBeGreaterThan(4);
    for (const trade of trades) expect(trade.promptName).toBe(promptName);
    const held = ofModels.find(({ final }) => final === 'hold')!;
    expect(held).toMatchObject({ executed: false, why: expect.stringMatching(/vote|model|answer/) });
    expect(JSON.parse(held.input)).toMatchObject({
      basis: { promptName, recommendation: 'hold', opinions: expect.any(Array), failures: expect.any(Array) },
      indicators: { 'rsi(14)': expect.any(Number) },
    });
    expect(cycles.map(({ result }) => result)).toContain('held');
  });

  test('trades on paper what it trades in a backtest', async () => {
    const series = SYMBOLS.map((symbol) => market().open(symbol as MarketSymbol, '1m')!);
    const asking = askingOf(new WritingModels(write));
    const { runs } = await runBacktest({ bot, series, fees: PAPER_FEES, asking });
    const expected = runs.flatMap(({ grid, book: { fills }, owner: { symbol } }) =>
      Array.from({ length: fills.length }, (_, k) => ({
        symbol,
        executedAt: fills.at(k),
        side: fills.quantity(k) > 0 ? 'buy' : 'sell',
        quantity: formatDecimal(grid.exactQuantity(Math.abs(fills.quantity(k)) as GridQuantity)),
        price: formatDecimal(grid.exactPrice(fills.price(k))),
        liquidity: fills.liquidity(k),
      })),
    );
    const store = new MemoryStore();
    await runOn(store, bot);
    const { fills } = await everythingIn(store);
    const told = fills.map(({ symbol, executedAt, side, quantity, price, liquidity }) => ({
      ...{ symbol, executedAt, side, quantity, price, liquidity },
    }));
    const bySymbol = SYMBOLS.flatMap((symbol) => told.filter((fill) => fill.symbol === symbol));
    expect(bySymbol).toEqual(expected);
    expect(expected.length).toBeGreaterThan(8);
    const made = runs.flatMap(({ book: { fills } }) =>
      Array.from({ length: fills.length }, (_, k) => fills.leg(k) === 'entry' && fills.liquidity(k) === 'maker'),
    );
    expect(made.includes(true)).toBe(bot.entryOrder !== undefined);
  });

  test('killed after any commit it goes on as if nothing had happened, and asks nothing that was answered', {
    timeout: 240_000,
  }, async () => {
    const calm = new MemoryStore();
    let commits = 0;
    const counting = new Proxy(calm, {
      get(target, name) {
        if (name === 'commit') commits += 1;
        return Reflect.get(target, name).bind(target);
      },
    });
    await runOn(counting, bot);
    const expected = await everythingIn(calm);
    for (let killedAfter = 1; killedAfter < commits; killedAfter += 11) {
      const store = new MemoryStore();
      const kept = new Set<string>();
      const first = new WritingModels(write);
      const watched = keeping(store, kept);
      await expect(runOn(dyingStore(watched, killedAfter), bot, first)).rejects.toThrow('killed');
      const second = await runOn(store, bot);
      expect(await everythingIn(store), `killed after commit ${killedAfter} of ${commits}`).toEqual(expected);
      const again = second.asked
        .map(({ question, asker }) => keyOf(asker, question.model))
        .filter((key) => kept.has(key));
      expect(again).toEqual([]);
    }
  });
});

function keyOf(asker: { readonly symbol: string; readonly occasion: number }, model: string): string {
  return `${asker.symbol} ${asker.occasion} ${model}`;
}

/** A store that tells which questions it has kept. */
function keeping(store: Store, kept: Set<string>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        const committed = await target.commit(changes);
        for (const row of changes.add.questions) kept.add(keyOf(row, row.model));
        return committed;
      };
    },
  });
}

test('entries that wait have the levels that models named, from the limit, and the rest is taken back', async () => {
  const store = new MemoryStore();
  await runOn(store, WAITING);
  const { orders, decisions } = await everythingIn(store);
  const entries = orders.filter(({ leg }) => leg === 'entry');
  expect(new Set(entries.map(({ type }) => type))).toEqual(new Set(['limit']));
  expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['filled', 'canceled', 'open']));
  expect(entries.map(({ why }) => why)).toContain(REASONS.entryTimedOut.why);
  for (const { symbol, occasion, price, side, state } of entries) {
    const isOfEntry = (row: { readonly symbol: string; readonly occasion: number }) =>
      row.symbol === symbol && row.occasion === occasion;
    const { close, basis } = JSON.parse(decisions.find(isOfEntry)!.input);
    const away = side === 'buy' ? 1 : -1;
    expect(away * (close - Number(price))).toBeGreaterThanOrEqual((close * OFFSET_PERCENT) / 100);
    expect(away * (close - Number(price))).toBeLessThan((close * OFFSET_PERCENT) / 100 + TICK);
    if (state !== 'filled') continue;
    const said = (basis as Basis).opinions.find(({ recommendation }) => recommendation === side)!;
    const levelOf = (leg: string) => Number(orders.find((row) => row.leg === leg && isOfEntry(row))!.price);
    expect(levelOf('stop')).toBe(said.stop);
    // Levels lie on the tick, never farther from the entry than asked.
    expect(away * (said.target! - levelOf('target'))).toBeGreaterThanOrEqual(0);
    expect(away * (said.target! - levelOf('target'))).toBeLessThanOrEqual(TICK);
  }
});

test('what is asked while an addition waits is kept with what was answered', async () => {
  const store = new MemoryStore();
  const buying = new WritingModels(() => JSON.stringify({ recommendation: 'buy', confidence: 0.9, reasoning: 'so' }));
  await runOn(store, WAITING, buying);
  const { analyses, decisions, cycles } = await everythingIn(store);
  expect(analyses.length).toBe(buying.asked.length);
  const pending = decisions.filter(({ why }) => why.startsWith(REASONS.orderPending.why));
  expect(pending.length).toBeGreaterThan(3);
  for (const { symbol, occasion, final, executed, why, input } of pending) {
    expect([final, executed]).toEqual(['hold', false]);
    expect(why).toContain('2 of 2 agree on buy');
    expect(JSON.parse(input).position).toBe('long');
    const cycle = cycles.find((row) => row.symbol === symbol && row.occasion === occasion)!;
    expect([cycle.result, cycle.why]).toEqual(['skipped', REASONS.orderPending.why]);
  }
});

test('bots wait for their own models alone, and a spent budget leaves exits to the stops', async () => {
  const store = new MemoryStore();
  const failing = new WritingModels(({ facts }) => (facts.rsi! > 50 ? { failure: 'over-budget' } : '{}'));
  const composed = await compose(
    store,
    market(),
    [VOTE, VISION],
    undefined,
    undefined,
    {},
    undefined,
    undefined,
    recordedIn(store, failing),
  );
  await composed.run();
  const { fills, analyses } = await everythingIn(store);
  expect(fills).toEqual([]);
  expect(new Set(analyses.map(({ failure }) => failure))).toEqual(new Set(['over-budget', 'unusable']));
});

/** Quotes that are wide for two minutes of three: a row for each candle of a symbol. */
function quotesOf(candles: Candles): QuoteTape {
  const quotes = new QuoteTape();
  for (let i = 0; i < candles.length; i++) {
    const { openTime, open, high, low, close, volume: size } = candles.at(i);
    const half = i % 3 === 0 ? TICK : 6;
    const side = (by: number) => ({ open: open + by, high: high + by, low: low + by, close: close + by, size });
    quotes.append({ openTime, bid: side(-half), ask: side(half) });
  }
  quotes.rowMs = 60_000;
  return quotes;
}

test('no target inside the spread between bid and ask is taken, in a backtest and on paper alike', async () => {
  const candles = generateCandles(110, 20);
  const instrument = instrumentOf({ symbol: 'BTC/USDT', tick: String(TICK), lot: '0.001' });
  const bot = modelBotOf('model-vote', { ...FILE, name: 'near', symbols: ['BTC/USDT'], models: ['one', 'two'] });
  // Its targets lie 9 from the price: beyond the narrow spread, within the wide one.
  const models = () => new WritingModels((question) => write({ ...question, facts: { ...question.facts, rsi: 50 } }));
  const quoted = () => new ReplayMarket('replay:quotes', [{ instrument, candles, inside: quotesOf(candles) }]);
  const series = [quoted().open('BTC/USDT' as MarketSymbol, '1m')!];
  const { runs } = await runBacktest({ bot, series, fees: PAPER_FEES, asking: askingOf(models()) });
  const { fills: tested } = runs[0]!.book;
  const store = new MemoryStore();
  await runToEnd(store, quoted(), bot, {}, undefined, recordedIn(store, models()));
  const { analyses, fills, cycles } = await everythingIn(store);
  expect(fills.map(({ executedAt }) => executedAt)).toEqual(
    Array.from({ length: tested.length }, (_, k) => tested.at(k)),
  );
  const isNarrow = (occasion: number) => Math.round((occasion - candles.openTimeAt(0)) / 60_000 - 1) % 3 === 0;
  const [narrow, wide] = [true, false].map((is) => analyses.filter(({ occasion }) => isNarrow(occasion) === is));
  expect(new Set(narrow!.map(({ failure }) => failure))).toEqual(new Set([null]));
  expect(new Set(wide!.map(({ failure }) => failure))).toEqual(new Set(['contradictory']));
  for (const { why } of wide!) expect(why).toMatch(/within the spread/);
  const entered = cycles.filter(({ result }) => result === 'entered');
  expect(entered.length).toBeGreaterThan(0);
  for (const { occasion } of entered) expect(isNarrow(occasion)).toBe(true);
});

test('a bot does not wait for the models of another one', async () => {
  const { promise: traded, resolve } = Promise.withResolvers<void>();
  const inner = new MemoryStore();
  const store = new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        if (changes.put.orders.some(({ botId }) => botId.startsWith('rules'))) resolve();
        return target.commit(changes);
      };
    },
  });
  const rules = botOf({
    name: 'rules',
    entry: { long: ['close', '>', 0] },
    brackets: { stop: { percent: 1 } },
    warmupCandles: 50,
  });
  const slow = new WritingModels(() => '{}');
  // The first answer comes once the other bot has traded: it must not be waiting for it.
  const models = { ask: async (...asked: Parameters<WritingModels['ask']>) => traded.then(() => slow.ask(...asked)) };
  const bots = [VOTE, rules];
  await (await compose(store, market(), bots, undefined, undefined, {}, undefined, undefined, askingOf(models))).run();
  expect(slow.asked.length).toBeGreaterThan(50);
});
