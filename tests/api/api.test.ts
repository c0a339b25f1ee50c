import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  Accounts,
  Bots,
  Context,
  EquityCurve,
  Health,
  Ohlcv,
  Positions,
  Problem,
  Recommendations,
  Tickers,
  Trades,
} from '#contract/api.ts';
import { ServerEvents } from '#contract/sockets.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { money } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { type Batch, MarketUnavailable, type Ticker } from '#ports/market-data.ts';
import { coinGeckoAnswer, fearGreedAnswer } from '#tests/exchanges/context-answers.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { WatchedEngine } from './watched-engine.ts';

describe('the API of an engine that has traded', () => {
  const watched = new WatchedEngine();
  beforeAll(async () => {
    await watched.open(3_000);
    await watched.engine.run();
  });
  afterAll(() => watched.close());

  const get = (url: string) => watched.app.inject({ url });

  test.each([
    { url: '/api/health', shape: Health },
    { url: '/api/account', shape: Accounts },
    { url: '/api/positions', shape: Positions },
    { url: '/api/trades?limit=5', shape: Trades },
    { url: '/api/bots', shape: Bots },
    { url: '/api/recommendations', shape: Recommendations },
    { url: '/api/ohlcv/BTC%2FUSDT?limit=7', shape: Ohlcv },
    { url: '/api/tickers', shape: Tickers },
    { url: '/api/context', shape: Context },
    { url: '/api/equity-curve?points=9', shape: EquityCurve },
  ])('$url is what the contract says', async ({ url, shape }) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(shape.strict().parse(answer.json())).toEqual(answer.json());
  });

  test.each([
    { url: '/api/ohlcv/DOGE%2FUSDT', status: 404, says: /no symbol "DOGE\/USDT"/ },
    { url: '/api/equity-curve?accountId=nobody', status: 404, says: /no account "nobody"/ },
    { url: '/api/nothing', status: 404, says: /nothing at \/api\/nothing/ },
    { url: '/api/trades?limit=0', status: 400, says: /"limit"/ },
    { url: '/api/trades?limit=many', status: 400, says: /"limit"/ },
    { url: '/api/trades?after=made-up', status: 400, says: /cursor/ },
    { url: '/api/equity-curve?points=1e9', status: 400, says: /"points"/ },
  ])('$url is refused with a sentence', async ({ url, status, says }) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(status);
    expect(Problem.parse(answer.json()).error.message).toMatch(says);
  });

  test.each([
    {
      name: 'of a bot that is not there',
      bot: 'nobody',
      body: { requestId: 'r' },
      status: 404,
      says: /"nobody" as it must be/,
    },
    {
      name: 'with an id that no store keeps',
      bot: 'any',
      body: { requestId: 'r\u0000' },
      status: 400,
      says: /"requestId": must be/,
    },
    { name: 'without an id', bot: 'any', body: {}, status: 400, says: /"requestId"/ },
    {
      name: 'with more than there is to say',
      bot: 'any',
      body: { requestId: 'r', now: true },
      status: 400,
      says: /now/,
    },
    { name: 'when the market has ended', bot: undefined, body: { requestId: 'r' }, status: 409, says: /has ended/ },
  ])('a request $name is refused with a sentence', async ({ bot, body, status, says }) => {
    const id = bot ?? watched.engine.state.traders[0]!.row.id;
    const answer = await watched.app.inject({ method: 'POST', url: `/api/bots/${id}/ask`, payload: body });
    expect(answer.statusCode).toBe(status);
    expect(Problem.parse(answer.json()).error.message).toMatch(says);
  });

  test.each([
    { name: 'a page of another site', headers: { host: '127.0.0.1', origin: 'https://evil.example' } },
    { name: 'a name that only points here', headers: { host: 'evil.example' } },
  ])('$name is turned away', async ({ headers }) => {
    const answer = await watched.app.inject({ url: '/api/account', headers });
    expect(answer.statusCode).toBe(403);
    expect(Problem.parse(answer.json()).error.code).toBe('FOREIGN');
  });

  test('the price of a replay is that of its last candle', async () => {
    const { candles } = Ohlcv.parse((await get('/api/ohlcv/BTC%2FUSDT?limit=1')).json());
    const { tickers, missing } = Tickers.parse((await get('/api/tickers')).json());
    expect(tickers).toMatchObject([{ symbol: 'BTC/USDT', bid: null, last: candles[0]![4] }]);
    expect(missing).toEqual([]);
  });

  test('pages of trades follow one another without a gap, newest first', async () => {
    const all = Trades.parse((await get('/api/trades?limit=1000')).json()).trades;
    const paged = [];
    for (let after: string | null = ''; after !== null; ) {
      const page = Trades.parse((await get(`/api/trades?limit=7${after && `&after=${after}`}`)).json());
      paged.push(...page.trades);
      after = page.next;
    }
    expect(all.length).toBeGreaterThan(20);
    expect(paged).toEqual(all);
    expect(all.map(({ entryTime }) => entryTime)).toEqual(all.map(({ entryTime }) => entryTime).sort((a, b) => b - a));
  });

  test('the newest recommendation of each symbol is that of its last order or refusal', async () => {
    const { recommendations } = Recommendations.parse((await get('/api/recommendations')).json());
    expect(recommendations.length).toBeGreaterThan(0);
    for (const { botId, symbol, occasion } of recommendations) {
      const { rows } = await watched.store.decisions({ botId }, { limit: 1000 });
      expect(occasion).toBe(rows.find((decision) => decision.symbol === symbol)?.occasion);
    }
  });

  test('the account is its trades: P&L of the closed ones and what is open', async () => {
    const [account] = Accounts.parse((await get('/api/account')).json()).accounts;
    const { trades } = Trades.parse((await get('/api/trades?limit=1000')).json());
    const closed = trades.filter(({ status }) => status === 'closed');
    const open = trades.filter(({ status }) => status === 'open');
    const sum = (amounts: readonly (string | null)[]) =>
      amounts.reduce((total, text) => total + money(text ?? '0'), 0n);
    expect(account?.trades).toEqual({
      total: closed.length,
      won: closed.filter(({ pnl }) => Number(pnl) > 0).length,
      lost: closed.filter(({ pnl }) => Number(pnl) <= 0).length,
    });
    expect(money(account!.realizedPnl)).toBe(sum(closed.map(({ pnl }) => pnl)) - sum(open.map(({ fees }) => fees)));
    expect(money(account!.equity)).toBe(
      money(account!.startingBalance) + money(account!.realizedPnl) + money(account!.unrealizedPnl),
    );
  });

  test('the curve is thinned and ends with the last snapshot', async () => {
    const { points, accountId } = EquityCurve.parse((await get('/api/equity-curve?points=9')).json());
    const snapshots = await watched.store.snapshots(accountId, 0 as EpochMs, Number.MAX_SAFE_INTEGER as EpochMs);
    const { at, equity } = snapshots.at(-1)!;
    expect(snapshots.length).toBeGreaterThan(100);
    expect(points.length).toBeLessThanOrEqual(9);
    expect(points.at(-1)).toEqual([at, Number(equity)]);
  });
});

describe('the prices of an exchange', () => {
  const watched = new WatchedEngine();
  let answer: () => Batch<Ticker>;
  beforeAll(async () => {
    const tickers = async () => answer();
    watched.queries = { tickers };
    await watched.open(100);
  });
  afterAll(() => watched.close());

  test('are told with what is missing, and not to be had is said in a sentence', async () => {
    answer = () => {
      throw new MarketUnavailable('Cannot read prices from Test as it must answer: it does not; try again later');
    };
    const refused = await watched.app.inject({ url: '/api/tickers' });
    expect(refused.statusCode).toBe(503);
    expect(Problem.parse(refused.json()).error).toEqual({
      code: 'MARKET_UNAVAILABLE',
      message: 'Cannot read prices from Test as it must answer: it does not; try again later',
    });
    const row = { bid: 99, ask: undefined, last: 100, at: 5 as EpochMs };
    answer = () => ({ rows: new Map([['BTC/USDT' as MarketSymbol, row]]), missing: new Map() });
    const { tickers } = Tickers.parse((await watched.app.inject({ url: '/api/tickers' })).json());
    expect(tickers).toEqual([{ symbol: 'BTC/USDT', bid: 99, ask: null, last: 100, at: 5 }]);
    expect(watched.faults).toEqual([]);
  });
});

describe('what is known of the world', () => {
  const watched = new WatchedEngine();
  let sources: LoopbackServer;
  beforeAll(async () => {
    const now = Date.now();
    sources = await LoopbackServer.open((url) =>
      url.pathname === '/fng/' ? fearGreedAnswer(now) : coinGeckoAnswer(url, now),
    );
    watched.contextUrl = sources.address;
    await watched.open(100);
  });
  afterAll(async () => {
    await watched.close();
    await sources.close();
  });

  test('is told with its age, and what is missing with the reason', async () => {
    expect(sources.asked).toEqual([]);
    const context = Context.parse((await watched.app.inject({ url: '/api/context' })).json());
    expect(context.fearGreed).toMatchObject({ value: { value: 72, classification: 'Greed' }, why: null });
    expect(context.fearGreed.ageMs).toBe(context.readAt - context.fearGreed.at!);
    expect(context.sources.coins).toBe(new URL(sources.address).host);
    const coin = (base: string) => context.coins.find((row) => row.base === base);
    expect(coin('BTC')).toMatchObject({ value: { priceUsd: 96_000.5 }, why: null });
    expect(coin('ETH')).toMatchObject({ value: null, ageMs: null, why: 'it is not in the answer' });
  });
});

describe('the sockets of an engine that trades', () => {
  let watched: WatchedEngine;
  beforeEach(() => {
    watched = new WatchedEngine();
  });
  afterEach(() => watched.close());

  test('push every event that the contract names, in its shape', async () => {
    await watched.open(200_000);
    const socket = watched.connect();
    const names = Object.keys(ServerEvents) as (keyof typeof ServerEvents)[];
    const heard = names.map(
      (name) =>
        new Promise<void>((resolve, reject) => {
          socket.on(name, (message: unknown) => {
            const read = ServerEvents[name].safeParse(message);
            if (read.success) resolve();
            else reject(new Error(`${name}: ${read.error.message}`));
          });
        }),
    );
    await new Promise<void>((resolve) => socket.on('connect', resolve));
    const run = watched.engine.run();
    await Promise.all(heard);
    watched.engine.stop();
    await run;
    socket.disconnect();
  });

  test('push every candle that closed, however many between two paintings', async () => {
    await watched.open(200_000);
    const socket = watched.connect();
    const times: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('candle:updated', ({ candle: [openTime] }: { candle: [number] }) => {
      times.push(openTime);
      if (times.length === 400) resolve();
    });
    await new Promise<void>((connected) => socket.on('connect', connected));
    const run = watched.engine.run();
    await promise;
    watched.engine.stop();
    await run;
    socket.disconnect();
    // A painting holds 300 candles at most; within one nothing is left out.
    const steps = times.slice(1, 300).map((time, k) => time - times[k]!);
    expect(steps.filter((step) => step !== 60_000).length).toBeLessThanOrEqual(1);
  });
});
