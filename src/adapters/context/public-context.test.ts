import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { coinGeckoAnswer, coinRow, fearGreedAnswer, globalBody } from '#tests/exchanges/context-answers.ts';
import { type LoopbackAnswer, LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { PublicContext } from './public-context.ts';

const NOW = Date.UTC(2026, 0, 5, 14, 30) as EpochMs;
const DAY = Date.UTC(2026, 0, 5) as EpochMs;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let index: LoopbackServer;
let gecko: LoopbackServer;
/** ms that have passed since the start, beside what the test itself takes. */
let passed: number;
let sound: { readonly index: () => LoopbackAnswer; readonly gecko: (url: URL) => LoopbackAnswer };

/** How long a call may really take. */
let limitMs: number;

/** Sockets take real time, and so does the limit of a call; pauses are over at once. */
const clock: WallClock = {
  wall: () => (NOW + passed) as EpochMs,
  mono: () => passed,
  sleep: (ms, abort) => systemClock.sleep(ms < 5_000 ? 1 : limitMs, abort),
};

beforeEach(async () => {
  passed = 0;
  limitMs = 5_000;
  sound = {
    index: () => fearGreedAnswer(clock.wall()),
    gecko: (url) => coinGeckoAnswer(url, clock.wall()),
  };
  index = await LoopbackServer.open(() => sound.index());
  gecko = await LoopbackServer.open((url) => sound.gecko(url));
  onTestFinished(async () => {
    await index.close();
    await gecko.close();
  });
});

function open(coinGeckoKey?: string): PublicContext {
  const context = new PublicContext({
    clock,
    random: { seed: () => 1 },
    fearGreedAddress: index.address,
    coinGeckoAddress: gecko.address,
    coinGeckoKey,
  });
  onTestFinished(() => context.close());
  return context;
}

describe('what the sources tell', () => {
  test('is known, with their time of it', async () => {
    const { fearGreed, market, coins } = await open().read();
    expect(fearGreed).toEqual({ kind: 'known', value: { value: 72, classification: 'Greed' }, at: DAY });
    expect(market).toEqual({
      kind: 'known',
      value: {
        marketCapUsd: 3.3e12,
        volume24hUsd: 1.5e11,
        marketCapChange24hPercent: -0.8,
        bitcoinSharePercent: 57.6,
      },
      at: NOW - MINUTE,
    });
    expect(coins.get('BTC')).toEqual({
      kind: 'known',
      value: {
        priceUsd: 96_000.5,
        marketCapUsd: 1.9e12,
        marketCapRank: 1,
        volume24hUsd: 4e10,
        change1hPercent: 0.1,
        change24hPercent: -1.25,
        change7dPercent: 4.5,
      },
      at: NOW - 90_000,
    });
    expect(coins.get('ETH')).toEqual({ kind: 'missing', why: 'it is not in the answer' });
  });

  test('is asked once while it is fresh, for all who ask', async () => {
    const context = open();
    await Promise.all([context.read(), context.read()]);
    passed = 14 * MINUTE;
    await context.read();
    expect([index.asked.length, gecko.asked.length]).toEqual([1, 2]);
    passed = 16 * MINUTE;
    await context.read();
    expect([index.asked.length, gecko.asked.length]).toEqual([1, 3]);
    passed = 61 * MINUTE;
    await context.read();
    expect([index.asked.length, gecko.asked.length]).toEqual([2, 5]);
  });

  test('is asked with a key where there is one', async () => {
    const keys: unknown[] = [];
    gecko.answer = (url, headers) => {
      keys.push(headers['x-cg-demo-api-key']);
      return sound.gecko(url);
    };
    await open('demo-key').read();
    await open().read();
    expect(keys).toEqual(['demo-key', 'demo-key', undefined, undefined]);
  });

  test('stays known while the source fails, until it is too old', async () => {
    const context = open();
    await context.read();
    gecko.answer = () => 'cut';
    index.answer = () => ({ text: '<html>Sorry</html>', status: 503 });
    passed = 2 * HOUR;
    const { fearGreed, market, coins } = await context.read();
    expect(fearGreed).toMatchObject({ kind: 'known', at: DAY });
    expect(market).toMatchObject({ kind: 'known', at: NOW - MINUTE });
    expect(coins.get('BTC')).toEqual({ kind: 'missing', why: 'terminated' });
    passed = 60 * HOUR;
    expect((await context.read()).fearGreed).toEqual({ kind: 'missing', why: 'it answered with HTTP 503' });
  });
});

describe('a Fear & Greed Index that cannot be had is missing, and never neutral', () => {
  const row = (change: object) => () => fearGreedAnswer(NOW, change);
  const secondsOf = (at: number) => String(at / 1000);

  test.each<{ name: string; answer: () => LoopbackAnswer; why: string }>([
    { name: 'slow', answer: () => 'silence', why: 'it timed out after' },
    { name: 'cut in the middle', answer: () => 'cut', why: 'terminated' },
    { name: 'HTTP 500', answer: () => ({ text: 'oh', status: 500 }), why: 'it answered with HTTP 500' },
    { name: 'HTTP 404', answer: () => ({ text: 'oh', status: 404 }), why: 'it answered with HTTP 404' },
    { name: 'too many requests', answer: () => ({ text: '', status: 429 }), why: 'it answered with HTTP 429' },
    { name: 'elsewhere', answer: () => ({ text: '', status: 302, headers: { location: '/' } }), why: 'fetch failed' },
    { name: 'HTML', answer: () => ({ text: '<html>Sign in</html>' }), why: 'its answer is no JSON' },
    { name: 'empty', answer: () => ({ text: '' }), why: 'its answer is no JSON' },
    { name: 'endless', answer: () => ({ text: ' '.repeat(2 ** 20 + 1) }), why: 'its answer is longer than' },
    { name: 'null', answer: () => ({ json: null }), why: 'all of it: ' },
    { name: 'no rows', answer: () => ({ json: { data: [], metadata: { error: null } } }), why: 'data: ' },
    {
      name: 'an error inside',
      answer: () => ({ json: { ...(fearGreedAnswer(NOW) as { json: object }).json, metadata: { error: 'busy' } } }),
      why: 'metadata.error: ',
    },
    { name: 'NaN', answer: row({ value: 'NaN' }), why: 'data.0.value: ' },
    { name: '101', answer: row({ value: '101' }), why: 'data.0.value: ' },
    { name: 'negative', answer: row({ value: '-5' }), why: 'data.0.value: ' },
    { name: 'a fraction', answer: row({ value: 50.5 }), why: 'data.0.value: ' },
    { name: 'empty text', answer: row({ value: '' }), why: 'data.0.value: ' },
    { name: 'another class', answer: row({ value_classification: 'Buy now' }), why: 'data.0.value_classification: ' },
    { name: 'a date in words', answer: row({ timestamp: '05-01-2026' }), why: 'data.0.timestamp: ' },
    { name: 'an old date', answer: row({ timestamp: secondsOf(NOW - 3 * 24 * HOUR) }), why: 'too old to be used' },
    { name: 'tomorrow', answer: row({ timestamp: secondsOf(NOW + 24 * HOUR) }), why: 'its time must have come' },
    { name: 'milliseconds', answer: row({ timestamp: String(NOW) }), why: 'its time must have come' },
  ])('$name', async ({ name, answer, why }) => {
    sound = { ...sound, index: answer };
    if (name === 'slow') limitMs = 100;
    const { fearGreed, market, coins } = await open().read();
    expect(fearGreed).toEqual({ kind: 'missing', why: expect.stringContaining(why) });
    expect([market.kind, coins.get('BTC')!.kind]).toEqual(['known', 'known']);
  });

  test('an ailing source is repeated once, and then left alone for a minute', async () => {
    sound = { ...sound, index: () => ({ text: '', status: 500 }) };
    const context = open();
    await context.read();
    await context.read();
    passed = 59_000;
    await context.read();
    expect(index.asked).toHaveLength(2);
    sound = { ...sound, index: () => fearGreedAnswer(NOW) };
    passed = 61_000;
    expect((await context.read()).fearGreed.kind).toBe('known');
  });

  test('one that says how long it must not be asked is not asked until then', async () => {
    sound = { ...sound, index: () => ({ text: '', status: 429, headers: { 'retry-after': '600' } }) };
    const context = open();
    await context.read();
    passed = 5 * MINUTE;
    expect((await context.read()).fearGreed).toMatchObject({ why: 'it has asked not to be called for another 300 s' });
    expect(index.asked).toHaveLength(1);
  });

  test('closed, it asks nothing more', async () => {
    const context = open();
    context.close();
    expect((await context.read()).fearGreed.kind).toBe('missing');
    expect(index.asked).toEqual([]);
  });
});

describe('CoinGecko that cannot be believed', () => {
  const rows =
    (...all: readonly object[]) =>
    (url: URL) =>
      coinGeckoAnswer(url, NOW, all);
  const eth = coinRow(NOW, { id: 'ethereum', current_price: 3300 });

  test.each<{ name: string; row: object; why: string }>([
    { name: 'a price below 0', row: { current_price: -1 }, why: 'current_price: ' },
    { name: 'a price in words', row: { current_price: '96000' }, why: 'current_price: ' },
    { name: 'no price', row: { current_price: null }, why: 'current_price: ' },
    {
      name: 'a loss of more than all',
      row: { price_change_percentage_24h: -101 },
      why: 'price_change_percentage_24h: ',
    },
    { name: 'no date', row: { last_updated: 'yesterday' }, why: 'last_updated: ' },
    { name: 'an old date', row: { last_updated: '2026-01-05T10:00:00.000Z' }, why: 'too old to be used' },
    { name: 'a date to come', row: { last_updated: '2026-01-06T10:00:00.000Z' }, why: 'its time must have come' },
  ])('lacks one coin and keeps the others: $name', async ({ row, why }) => {
    sound = { ...sound, gecko: rows(coinRow(NOW, row), eth) };
    const { coins } = await open().read();
    expect(coins.get('BTC')).toEqual({ kind: 'missing', why: expect.stringContaining(why) });
    expect(coins.get('ETH')).toMatchObject({ kind: 'known', value: { priceUsd: 3300 } });
  });

  test('lacks what a coin does not tell, and nothing else of it', async () => {
    sound = { ...sound, gecko: rows(coinRow(NOW, { market_cap: null, price_change_percentage_7d_in_currency: null })) };
    expect((await open().read()).coins.get('BTC')).toMatchObject({
      value: { priceUsd: 96_000.5, marketCapUsd: undefined, change7dPercent: undefined },
    });
  });

  test.each<{ name: string; data: object }>([
    { name: 'a share above 100 %', data: { market_cap_percentage: { btc: 101 } } },
    { name: 'nothing traded', data: { total_volume: { usd: 0 } } },
    { name: 'no dollars', data: { total_market_cap: { eur: 5 } } },
    { name: 'last year', data: { updated_at: 1_735_689_600 } },
  ])('has no market: $name', async ({ data }) => {
    sound = {
      ...sound,
      gecko: (url) => (url.pathname.endsWith('/global') ? { json: globalBody(NOW, data) } : coinGeckoAnswer(url, NOW)),
    };
    const { market, coins } = await open().read();
    expect([market.kind, coins.get('BTC')!.kind]).toEqual(['missing', 'known']);
  });

  test.each<{ name: string; answer: LoopbackAnswer }>([
    { name: 'an error inside', answer: { json: { status: { error_code: 429, error_message: 'slow down' } } } },
    { name: 'HTML', answer: { text: '<html></html>' } },
    { name: 'cut', answer: 'cut' },
    { name: 'rows that are none', answer: { json: [null, 5, 'x'] } },
  ])('has no coin: $name', async ({ answer }) => {
    sound = { ...sound, gecko: () => answer };
    const { coins, market } = await open().read();
    expect([...coins.values()].every(({ kind }) => kind === 'missing')).toBe(true);
    expect(market.kind).toBe('missing');
  });
});
