import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { bybit, kraken } from 'ccxt';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { fearGreedFrom } from '#adapters/context/fear-greed.ts';
import { CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { TIMEFRAME_MS } from '#core/time.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import { BTC, openKraken } from '#tests/builders/loopback-kraken.ts';
import { describeFacts } from './facts.ts';

/** What the adapters of public data ask and make of answers, and what the CCXT classes that they keep do. */

const SYMBOL = BTC as MarketSymbol;

/** The adapter on the twin. */
async function open() {
  const { simulator } = await openKraken();
  const { address } = simulator.service('kraken');
  const clock = { ...systemClock, wall: () => simulator.line.now };
  const options = { clock, random: systemRandom, timeoutMs: 10_000, retries: 0, address, betweenMs: 1 };
  const client = (await CcxtClient.load('kraken', options))!;
  onTestFinished(() => client.close());
  await client.loadMarkets();
  return { client, simulator };
}

async function library<Client>(id: string, settings: object): Promise<Client> {
  const sources = join(dirname(createRequire(import.meta.url).resolve('ccxt')), '../js/src');
  const { default: Exchange } = await import(pathToFileURL(join(sources, `${id}.js`)).href);
  return new Exchange(settings);
}

describeFacts('adapters', ['kraken', 'ccxt-bybit', 'alternative.me'], {
  'kraken-004': async ({ request }) => {
    const { client, simulator } = await open();
    const { trades } = await client.trades!.page(SYMBOL, client.trades!.before(simulator.line.now));
    expect(trades).toEqual([]);
    const [asked] = simulator.journal.list({ route: `${request.method} ${request.path}` });
    expect(new URLSearchParams(asked!.query).get('pair')).toBe(request.query.pair);
  },
  'kraken-011': async ({ request, expect: expected }) => {
    const { client, simulator } = await open();
    const fault = { kind: 'answer', status: expected.http, body: JSON.stringify(expected.body) } as const;
    simulator.faults.set({ service: 'kraken', route: `${request.method} ${request.path}`, fault });
    await expect(client.tickers([SYMBOL])).rejects.toThrow(MarketUnavailable);
  },
  'kraken-012': async ({ expect: expected }) => {
    const { client, simulator } = await open();
    const candles = await client.candles(SYMBOL, '1m', 0 as typeof simulator.line.now);
    expect(candles).toHaveLength(expected.maxRows);
    expect(candles.at(-1)!.openTime).toBe(simulator.line.now);
    // The one that runs is never told as closed, and what is older is there as trades alone.
    const minute = TIMEFRAME_MS['1m'];
    const range = {
      symbol: SYMBOL,
      timeframe: '1m',
      from: simulator.line.now - 5 * minute,
      to: simulator.line.now + minute,
    };
    const closed = await client.candlesBetween(range as Parameters<typeof client.candlesBetween>[0]);
    expect(closed.map(({ openTime }) => openTime)).toEqual([5, 4, 3, 2, 1].map((k) => simulator.line.now - k * minute));
    expect(client.trades!.candlesReach).toBe(expected.maxRows);
  },
  'kraken-009': async ({ expect: expected }) => {
    const client = await library<kraken>('kraken', {});
    const { id } = client.parseOrder(expected.raw.result);
    expect({ id }).toEqual(expected.unified);
  },
  'kraken-010': async ({ request, expect: expected }) => {
    const client = await library<kraken>('kraken', { apiKey: 'key', secret: expected.secret });
    client.nonce = () => Number(expected.nonce);
    const { nonce: _nonce, ...params } = Object.fromEntries(new URLSearchParams(request.body));
    const path = request.path.split('/').at(-1);
    const { headers, body } = client.sign(path, 'private', request.method, params);
    expect({ body, sign: headers['API-Sign'] }).toEqual({ body: request.body, sign: expected.apiSign });
  },
  'ccxt-bybit-006': async ({ expect: expected }) => {
    const client = await library<bybit>('bybit', {});
    expect(client.parseOrder(expected.raw)).toMatchObject(expected.unified);
  },
  'ccxt-bybit-007': async ({ request }) => {
    const client = await library<bybit>('bybit', {});
    for (const [theirs, unified] of Object.entries(request['status map']))
      expect([theirs, client.parseOrderStatus(theirs)]).toEqual([theirs, unified]);
    const raw = { orderStatus: 'Cancelled', qty: '0.003', cumExecQty: '0.001', cumExecValue: '30' };
    expect(client.parseOrder(raw)).toMatchObject({ status: 'canceled', filled: 0.001 });
  },
  'alternative.me-002': ({ request }) => {
    const row = { value: '40', value_classification: 'Fear', timestamp: '1767571200', time_until_update: '3600' };
    const { time_until_update: _, ...older } = {
      ...row,
      value: '72',
      value_classification: 'Greed',
      timestamp: '1767484800',
    };
    const data = [row, older];
    expect(data).toHaveLength(request.limit);
    const read = fearGreedFrom({ name: 'Fear and Greed Index', data, metadata: { error: null } });
    expect(read).toEqual({ value: { value: 40, classification: 'Fear' }, at: 1_767_571_200_000 });
  },
});
