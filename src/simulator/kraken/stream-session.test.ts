import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { TIMEFRAME_MS } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { BTC, openKraken, streamClient } from '#tests/builders/loopback-kraken.ts';

const MINUTE = TIMEFRAME_MS['1m'];

describe('streams', () => {
  async function watch() {
    const opened = await openKraken();
    const client = await streamClient(opened.simulator);
    return { ...opened, client };
  }

  test('the kept client watches candles: the running one, and the next when it is final', async () => {
    const { client, simulator, series } = await watch();
    await client.watchOHLCV(BTC, '1m');
    const next = client.watchOHLCV(BTC, '1m');
    simulator.line.advance();
    await next;
    const { candles } = series;
    const rows = client.ohlcvs[BTC]['1m'];
    const { openTime, ...closed } = candles.at(candles.length - 1);
    expect(rows.at(-2)).toEqual([openTime, ...Object.values(closed)]);
    expect(rows.at(-1)[0]).toBe(openTime + MINUTE);
  });

  test('it watches trades, a ticker and a book', async () => {
    const { client, simulator, series } = await watch();
    const ticker = await client.watchTicker(BTC);
    expect(ticker.last).toBe(series.lastPrice(simulator.line.now));
    const before = await client.watchOrderBook(BTC);
    expect(before.bids[0]![0]).toBe(ticker.bid);
    const trades = client.watchTrades(BTC);
    while (simulator.journal.list({ service: 'kraken' }).filter(({ body }) => body.includes('"trade"')).length === 0) {
      await client.fetchTime();
    }
    const moved = client.watchTicker(BTC);
    const book = client.watchOrderBook(BTC);
    simulator.line.advance();
    expect((await trades).map(({ price }) => price)).toContain(series.candles.at(series.candles.length - 1).close);
    expect((await moved).last).toBe(series.lastPrice(simulator.line.now));
    const { bids, asks } = await book;
    expect(bids[0]![0]).toBe((await moved).bid);
    expect(bids).toHaveLength(10);
    expect(asks[0]![0]).toBe((await moved).ask);
  });
});

/** A raw client of the stream, which hears every message. */
async function raw(clock: WallClock = systemClock) {
  const opened = await openKraken({}, { clock });
  const socket = new WebSocket(opened.simulator.services[0]!.urls.stream!);
  onTestFinished(() => socket.close());
  const heard: Record<string, unknown>[] = [];
  const waiting: (() => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    heard.push(JSON.parse(String(data)));
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  /** The next message that has all of this. */
  const next = async (like: Record<string, unknown>): Promise<Record<string, unknown>> => {
    for (;;) {
      const k = heard.findIndex((one) => Object.entries(like).every(([name, value]) => one[name] === value));
      if (k >= 0) return heard.splice(k, 1)[0]!;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const say = (message: object | string) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return { ...opened, next, say };
}

describe('messages', () => {
  const params = { channel: 'ohlc', symbol: ['BTC/USDT', 'BTC/USD'], interval: 60 };

  test('a connection is told the status, at once and when it changes', async () => {
    const { next, simulator } = await raw();
    expect(await next({ channel: 'status' })).toMatchObject({ data: [{ system: 'online', api_version: 'v2' }] });
    simulator.service('kraken').command('status', { status: 'maintenance' });
    expect(await next({ channel: 'status' })).toMatchObject({ data: [{ system: 'maintenance' }] });
  });

  test('each symbol is acknowledged, and unsubscribed from', async () => {
    const { next, say, simulator } = await raw();
    say({ method: 'subscribe', params, req_id: 1 });
    for (const symbol of params.symbol) {
      expect(await next({ method: 'subscribe' })).toMatchObject({
        req_id: 1,
        success: true,
        result: { channel: 'ohlc', interval: 60, snapshot: true, symbol },
        time_in: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      const { data } = (await next({ channel: 'ohlc' })) as { data: object[] };
      expect(data.at(-1)).toMatchObject({
        symbol,
        interval: 60,
        interval_begin: expect.stringMatching(/00:00\.000000000Z$/),
      });
    }
    say({ method: 'unsubscribe', params: { ...params, symbol: ['BTC/USD'] }, req_id: 2 });
    expect(await next({ method: 'unsubscribe' })).toMatchObject({ req_id: 2, success: true });
    simulator.line.advance();
    expect(await next({ channel: 'ohlc', type: 'update' })).toMatchObject({ data: [{ symbol: 'BTC/USDT' }] });
    say({ method: 'ping', req_id: 3 });
    await next({ method: 'pong' });
    say({ method: 'subscribe', params: { ...params, symbol: ['BTC/USD'], snapshot: false } });
    await next({ method: 'subscribe' });
    simulator.line.advance();
    expect(await next({ channel: 'ohlc', type: 'update' })).toMatchObject({ data: [{ symbol: 'BTC/USDT' }] });
    expect(await next({ channel: 'ohlc', type: 'update' })).toMatchObject({ data: [{ symbol: 'BTC/USD' }] });
  });

  test.each([
    {
      name: 'an unknown pair',
      message: { method: 'subscribe', params: { channel: 'ticker', symbol: ['NO/SUCH'] }, req_id: 5 },
      answer: { error: 'Currency pair not supported NO/SUCH', symbol: 'NO/SUCH', req_id: 5 },
    },
    {
      name: 'an unknown interval',
      message: { method: 'subscribe', params: { ...params, interval: 2 } },
      answer: { error: 'Ohlc interval not supported' },
    },
    {
      name: 'an unknown depth',
      message: { method: 'subscribe', params: { channel: 'book', symbol: [BTC], depth: 7 } },
      answer: { error: 'Book depth not supported' },
    },
    {
      name: 'an unknown channel',
      message: { method: 'subscribe', params: { channel: 'level3', symbol: [BTC] } },
      answer: { error: "Unsupported field or value: 'channel'" },
    },
    { name: 'an unknown method', message: { method: 'jump' }, answer: { error: "Unsupported method: 'jump'" } },
    { name: 'no JSON', message: 'hello', answer: { error: 'Malformed request' } },
  ])('$name is refused', async ({ message, answer }) => {
    const { next, say } = await raw();
    say(message);
    expect(await next({ success: false })).toMatchObject(answer);
  });

  test('a client that hears nothing hears a heartbeat', async () => {
    const sleep: WallClock['sleep'] = (ms, abort) => systemClock.sleep(ms / 100, abort);
    const { next, say } = await raw({ ...systemClock, sleep });
    say({ method: 'subscribe', params: { channel: 'trade', symbol: [BTC] } });
    expect(await next({ channel: 'heartbeat' })).toEqual({ channel: 'heartbeat' });
  });

  test('a message may be muted and one may come twice', async () => {
    const { next, say, simulator } = await raw();
    say({ method: 'subscribe', params: { channel: 'ticker', symbol: [BTC], snapshot: false } });
    await next({ method: 'subscribe' });
    const route = 'STREAM /v2 ticker *';
    simulator.faults.set({ service: 'kraken', route, fault: { kind: 'mute' }, count: 1 });
    simulator.line.advance();
    simulator.faults.set({ service: 'kraken', route, fault: { kind: 'duplicate' } });
    simulator.line.advance();
    const heard = [await next({ channel: 'ticker' }), await next({ channel: 'ticker' })];
    expect(heard[0]).toEqual(heard[1]);
  });
});
