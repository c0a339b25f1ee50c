import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { REASONS } from '#core/signals.ts';
import { TIMEFRAME_MS } from '#core/time.ts';
import type { Store } from '#ports/store.ts';
import type { PaperMarket } from '#server/markets/markets.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, MONDAY } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const CANDLES_A_DAY = 48;

/** Half hours in which nothing moves: a trade of 1 at 200 loses its two fees, 0.4. */
function calmMarket(symbols: readonly string[], days: number): PaperMarket {
  const candles = candlesOf(Array(days * CANDLES_A_DAY).fill(flat(200)), '30m');
  const recordings = symbols.map((symbol) => ({ instrument: instrumentOf({ symbol, lot: '0.001' }), candles }));
  return new ReplayMarket('replay:calm', recordings);
}

/** In and out as fast as it goes. At its stop, 1 % away, it would lose 2 and the fees. */
const RESTLESS = {
  capital: 1000,
  timeframe: '30m',
  warmupCandles: 1,
  entry: { long: ['close', '>', 0] },
  exit: { long: ['close', '>', 0] },
  brackets: { stop: { percent: 1 } },
};

async function tradesByDay(store: Store): Promise<number[]> {
  const { rows } = await store.trades({}, { limit: 1000 });
  const days: number[] = [];
  for (const { createdAt } of rows) {
    const day = Math.floor((createdAt - MONDAY) / TIMEFRAME_MS['1d']);
    days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}

test('the daily loss limit ends entries until the next UTC day, killed and started again or not', async () => {
  const bot = botOf(RESTLESS);
  const limits = { dailyLossPercent: 0.5 };
  const calm = new MemoryStore();
  await runToEnd(calm, calmMarket(['BTC/USDT'], 2), bot, limits);
  // 0.4 k lost and 2.4 at risk must stay under 5, and under 4.986 on the second day: k = 6 still does.
  expect(await tradesByDay(calm)).toEqual([7, 7]);
  const refused = (await calm.cycles({}, { limit: 1000 })).rows.filter(({ why }) => why === REASONS.dailyLoss.why);
  expect(refused.length).toBeGreaterThan(40);
  for (const killedAfter of [3, 14, 30, 45]) {
    const store = new MemoryStore();
    const dying = dyingStore(store, killedAfter);
    await expect(runToEnd(dying, calmMarket(['BTC/USDT'], 2), bot, limits)).rejects.toThrow('killed');
    await runToEnd(store, calmMarket(['BTC/USDT'], 2), bot);
    expect(await everythingIn(store), `killed after commit ${killedAfter}`).toEqual(await everythingIn(calm));
  }
});

test.each([
  { name: 'without a limit', maxConcurrentTrades: null, open: 3 },
  { name: 'with two slots', maxConcurrentTrades: 2, open: 2 },
])("the account's slots: $name", async ({ maxConcurrentTrades, open }) => {
  const store = new MemoryStore();
  const bot = botOf({ ...RESTLESS, symbols: SYMBOLS, exit: { long: ['close', '<', 0] } });
  await runToEnd(store, calmMarket(SYMBOLS, 1), bot, { maxConcurrentTrades });
  expect((await store.positions()).map(({ symbol }) => symbol)).toEqual(SYMBOLS.slice(0, open));
  const full = (await store.cycles({}, { limit: 1000 })).rows.filter(({ why }) => why === REASONS.noSlot.why);
  expect(full.length > 0).toBe(open < SYMBOLS.length);
});
