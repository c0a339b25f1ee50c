import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import type { Store } from '#ports/store.ts';
import type { PaperMarket } from '#server/markets.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
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
      name: 'stocks that reverse, with a trading window',
      bot: botOf({ ...RULES, timeframe: '5m', onOpposite: 'reverse', tradingWindow: WINDOW }),
      market: () => replayOf(STOCKS),
      fills: 6,
    },
    { name: 'stocks, with a trading window', bot: AFTERNOON, market: () => replayOf(STOCKS), fills: 6 },
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
});
