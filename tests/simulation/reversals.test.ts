import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Candles } from '#core/candles.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const SIX = ['A/USDT', 'B/USDT', 'C/USDT', 'D/USDT', 'E/USDT', 'F/USDT'];
const times = <Item>(count: number, item: Item): Item[] => Array(count).fill(item);

/** Two entries at 200 are stopped out at 180 in candle 6; from then on no rule is met. */
const STOPPED_OUT: readonly Ohlc[] = [...times(6, flat(200)), [200, 200, 130, 140], ...times(8, flat(140))];
/** It turns at 310, and its exit waits 60 hours for a candle. */
const SPARSE = [...times(3, flat(200)), flat(310), ...times(60, undefined), ...times(3, flat(280))];

test.each([
  {
    name: 'what was added to a trade is none',
    bot: {
      entry: { long: ['close', '>', 150] },
      brackets: { stop: { percent: 10 } },
      onSame: 'stack',
      maxEntries: 2,
      onOpposite: 'reverse',
    },
    markets: { 'BTC/USDT': candlesOf(STOPPED_OUT, '1h') },
    fills: 4,
  },
  {
    name: 'one whose exit waits long for its candle is found again, however much was decided meanwhile',
    bot: {
      symbols: SIX,
      capital: 1000,
      entry: { long: ['close', '<', 250], short: ['close', '>', 300] },
      brackets: { stop: { percent: 60 } },
      onOpposite: 'reverse',
    },
    markets: Object.fromEntries(
      SIX.map((symbol, k) => [symbol, candlesOf(k === 0 ? SPARSE : SPARSE.map(() => flat(1_000_000)), '1h')]),
    ),
    fills: 3,
  },
])('a reversal after a restart at any commit: $name', async ({ bot: file, markets, fills }) => {
  const bot = botOf({ timeframe: '1h', warmupCandles: 1, ...file });
  const market = () => {
    const recordings = Object.entries<Candles>(markets).map(([symbol, candles]) => ({
      instrument: instrumentOf({ symbol, lot: '0.001' }),
      candles,
    }));
    return new ReplayMarket('replay:turns', recordings);
  };
  const calm = new MemoryStore();
  await runToEnd(calm, market(), bot);
  const expected = await everythingIn(calm);
  expect(expected.fills).toHaveLength(fills);
  for (let killedAfter = 1; killedAfter < 20; killedAfter++) {
    const store = new MemoryStore();
    await runToEnd(dyingStore(store, killedAfter), market(), bot).catch(() => undefined);
    await runToEnd(store, market(), bot);
    expect(await everythingIn(store), `killed after commit ${killedAfter}`).toEqual(expected);
  }
});
