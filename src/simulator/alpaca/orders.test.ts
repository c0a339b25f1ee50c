import { expect, test } from 'vitest';
import { coins, openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';

const BUY = { symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' } as const;

test('a market order is told as pending, then trades at the price where the market stands', async () => {
  const { ask, place, order } = await openAlpaca([shares('SPY', 600)]);
  const placed = await place(BUY);
  expect(placed).toMatchObject({ status: 'pending_new', filled_qty: '0', qty: '10', filled_avg_price: null });
  expect(placed).toMatchObject({ created_at: '2025-07-03T13:31:00Z', expires_at: '2025-07-03T17:00:00Z' });
  expect(await order(placed.id)).toMatchObject({ status: 'filled', filled_qty: '10', filled_avg_price: '600' });
  const positions = (await ask('GET', '/v2/positions')).json;
  expect(positions).toMatchObject([{ symbol: 'SPY', qty: '10', side: 'long', avg_entry_price: '600' }]);
  const account = (await ask('GET', '/v2/account')).json;
  expect(account).toMatchObject({ cash: '94000', equity: '100000', multiplier: '4', buying_power: '394000' });
});

test('a limit waits for its price and fills there', async () => {
  const { place, order, simulator } = await openAlpaca([
    shares('SPY', 600, [
      [600, 600.5, 599.5, 600],
      [600, 600, 598.2, 599],
    ]),
  ]);
  const { id } = await place({ ...BUY, type: 'limit', limit_price: '598.5' });
  expect(await order(id)).toMatchObject({ status: 'new', limit_price: '598.5' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'new' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({
    status: 'filled',
    filled_avg_price: '598.5',
    filled_at: expect.stringMatching(/^2025-07-03T13:32:00/),
  });
});

test('a day order is over at the early close', async () => {
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600)]);
  const { id } = await place({ ...BUY, type: 'limit', limit_price: '590' });
  simulator.line.advance(208);
  expect(await order(id)).toMatchObject({ status: 'new' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'expired', expired_at: '2025-07-03T17:00:00Z' });
});

test('what is sent while the market is closed is accepted, and trades when it opens', async () => {
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600)], { history: 390 });
  const { id, status } = await place(BUY);
  expect(status).toBe('accepted');
  expect(await order(id)).toMatchObject({ status: 'accepted' });
  simulator.line.step();
  expect(simulator.line.now).toBe(Date.UTC(2025, 6, 3, 13, 30));
  expect(await order(id)).toMatchObject({
    status: 'filled',
    filled_avg_price: '600',
    filled_at: expect.stringMatching(/^2025-07-03T13:30:00/),
  });
});

test('by notional: a part of a share, a cent of the sum kept back', async () => {
  const { place, order } = await openAlpaca([shares('KO', 86.878)]);
  const { id, qty } = await place({ symbol: 'KO', notional: '5', side: 'buy', type: 'market', time_in_force: 'day' });
  expect(qty).toBe(null);
  expect(await order(id)).toMatchObject({
    qty: null,
    notional: '5',
    filled_qty: '0.057436865',
    filled_avg_price: '86.878',
  });
});

test('a stop is hit, at the open where the market opens beyond it', async () => {
  const { place, order, simulator } = await openAlpaca([
    shares('SPY', 600, [
      [600, 600, 599, 599],
      [595, 596, 594, 595],
    ]),
  ]);
  await place(BUY);
  const { id } = await place({ ...BUY, side: 'sell', type: 'stop', stop_price: '598', time_in_force: 'gtc' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'new', stop_price: '598' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'filled', filled_avg_price: '595' });
});

test('a buy stop goes out with a limit 2.5 % above its trigger', async () => {
  const rows = [
    [600, 600, 600, 600],
    [620, 621, 619, 620],
    [620, 620, 615, 615],
  ] as const;
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  const { id } = await place({ ...BUY, type: 'stop', stop_price: '601' });
  simulator.line.advance(2);
  // 616.025 is the limit, and the market is above it.
  expect(await order(id)).toMatchObject({ status: 'new', filled_qty: '0' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'filled', filled_avg_price: '616.02' });
});

test('a stop-limit waits at its limit once it was hit', async () => {
  const rows = [
    [600, 600, 600, 600],
    [595, 596, 594, 595],
    [595, 599, 595, 598],
  ] as const;
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  await place(BUY);
  const stop = { ...BUY, side: 'sell', type: 'stop_limit', stop_price: '598', limit_price: '597' };
  const { id } = await place(stop);
  simulator.line.advance(2);
  expect(await order(id)).toMatchObject({ status: 'new' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'filled', filled_avg_price: '597' });
});

test('a trailing stop follows the price and says how far it has come', async () => {
  const rows = [
    [600, 606, 600, 605],
    [605, 605, 603, 603],
  ] as const;
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  await place(BUY);
  const { id } = await place({ ...BUY, side: 'sell', type: 'trailing_stop', trail_price: '2', time_in_force: 'gtc' });
  expect(await order(id)).toMatchObject({ stop_price: '598', hwm: '600', trail_price: '2' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'new', stop_price: '604', hwm: '606' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status: 'filled', filled_avg_price: '604' });
});

test.each([
  { timeInForce: 'ioc', filled: '3', status: 'canceled' },
  { timeInForce: 'fok', filled: '0', status: 'canceled' },
  { timeInForce: 'day', filled: '3', status: 'partially_filled' },
])('$timeInForce where a candle has too little: $status', async ({ timeInForce, filled, status }) => {
  const { place, order, simulator, service } = await openAlpaca([shares('SPY', 600, [[600, 601, 599, 600, 6]])]);
  service.conditions.volumeShare = 0.5;
  const { id } = await place({ ...BUY, time_in_force: timeInForce });
  expect(await order(id)).toMatchObject({ status: 'new' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ status, filled_qty: filled });
  simulator.line.advance(1);
  if (status === 'partially_filled') expect(await order(id)).toMatchObject({ status: 'filled', filled_qty: '10' });
});

test('the opening auction trades at the open, and takes no orders after 9:28', async () => {
  // A coin's minutes begin at 3:00 in New York, and are what market time goes by until the open.
  const { ask, place, order, simulator } = await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)], {
    history: 0,
  });
  const opening = { ...BUY, time_in_force: 'opg' };
  const { id } = await place(opening);
  simulator.line.advance(390);
  expect(await order(id)).toMatchObject({
    status: 'filled',
    filled_avg_price: '600',
    filled_at: expect.stringMatching(/^2025-07-03T13:30:00/),
  });
  simulator.line.advance(60);
  const late = await ask('POST', '/v2/orders', opening);
  expect(late).toMatchObject({ status: 403, json: { code: 40310000, message: expect.stringContaining('9:28am') } });
});

test('the closing auction trades at the early close; a limit that it does not reach expires', async () => {
  const rows = Array.from({ length: 209 }, (_, k) => [600, 600, 600, k === 208 ? 601.5 : 600] as const).map(
    ([open, , low, close]) => [open, Math.max(open, close), low, close] as const,
  );
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  const market = await place({ ...BUY, time_in_force: 'cls' });
  const limit = await place({ ...BUY, type: 'limit', limit_price: '601', time_in_force: 'cls' });
  expect(market.status).toBe('accepted');
  simulator.line.advance(209);
  expect(await order(market.id)).toMatchObject({
    status: 'filled',
    filled_avg_price: '601.5',
    filled_at: expect.stringMatching(/^2025-07-03T17:00:00/),
  });
  expect(await order(limit.id)).toMatchObject({ status: 'expired', filled_qty: '0' });
});

test('a good-till-canceled order outlives its day and waits while the market is closed', async () => {
  const rows = Array.from(
    { length: 210 },
    (_, k) => (k === 209 ? [597, 598, 596, 597] : [600, 600, 600, 600]) as never,
  );
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  const { id, expires_at } = await place({ ...BUY, type: 'limit', limit_price: '598', time_in_force: 'gtc' });
  expect(expires_at).toBe('2025-10-01T20:15:00Z');
  simulator.line.advance(209);
  expect(await order(id)).toMatchObject({ status: 'new' });
  simulator.line.advance(1);
  // The next session opens below the limit.
  expect(await order(id)).toMatchObject({
    status: 'filled',
    filled_avg_price: '597',
    filled_at: expect.stringMatching(/^2025-07-07T13:30:00/),
  });
});

test('a short is sold and covered; its position is negative', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const sold = await place({ ...BUY, side: 'sell' });
  expect(sold.position_intent).toBe('sell_to_open');
  expect((await ask('GET', '/v2/positions/SPY')).json).toMatchObject({
    qty: '-10',
    side: 'short',
    qty_available: '-10',
    cost_basis: '-6000',
  });
  const covered = await place(BUY);
  expect(covered.position_intent).toBe('buy_to_close');
  expect(await ask('GET', '/v2/positions/SPY')).toMatchObject({
    status: 404,
    json: { code: 40410000, message: 'position does not exist' },
  });
  expect((await ask('GET', '/v2/account')).json).toMatchObject({ cash: '100000', equity: '100000' });
});

test('crypto trades around the clock, in coins of nine decimals, and is paid in full', async () => {
  const { ask, place, order } = await openAlpaca([coins('BTC/USD', 60_000)]);
  const { id, asset_class } = await place({
    symbol: 'BTC/USD',
    qty: '0.123456789',
    side: 'buy',
    type: 'market',
    time_in_force: 'gtc',
  });
  expect(asset_class).toBe('crypto');
  expect(await order(id)).toMatchObject({ status: 'filled', filled_avg_price: '60000' });
  expect((await ask('GET', '/v2/positions/BTCUSD')).json).toMatchObject({
    symbol: 'BTCUSD',
    qty: '0.123456789',
    market_value: '7407.40734',
  });
  const waiting = await place({
    symbol: 'BTC/USD',
    qty: '1',
    side: 'buy',
    type: 'limit',
    limit_price: '50000',
    time_in_force: 'gtc',
  });
  expect(waiting.status).toBe('pending_new');
  expect((await ask('GET', '/v2/account')).json).toMatchObject({
    cash: '42592.59266',
    non_marginable_buying_power: '42592.59266',
  });
});
