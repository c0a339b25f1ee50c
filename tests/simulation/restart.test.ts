import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { candleTape } from '#core/matching/tape.ts';
import { Resampled } from '#core/resample.ts';
import type { EpochMs } from '#core/time.ts';
import type { Store } from '#ports/store.ts';
import type { PaperMarket } from '#server/markets/markets.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { stormyCandles } from '#tests/builders/stormy-candles.ts';
import { compose, dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const CANDLES = generateCandles(600, 12);
const RULES = {
  entry: { long: ['sma(3)', '>', 'sma(8)'], short: ['sma(3)', '<', 'sma(8)'] },
  brackets: { stop: { atrMultiple: 2, period: 5 }, target: { riskMultiple: 2 } },
};
const CROSS = botOf(RULES);
const WINDOW = { start: '12:00', end: '15:00', zone: 'America/New_York', flattenAtEnd: true };
const AFTERNOON = botOf({ ...RULES, timeframe: '5m', tradingWindow: WINDOW });
/** Three sessions, of which the second ends at 13:00. */
const STOCKS = stockCandles('2025-07-02', '2025-07-08', '5m', (k) => {
  const { open, high, low, close, volume } = CANDLES.at(k);
  return [open, high, low, close, volume];
});

const THREE = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
/** Signals at most boundaries of three symbols for two slots, some to the other side of what is open. */
const CROWDED = {
  ...RULES,
  symbols: THREE,
  maxConcurrentTrades: 2,
  entry: { long: ['sma(3)', 'crosses-above', 'sma(8)'], short: ['sma(3)', 'crosses-below', 'sma(8)'] },
  brackets: { stop: { atrMultiple: 3, period: 5 }, target: { percent: 1 } },
  sizing: { quantity: 20, maxNotional: 300_000 },
  filter: { maxRiskPercent: 0.2, maxStopPercent: 1, repeatAfterCandles: 4 },
};

function replayOf(candles: Candles): PaperMarket {
  return new ReplayMarket('replay:generated', [{ instrument: instrumentOf({ tick: '0.25', lot: '0.001' }), candles }]);
}

/** Rules on the price between the closes of five-minute candles. */
const BETWEEN = {
  timeframe: '5m',
  entry: { long: ['price', '>', 'sma(3)'], short: ['price', '<', 'sma(3)'] },
  exit: { long: ['price', '<', 'sma(5)'], short: ['price', '>', 'sma(5)'] },
  brackets: { stop: { atrMultiple: 1, period: 3 }, target: { percent: 0.3 } },
};

function replayWithInside(symbols: readonly string[], minutes: number, generate = generateCandles): PaperMarket {
  const recordings = symbols.map((symbol, k) => {
    const fine = generate(minutes, 20 + k);
    const coarse = new Resampled(fine, '5m');
    for (let i = 0; i < fine.length; i++) coarse.take(i);
    const instrument = instrumentOf({ symbol, tick: '0.25', lot: '0.001' });
    return { instrument, candles: coarse.candles, inside: candleTape(fine) };
  });
  return new ReplayMarket('replay:inside', recordings);
}

function replayOfThree(count: number): PaperMarket {
  const recordings = THREE.map((symbol, k) => ({
    instrument: instrumentOf({ symbol, tick: '0.25', lot: '0.001' }),
    candles: generateCandles(count, 20 + k),
  }));
  return new ReplayMarket('replay:three', recordings);
}

describe('a restart', () => {
  test.each([
    { name: 'one symbol', bot: CROSS, market: () => replayOf(generateCandles(150, 12)), fills: 15 },
    ...(['close', 'reverse', 'ignore'] as const).map((onOpposite) => ({
      name: `three symbols for two slots, on an opposite signal: ${onOpposite}`,
      bot: botOf({ ...CROWDED, onOpposite }),
      market: () => replayOfThree(110),
      fills: 6,
    })),
    {
      name: 'parts of the volume, slippage and latency',
      bot: botOf({
        ...RULES,
        sizing: { quantity: 5 },
        execution: { volumeShare: 0.02, slippage: { coefficient: 1 }, latencyMs: 90_000 },
      }),
      market: () => replayOf(generateCandles(120, 12)),
      fills: 20,
    },
    {
      name: 'a trailing stop',
      bot: botOf({
        ...RULES,
        brackets: { ...RULES.brackets, trail: { percent: 0.1, activateAfterPercent: 0.05 }, anchor: 'fill' },
      }),
      market: () => replayOf(generateCandles(200, 12)),
      fills: 20,
    },
    {
      name: 'a target that comes nearer with time',
      bot: botOf({ ...RULES, brackets: { stop: { percent: 1 }, roi: { 0: 0.2, 3: 0.1, 7: 0.03, 12: 0 } } }),
      market: () => replayOf(generateCandles(200, 12)),
      fills: 20,
    },
    {
      name: 'three symbols, stacked, with targets that come nearer',
      bot: botOf({
        ...CROWDED,
        entry: RULES.entry,
        onSame: 'stack',
        brackets: { ...CROWDED.brackets, roi: { 0: 0.5, 2: 0.2, 9: 0.05 } },
      }),
      market: () => replayOfThree(100),
      fills: 30,
    },
    {
      name: 'limit entries that follow, stacked, with a trail and a table',
      bot: botOf({
        ...RULES,
        brackets: { ...RULES.brackets, anchor: 'fill', roi: { 0: 0.5, 5: 0.05 }, trail: { percent: 0.2 } },
        entryOrder: { limit: { offsetPercent: 0.02, timeoutCandles: 2, reprice: 'follow' } },
        onSame: 'stack',
      }),
      market: () => replayOf(generateCandles(180, 12)),
      fills: 20,
    },
    {
      name: 'limit entries, three symbols for two slots',
      bot: botOf({
        ...CROWDED,
        entry: RULES.entry,
        entryOrder: { limit: { offsetPercent: 0.03, timeoutCandles: 3, postOnly: true } },
      }),
      market: () => replayOfThree(120),
      fills: 10,
    },
    {
      name: 'limit entries to stocks, with a trading window',
      bot: botOf({
        ...RULES,
        ...{ timeframe: '5m', onOpposite: 'reverse', tradingWindow: WINDOW },
        entryOrder: { limit: { offsetPercent: 0.02, timeoutCandles: 20 } },
      }),
      market: () => replayOf(STOCKS),
      fills: 10,
    },
    {
      name: 'stocks that reverse, with a trading window',
      bot: botOf({ ...RULES, timeframe: '5m', onOpposite: 'reverse', tradingWindow: WINDOW }),
      market: () => replayOf(STOCKS),
      fills: 6,
    },
    { name: 'stocks, with a trading window', bot: AFTERNOON, market: () => replayOf(STOCKS), fills: 6 },
    {
      name: 'between closes, with finer candles inside',
      bot: botOf({ ...BETWEEN, onOpposite: 'reverse', tradingFrequency: 60 }),
      market: () => replayWithInside(['BTC/USDT'], 190),
      fills: 15,
    },
    {
      name: 'between closes at moments of its own, three symbols for two slots, stacked',
      bot: botOf({
        ...BETWEEN,
        symbols: THREE,
        maxConcurrentTrades: 2,
        onSame: 'stack',
        tradingFrequency: 120,
        filter: { repeatAfterCandles: 1 },
      }),
      market: () => replayWithInside(THREE, 130),
      fills: 15,
    },
    {
      name: 'between closes, with limit entries that follow, a trail and a table',
      bot: botOf({
        ...BETWEEN,
        tradingFrequency: 120,
        brackets: { ...BETWEEN.brackets, anchor: 'fill', roi: { 0: 0.5, 5: 0.05 }, trail: { percent: 0.2 } },
        entryOrder: { limit: { offsetPercent: 0.01, timeoutCandles: 2, reprice: 'follow' } },
      }),
      market: () => replayWithInside(['BTC/USDT'], 250),
      fills: 10,
    },
    {
      name: 'between closes, with parts of the volume and latency',
      bot: botOf({
        ...BETWEEN,
        tradingFrequency: 60,
        sizing: { quantity: 5 },
        execution: { volumeShare: 0.05, latencyMs: 90_000 },
      }),
      market: () => replayWithInside(['BTC/USDT'], 180),
      fills: 15,
    },
    {
      name: 'called by market events, with finer candles inside',
      bot: botOf({ ...BETWEEN, onOpposite: 'reverse', tradingEvents: ['flash-move', 'volume-spike'] }),
      market: () => replayWithInside(['BTC/USDT'], 800, stormyCandles),
      fills: 15,
    },
    {
      name: 'called by market events and at moments of its own, three symbols for two slots',
      bot: botOf({
        ...BETWEEN,
        symbols: THREE,
        maxConcurrentTrades: 2,
        tradingFrequency: 900,
        tradingEvents: ['flash-move', 'volume-spike'],
      }),
      market: () => replayWithInside(THREE, 700, stormyCandles),
      fills: 15,
    },
    {
      // What is on its way in one symbol takes its parts at its own moments: an event in another one must not look into it.
      name: 'called by market events, with parts of the volume on their way in the other symbols',
      bot: botOf({
        ...BETWEEN,
        symbols: THREE,
        tradingEvents: ['flash-move', 'volume-spike'],
        sizing: { quantity: 5 },
        execution: { volumeShare: 0.05, latencyMs: 90_000 },
      }),
      market: () => replayWithInside(THREE, 620, stormyCandles),
      fills: 15,
    },
    {
      name: 'three symbols for two slots, stacked',
      bot: botOf({ ...CROWDED, entry: RULES.entry, onSame: 'stack', maxEntries: 4 }),
      market: () => replayOfThree(110),
      fills: 15,
    },
  ])('after any commit ends where a calm run does, in every list: $name', async ({ bot, market, fills }) => {
    const calm = new MemoryStore();
    let commits = 0;
    const counting = new Proxy(calm, {
      get(target, name) {
        if (name === 'commit') commits += 1;
        return Reflect.get(target, name).bind(target);
      },
    });
    await runToEnd(counting, market(), bot);
    const expected = await everythingIn(calm);
    expect(expected.fills.length).toBeGreaterThan(fills);
    // The first commit stores the bot itself.
    for (let killedAfter = 1; killedAfter < commits; killedAfter++) {
      const store = new MemoryStore();
      await expect(runToEnd(dyingStore(store, killedAfter), market(), bot)).rejects.toThrow('killed');
      await runToEnd(store, market(), bot);
      expect(await everythingIn(store), `killed after commit ${killedAfter} of ${commits}`).toEqual(expected);
    }
  });

  test('on a recording that was changed is refused, and stores nothing', async () => {
    const store = new MemoryStore();
    await runToEnd(store, replayOf(CANDLES), CROSS);
    const before = await everythingIn(store);
    await expect(runToEnd(store, replayOf(generateCandles(600, 13)), CROSS)).rejects.toThrow(
      /must have the candles it had/,
    );
    expect(await everythingIn(store)).toEqual(before);
  });
});

describe('bots on a simulated market that goes on', () => {
  const START = Date.UTC(2026, 0, 5) as EpochMs;
  const LATER = 30 * 60_000;
  const OLD = botOf({ ...RULES, name: 'old' });
  const NEW = botOf({ ...RULES, name: 'new' });

  async function occasions(store: Store, name: string): Promise<number[]> {
    const row = (await store.bots()).find((bot) => bot.name === name)!;
    return (await store.cycles({ botId: row.id }, { limit: 1000 })).rows.map(({ occasion }) => occasion).reverse();
  }

  test('a newcomer begins where the market is, and one that was left behind catches up before time goes on', async () => {
    const store = new MemoryStore();
    const market = new SimulatedMarket(3, START);
    const run = async (bots: readonly Bot[], minutes: number) => {
      const wall = new VirtualClock(START, 1);
      void (await compose(store, market, bots, wall, 60)).run();
      await wall.run((START + minutes * 1000) as EpochMs);
    };
    await run([OLD], 30);
    await run([OLD, NEW], 10);
    const [first] = await occasions(store, 'new');
    expect(first).toBeGreaterThan(START + LATER - 5 * 60_000);
    await run([NEW], 20);
    await run([OLD, NEW], 5);
    const [old, fresh] = [await occasions(store, 'old'), await occasions(store, 'new')];
    expect(old.at(-1)).toBe(fresh.at(-1));
    for (const list of [old, fresh]) expect(list.every((at, k) => k === 0 || at === list[k - 1]! + 60_000)).toBe(true);
    // Five minutes more and not the twenty that one was behind.
    expect(fresh.at(-1)! - START).toBeLessThan(67 * 60_000);
  });

  test('a market event that called calls once, whenever it is killed and started again', async () => {
    const end = (START + 8 * 60 * 60_000) as EpochMs;
    const bot = botOf({ ...BETWEEN, timeframe: '1m', name: 'called', tradingEvents: ['flash-move', 'volume-spike'] });
    const run = async (store: Store) => {
      const wall = new VirtualClock(START, 1);
      const trading = await compose(store, new SimulatedMarket(5, START), [bot], wall, 60);
      const ended = trading.run();
      ended.catch(() => undefined);
      while (trading.clock.now() < end && wall.wall() < end) await wall.run((wall.wall() + 5_000) as EpochMs);
      trading.feed.close();
      await wall.run((wall.wall() + 60_000) as EpochMs);
      return ended;
    };
    const told = async (store: Store) => {
      const { cycles, fills, orders } = await everythingIn(store);
      const early = <Row extends { readonly occasion: number }>(rows: readonly Row[]) =>
        rows.filter(({ occasion }) => occasion <= end - LATER);
      return { cycles: early(cycles), orders: early(orders).length, fills: fills.length > 0 };
    };
    const calm = new MemoryStore();
    await run(calm);
    const expected = await told(calm);
    const called = expected.cycles.filter(({ occasionKind }) => occasionKind === 'event');
    expect(called.length).toBeGreaterThan(3);
    for (const commits of [2, 5, 9, 14, 20, 27]) {
      const store = new MemoryStore();
      await expect(run(dyingStore(store, commits))).rejects.toThrow('killed');
      await run(store);
      expect(await told(store), `killed after commit ${commits}`).toEqual(expected);
    }
  });
});
