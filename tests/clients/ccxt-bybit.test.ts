import ccxt from 'ccxt';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Simulator } from '#simulator/simulator.ts';
import { openBybit, type Row, START, scripted, still } from '#tests/builders/bybit-exchange.ts';

const BTC = 'BTC/USDT:USDT';

/** The REST hosts of an exchange of CCXT's, all of them replaced. */
function moved(urls: unknown, address: string): unknown {
  if (typeof urls === 'string') return address;
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, moved(value, address)]));
}

async function open(rows: readonly Row[]) {
  const simulator = await openBybit([scripted('BTC/USDT', rows)], { history: 1 });
  const exchange = new ccxt.bybit({ apiKey: 'testkey', secret: 'testsecret', enableRateLimit: false });
  exchange.urls.api = moved(exchange.urls.api, simulator.service('bybit').address) as (typeof exchange.urls)['api'];
  onTestFinished(() => exchange.close());
  return { simulator, exchange };
}

async function openPro(simulator: Simulator) {
  const exchange = new ccxt.pro.bybit({ apiKey: 'testkey', secret: 'testsecret', enableRateLimit: false });
  const { address } = simulator.service('bybit');
  const { ws, ...rest } = exchange.urls.api as unknown as Record<string, unknown>;
  const socket = address.replace('http', 'ws');
  const streams = {
    public: { spot: `${socket}/v5/public/spot`, linear: `${socket}/v5/public/linear` },
    private: {
      spot: { unified: `${socket}/v5/private`, nonUnified: `${socket}/v5/private` },
      contract: `${socket}/v5/private`,
      usdc: `${socket}/v5/private`,
      trade: `${socket}/v5/trade`,
    },
  };
  exchange.urls.api = {
    ...(moved(rest, address) as object),
    ws: { ...(ws as object), ...streams },
  } as unknown as (typeof exchange.urls)['api'];
  await exchange.loadHttpProxyAgent();
  onTestFinished(() => exchange.close());
  return exchange;
}

describe('the unmodified ccxt on the twin', () => {
  test('loads markets, trades, reads orders, fills, position and balance', async () => {
    const { simulator, exchange } = await open([
      ...still(60_000, 2),
      [60_000, 60_000, 59_000, 59_100],
      [59_100, 59_100, 57_900, 58_000],
      ...still(58_000, 2),
    ]);
    const markets = await exchange.loadMarkets();
    expect(markets[BTC]).toMatchObject({ id: 'BTCUSDT', linear: true, precision: { price: 0.1, amount: 0.001 } });
    const placed = await exchange.createOrder(BTC, 'limit', 'buy', 0.1, 59_500, {
      clientOrderId: 'cc-1',
      stopLoss: { triggerPrice: 58_500 },
      takeProfit: { triggerPrice: 61_000 },
    });
    const [resting] = await exchange.fetchOpenOrders(BTC);
    expect(resting).toMatchObject({
      id: placed.id,
      clientOrderId: 'cc-1',
      status: 'open',
      price: 59_500,
      amount: 0.1,
      filled: 0,
    });
    simulator.line.advance(2);
    const [position] = await exchange.fetchPositions([BTC]);
    expect(position).toMatchObject({ side: 'long', contracts: 0.1, entryPrice: 59_500, leverage: 10 });
    simulator.line.advance(1);
    const closed = await exchange.fetchClosedOrders(BTC);
    expect(closed.map(({ side, status, average, filled }) => [side, status, average, filled])).toEqual(
      expect.arrayContaining([
        ['buy', 'closed', 59_500, 0.1],
        ['sell', 'closed', 58_500, 0.1],
      ]),
    );
    const trades = await exchange.fetchMyTrades(BTC);
    expect(trades.map(({ side, price, fee }) => [side, price, fee?.cost])).toEqual([
      ['buy', 59_500, 1.19],
      ['sell', 58_500, 3.2175],
    ]);
    const balance = await exchange.fetchBalance();
    expect(balance.USDT?.total).toBeCloseTo(10_000 - 100 - 1.19 - 3.2175, 8);
  });

  test('reads candles, tickers and the book, and is refused as documented', async () => {
    const { exchange } = await open([[60_000, 60_100, 59_900, 60_050, 12.5], ...still(60_050, 2)]);
    const candles = await exchange.fetchOHLCV(BTC, '1m', START, 5);
    expect(candles).toEqual([
      [START, 60_000, 60_100, 59_900, 60_050, 12.5],
      [START + 60_000, 60_050, 60_050, 60_050, 60_050, 0],
    ]);
    expect(await exchange.fetchTicker(BTC)).toMatchObject({ last: 60_050, bid: 60_050, ask: 60_050.1, high: 60_100 });
    expect((await exchange.fetchOrderBook(BTC, 5)).asks[0]?.[0]).toBe(60_050.1);
    expect(await exchange.fetchFundingRate(BTC)).toMatchObject({ fundingRate: 0.0001 });
    await expect(exchange.createOrder(BTC, 'limit', 'buy', 1, 60_000)).resolves.toBeDefined();
    await expect(exchange.createOrder(BTC, 'limit', 'buy', 5, 60_000)).rejects.toThrow(ccxt.InsufficientFunds);
    await expect(exchange.cancelOrder('nothing', BTC)).rejects.toThrow(ccxt.OrderNotFound);
    await expect(exchange.setLeverage(10, BTC)).rejects.toThrow('leverage not modified');
  });

  test('watches candles, orders and fills', async () => {
    const { simulator } = await open(still(60_000, 6));
    const exchange = await openPro(simulator);
    await exchange.loadMarkets();
    const orders = exchange.watchOrders(BTC);
    const trades = exchange.watchMyTrades(BTC);
    const ready = () =>
      simulator.journal.list().filter(({ kind, body }) => kind === 'frame' && body.includes('subscribe')).length;
    while (ready() < 2) await new Promise((resolve) => setImmediate(resolve));
    await exchange.createOrder(BTC, 'market', 'buy', 0.01);
    expect(await orders).toMatchObject([{ status: 'closed', filled: 0.01, average: 60_000 }]);
    expect(await trades).toMatchObject([{ price: 60_000, amount: 0.01 }]);
    const candles = exchange.watchOHLCV(BTC, '1m');
    expect((await candles).at(-1)?.slice(1, 5)).toEqual([60_000, 60_000, 60_000, 60_000]);
  });
});
