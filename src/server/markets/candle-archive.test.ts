import { describe, expect, test } from 'vitest';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { candle, changes } from '#tests/contracts/store-rows.ts';
import { InventedExchange } from '#tests/exchanges/invented-exchange.ts';
import { fillCandles, missingCandles, readCandles } from './candle-archive.ts';

const HOUR = TIMEFRAME_MS['1h'];
const START = Date.UTC(2026, 0, 5);
const KEY = { market: 'invented', symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h' } as const;

/** Hours after the start as a range. */
const hours = (from: number, to: number) => ({
  from: (START + from * HOUR) as EpochMs,
  to: (START + to * HOUR) as EpochMs,
});

async function storeWith(stored: readonly number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const rows = stored.map((hour) => candle({ ...KEY, openTime: hours(hour, hour).from }));
  const others = [candle({ ...KEY, market: 'other', openTime: hours(2, 2).from })];
  await store.commit(changes({ add: { candles: [...rows, ...others] } }));
  return store;
}

describe('missing candles', () => {
  test.each([
    { name: 'all', stored: [], missing: [hours(0, 5)] },
    { name: 'none', stored: [0, 1, 2, 3, 4], missing: [] },
    { name: 'at both ends and in between', stored: [1, 3], missing: [hours(0, 1), hours(2, 3), hours(4, 5)] },
    { name: 'what lies outside does not count', stored: [-1, 2, 5], missing: [hours(0, 2), hours(3, 5)] },
  ])('$name', async ({ stored, missing }) => {
    expect(await missingCandles(await storeWith(stored), KEY, hours(0, 5), ALWAYS)).toEqual(missing);
  });
});

describe('filling', () => {
  const exchange = () => new InventedExchange(() => START + 500 * HOUR + 1_800_000);
  const nowOf = (one: InventedExchange) => () => one.now() as EpochMs;

  test('stores what was missing, page by page, and tells how far it is', async () => {
    const [store, one] = [await storeWith([10]), exchange()];
    const heard: number[] = [];
    const filled = await fillCandles(store, one, KEY, hours(0, 450), nowOf(one), (done) => heard.push(done));
    expect(filled).toEqual({ added: 449, missing: [] });
    expect(one.asked).toEqual([0, 11, 111, 211, 311, 411].map((hour) => START + hour * HOUR));
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard.at(-1)).toBeLessThanOrEqual(1);
    const candles = await readCandles(store, KEY, hours(0, 450), ALWAYS);
    expect(candles.length).toBe(450);
    expect(candles.at(0)).toEqual(one.truth(KEY.symbol, '1h', START, START + HOUR)[0]);
  });

  test('leaves the candle that runs, and tells of those that are not there', async () => {
    const [store, one] = [new MemoryStore(), exchange()];
    const filled = await fillCandles(store, one, KEY, hours(498, 501), nowOf(one));
    expect(filled).toEqual({ added: 2, missing: [hours(500, 501)] });
  });

  test('makes candles of trades where candles do not reach', async () => {
    const [store, one] = [new MemoryStore(), exchange()];
    one.reachBack(50);
    const filled = await fillCandles(store, one, KEY, hours(400, 500), nowOf(one));
    expect(filled).toEqual({ added: 100, missing: [] });
    const truth = one.truth(KEY.symbol, '1h', hours(400, 400).from, hours(500, 500).from - 1);
    const candles = await readCandles(store, KEY, hours(400, 500), ALWAYS);
    expect(Array.from({ length: 100 }, (_, i) => candles.at(i))).toEqual(truth);
    expect(Math.min(...one.asked)).toBeGreaterThan(hours(450, 450).from);
  });
});
