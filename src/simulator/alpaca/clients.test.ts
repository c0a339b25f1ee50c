import { Alpaca } from '@alpacahq/alpaca-trade-api';
import ccxt, { type Str } from 'ccxt';
import { expect, onTestFinished, test } from 'vitest';
import { coins, openAlpaca, type Row, SHORT_DAY_OPEN, shares } from '#tests/builders/alpaca-exchange.ts';
import { Events } from '#tests/builders/events.ts';
import type { Service } from '../simulator.ts';

/** The real clients, unmodified: only where they connect to is told. */
function openSdk(service: Service, keys = { keyId: 'testkey', secret: 'testsecret' }) {
  return new Alpaca({
    ...keys,
    retry: { maxRetries: 2, retryDelayMs: 1 },
    fetchApi: (url, init) => {
      const { pathname, search } = new URL(String(url));
      return fetch(`${service.address}${pathname}${search}`, init);
    },
  });
}

function openCcxt(service: Service) {
  const exchange = new ccxt.alpaca({ apiKey: 'testkey', secret: 'testsecret', enableRateLimit: false });
  exchange.urls.api = { broker: service.address, trader: service.address, market: service.address };
  return exchange;
}

function idOf({ id }: { readonly id: Str }): string {
  return id ?? 'ccxt gave none';
}

const STILL: Row = [600, 600, 600, 600];

test('@alpacahq/alpaca-trade-api: place, amend, partial fill, cancel, stop hit, bracket, balances', async () => {
  const { service, simulator } = await openAlpaca([
    shares('SPY', 600, [[600, 600, 598, 599, 8], [599, 599, 598, 599, 100], STILL, [600, 600, 594, 594, 100], STILL]),
  ]);
  const { trading } = openSdk(service);
  const updates = new Events<string>();
  const stream = trading.stream({ url: service.urls['trade-updates']! });
  onTestFinished(() => stream.disconnect());
  // In the listener for the connection, as its documentation has it: two identical requests go out.
  stream.onConnect(() => stream.subscribeTradeUpdates());
  stream.onTradeUpdate(({ event, order, positionQty }) =>
    updates.push(`${event} ${order?.type} ${positionQty ?? ''}`.trim()),
  );
  const subscribed = new Events<unknown>();
  stream.on('subscription', subscribed.push);
  stream.connect();
  await subscribed.next();

  const account = await trading.account.getAccount();
  expect(account).toMatchObject({ cash: '100000', buyingPower: '400000', status: 'ACTIVE' });
  const clock = await trading.clock.legacyClock();
  expect([clock.isOpen, clock.nextClose?.toISOString()]).toEqual([true, '2025-07-03T17:00:00.000Z']);

  const limit = await trading.orders.limit({
    symbol: 'SPY',
    qty: 10,
    side: 'buy',
    limitPrice: 590,
    timeInForce: 'gtc',
  });
  expect(limit.status).toBe('pending_new');
  expect([await updates.next(), await updates.next()]).toEqual(['pending_new limit', 'new limit']);
  const amended = await trading.orders.patchOrderByOrderId({
    orderId: limit.id!,
    patchOrderRequest: { limitPrice: '598.5' },
  });
  expect(amended.replaces).toBe(limit.id);
  expect(await updates.find((update) => update.startsWith('replaced'))).toBe('replaced limit');
  service.conditions.volumeShare = 0.5;
  simulator.line.advance(1);
  expect(await updates.find((update) => update.includes('fill'))).toBe('partial_fill limit 4');
  const partial = await trading.orders.getOrderByOrderID({ orderId: amended.id! });
  expect([partial.status, partial.filledQty, partial.filledAvgPrice]).toEqual(['partially_filled', '4', '598.5']);
  await trading.orders.deleteOrderByOrderID({ orderId: amended.id! });
  expect(await updates.next()).toBe('canceled limit');

  service.conditions.volumeShare = undefined;
  simulator.line.advance(1);
  await trading.positions.deleteOpenPosition({ symbolOrAssetId: 'SPY' });
  expect(await updates.find((update) => update.includes('fill'))).toBe('fill market 0');

  const bracket = await trading.orders.bracket({
    symbol: 'SPY',
    qty: 3,
    side: 'buy',
    timeInForce: 'gtc',
    takeProfit: { limitPrice: 610 },
    stopLoss: { stopPrice: 595 },
  });
  expect(bracket.legs?.map(({ status }) => status)).toEqual(['held', 'held']);
  expect(await updates.find((update) => update.includes('fill'))).toBe('fill market 3');
  simulator.line.advance(2);
  expect(await updates.find((update) => update.includes('fill'))).toBe('fill stop 0');
  expect(await updates.next()).toBe('canceled limit');

  expect(await trading.positions.getAllOpenPositions()).toEqual([]);
  // What the client makes of a fill has lost its price and side: they are only in the answer itself.
  const activities = await trading.accountActivities.getAccountActivitiesByActivityTypeRaw({ activityType: 'FILL' });
  expect(await activities.raw.json()).toMatchObject([
    { price: '595', qty: '3', side: 'sell', type: 'fill' },
    { price: '600', qty: '3', side: 'buy', type: 'fill' },
    { price: '600', qty: '4', side: 'sell', type: 'fill' },
    { price: '598.5', qty: '4', side: 'buy', type: 'partial_fill', leaves_qty: '6' },
  ]);
  expect((await trading.account.getAccount()).cash).toBe('99991');
});

test('@alpacahq/alpaca-trade-api: refusals come as typed errors, and a read is tried again', async () => {
  const { service, simulator } = await openAlpaca([shares('SPY', 600)]);
  const { trading } = openSdk(service);
  const order = { symbol: 'SPY', qty: 1, side: 'buy', clientOrderId: 'c-1' } as const;
  await trading.orders.market(order);
  await expect(trading.orders.market(order)).rejects.toMatchObject({
    name: 'ValidationError',
    status: 422,
    code: 40010001,
  });
  await expect(trading.orders.market({ ...order, qty: 1e6, clientOrderId: 'c-2' })).rejects.toMatchObject({
    name: 'PermissionError',
    code: 40310000,
  });
  const wrong = openSdk(service, { keyId: 'testkey', secret: 'wrong' });
  await expect(wrong.trading.account.getAccount()).rejects.toMatchObject({ name: 'AuthError', code: 40110000 });
  const answer = { kind: 'answer', status: 429, body: '{}', headers: { 'retry-after': '0' } } as const;
  simulator.faults.set({ service: 'alpaca', route: 'GET /v2/account', fault: answer, count: 1 });
  expect((await trading.account.getAccount()).status).toBe('ACTIVE');
});

test('@alpacahq/alpaca-trade-api: bars by pages, snapshots, and the stream in MessagePack', async () => {
  const { service, simulator } = await openAlpaca([shares('SPY', 600, [[600, 601, 599, 600.5, 1234]])]);
  const { marketData } = openSdk(service);
  const bars = await marketData.stocks.stockBars({
    symbols: 'SPY',
    timeframe: '1Min',
    start: new Date(SHORT_DAY_OPEN - 86_400_000),
    end: new Date(SHORT_DAY_OPEN),
    limit: 100,
  });
  expect([bars.bars.SPY?.length, bars.nextPageToken === null]).toEqual([100, false]);
  const day = await marketData.stocks.stockBarSingle({
    symbol: 'SPY',
    timeframe: '1Day',
    start: new Date('2025-07-01'),
  });
  expect(day.bars?.map(({ t }) => t.toISOString())).toEqual(['2025-07-02T04:00:00.000Z', '2025-07-03T04:00:00.000Z']);
  const { SPY } = await marketData.stocks.stockSnapshots({ symbols: 'SPY' });
  expect([SPY?.latestTrade?.p, SPY?.latestQuote?.ap, SPY?.prevDailyBar?.c]).toEqual([600, 600.01, 600]);

  const stream = marketData.stockStream({ url: service.urls.stocks! });
  onTestFinished(() => stream.disconnect());
  const heard = new Events<string>();
  const subscribed = new Events<unknown>();
  stream.on('subscription', subscribed.push);
  stream.onBar((bar) => heard.push(`bar ${bar.symbol} ${bar.close} ${bar.volume} ${bar.timestampRaw}`));
  stream.onDailyBar((bar) => heard.push(`day ${bar.high}`));
  stream.onTrade((trade) => heard.push(`trade ${trade.price}`));
  stream.subscribeForBars(['SPY']);
  stream.subscribeForDailyBars(['*']);
  stream.subscribeForTrades(['SPY']);
  stream.connect();
  await subscribed.next();
  simulator.line.advance(1);
  expect([await heard.next(), await heard.next(), await heard.next()]).toEqual([
    'trade 600',
    'bar SPY 600.5 1234 2025-07-03T13:31:00.000000000Z',
    'day 601',
  ]);
});

test('ccxt: crypto from markets to balances', async () => {
  const still: Row = [60_000, 60_000, 60_000, 60_000, 1];
  const { service, simulator } = await openAlpaca([
    coins('BTC/USD', 60_000, [still, [60_000, 60_000, 58_900, 59_000, 0.02], [59_000, 59_000, 56_000, 56_000, 5]]),
  ]);
  const exchange = openCcxt(service);
  const markets = await exchange.loadMarkets();
  expect(Object.keys(markets)).toEqual(['BTC/USD']);
  expect(await exchange.fetchTime()).toBe(simulator.line.now);
  const candles = await exchange.fetchOHLCV('BTC/USD', '1m', simulator.line.now - 5 * 60_000, 10);
  expect(candles).toHaveLength(5);
  expect((await exchange.fetchTicker('BTC/USD')).last).toBe(60_000);
  expect((await exchange.fetchOrderBook('BTC/USD')).bids[0]?.[0]).toBe(59_999.999);

  const bought = await exchange.createOrder('BTC/USD', 'market', 'buy', 0.5);
  expect(bought.clientOrderId).toMatch(/^ccxt_/);
  expect(await exchange.fetchOrder(idOf(bought))).toMatchObject({ status: 'closed', filled: 0.5, average: 60_000 });
  const limit = await exchange.createOrder('BTC/USD', 'limit', 'buy', 0.02, 58_000);
  const amended = await exchange.editOrder(idOf(limit), 'BTC/USD', 'limit', 'buy', 0.02, 59_000);
  expect(amended.id).not.toBe(limit.id);
  expect((await exchange.fetchOpenOrders('BTC/USD')).map(({ id, price }) => [id, price])).toEqual([
    [amended.id, 59_000],
  ]);
  simulator.line.advance(1);
  service.conditions.volumeShare = 0.5;
  simulator.line.advance(1);
  expect(await exchange.fetchOrder(idOf(amended))).toMatchObject({ status: 'open', filled: 0.01, remaining: 0.01 });
  await exchange.cancelOrder(idOf(amended));
  expect((await exchange.fetchOrder(idOf(amended))).status).toBe('canceled');

  service.conditions.volumeShare = undefined;
  const stop = await exchange.createOrder('BTC/USD', 'limit', 'sell', 0.51, 57_000, { triggerPrice: 58_000 });
  simulator.line.advance(1);
  // The stop is hit at 58,000, which is better than its limit.
  expect(await exchange.fetchOrder(idOf(stop))).toMatchObject({ status: 'closed', filled: 0.51, average: 58_000 });
  const trades = await exchange.fetchMyTrades('BTC/USD');
  expect(trades.map(({ side, price, amount }) => [side, price, amount])).toEqual([
    ['buy', 60_000, 0.5],
    ['buy', 59_000, 0.01],
    ['sell', 58_000, 0.51],
  ]);
  const balance = await exchange.fetchBalance();
  expect(balance.USD).toMatchObject({ free: 98_990, total: 98_990 });
});
