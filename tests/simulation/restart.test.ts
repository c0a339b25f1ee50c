import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { BreathingPace, TimedPace } from '#adapters/market-data/pace.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { composePaper } from '#server/compose.ts';
import type { PaperMarket } from '#server/markets.ts';
import { newPaperBot, storePaperBots } from '#server/paper-bots.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';

const ALWAYS = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
const CANDLES = generateCandles(600, 12);
const RULES = {
  entry: { long: ['sma(3)', '>', 'sma(8)'], short: ['sma(3)', '<', 'sma(8)'] },
  brackets: { stop: { atrMultiple: 2, period: 5 }, target: { riskMultiple: 2 } },
};
const CROSS = botOf(RULES);
const WINDOW = { start: '12:00', end: '15:00', zone: 'America/New_York', flattenAtEnd: true };
const AFTERNOON = botOf({ ...RULES, timeframe: '5m', tradingWindow: WINDOW });
/** Six sessions, of which the second ends at 13:00. */
const STOCKS = stockCandles('2025-07-02', '2025-07-10', '5m', (k) => {
  const { open, high, low, close, volume } = CANDLES.at(k);
  return [open, high, low, close, volume];
});

function replayOf(candles: Candles): PaperMarket {
  return new ReplayMarket('replay:generated', [{ instrument: instrumentOf({ tick: '0.25', lot: '0.001' }), candles }]);
}

/** Paper trading as `start` puts it together, on a wall clock that stands still until it is run. */
async function compose(
  store: Store,
  market: PaperMarket,
  bots: readonly Bot[],
  wall = new VirtualClock(market.start, 1),
  speed?: number,
) {
  const files = bots.map((bot) => newPaperBot(bot, bot.name, market.name, market.start));
  const rows = await storePaperBots(store, files);
  const { signal } = new AbortController();
  return composePaper({
    bots: rows.map(({ bot: row, account }, k) => ({ row, account, bot: bots[k]! })),
    market,
    store,
    wall,
    pace: (reached) => (speed ? new TimedPace(speed, reached, wall, signal) : new BreathingPace(wall, signal)),
    onStored: () => undefined,
  });
}

async function runToEnd(store: Store, market: PaperMarket, bot = CROSS): Promise<void> {
  await (await compose(store, market, [bot])).run();
}

/** A store that takes some commits and then is gone, as if the process had been killed. */
function dyingStore(inner: Store, commits: number): Store {
  let left = commits;
  return new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        if (left-- === 0) throw new Error('killed');
        return target.commit(changes);
      };
    },
  });
}

async function everythingIn(store: Store) {
  const [account] = await store.accounts();
  const { rows } = await store.cycles({}, { limit: 1000 });
  return {
    fills: await store.fills({}),
    trades: (await store.trades({}, { limit: 1000 })).rows.map(({ revision, ...trade }) => trade),
    cycles: rows,
    snapshots: await store.snapshots(account!.id, ALWAYS.from, ALWAYS.to),
  };
}

describe('a restart', () => {
  test.each([
    { name: 'a market that never closes', bot: CROSS, candles: CANDLES, fillsAtLeast: 50 },
    { name: 'stocks, with a trading window', bot: AFTERNOON, candles: STOCKS, fillsAtLeast: 10 },
  ])('after any commit ends where a calm run does: fills, trades, cycles and snapshots: $name', async (example) => {
    const { bot, candles, fillsAtLeast } = example;
    const calm = new MemoryStore();
    let commits = 0;
    const counting = new Proxy(calm, {
      get(target, name) {
        if (name === 'commit') commits += 1;
        return Reflect.get(target, name).bind(target);
      },
    });
    await runToEnd(counting, replayOf(candles), bot);
    const expected = await everythingIn(calm);
    expect(expected.fills.length).toBeGreaterThan(fillsAtLeast);
    // The first commit stores the bot itself.
    for (let killedAfter = 1; killedAfter < commits; killedAfter++) {
      const store = new MemoryStore();
      await expect(runToEnd(dyingStore(store, killedAfter), replayOf(candles), bot)).rejects.toThrow('killed');
      await runToEnd(store, replayOf(candles), bot);
      expect(await everythingIn(store), `killed after commit ${killedAfter} of ${commits}`).toEqual(expected);
    }
  });

  test('on a recording that was changed is refused, and stores nothing', async () => {
    const store = new MemoryStore();
    await runToEnd(store, replayOf(CANDLES));
    const before = await everythingIn(store);
    await expect(runToEnd(store, replayOf(generateCandles(600, 13)))).rejects.toThrow(/must have the candles it had/);
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
