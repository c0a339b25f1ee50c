import { expect, test } from 'vitest';
import { coins, openAlpaca, shares, sharesOfAllHours } from '#tests/builders/alpaca-exchange.ts';

const BUY = { symbol: 'SPY', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' } as const;
const LIMIT = { ...BUY, type: 'limit', limit_price: '590' } as const;
const COIN = { symbol: 'BTC/USD', qty: '0.001', side: 'buy', type: 'market', time_in_force: 'gtc' } as const;
const BRACKET = {
  ...BUY,
  order_class: 'bracket',
  take_profit: { limit_price: '610' },
  stop_loss: { stop_price: '590' },
} as const;

/** Prices stand at 600 for the share and 60,000 for the coin; the account has 100,000 USD and holds nothing. */
test.each([
  { name: 'no quantity', order: { ...BUY, qty: undefined }, code: 40010001, message: 'qty or notional is required' },
  {
    name: 'both amounts',
    order: { ...BUY, notional: '5' },
    code: 40010001,
    message: 'only one of qty or notional is accepted',
  },
  { name: 'nothing', order: { ...BUY, qty: '0' }, code: 40010001, message: 'qty must be > 0' },
  { name: 'less than nothing', order: { ...BUY, qty: '-1' }, code: 40010001, message: 'qty must be > 0' },
  { name: 'no number', order: { ...BUY, qty: 'NaN' }, code: 40010001, message: 'invalid qty' },
  { name: 'no such side', order: { ...BUY, side: 'long' }, code: 40010001, message: 'invalid side' },
  {
    name: 'a limit without its price',
    order: { ...BUY, type: 'limit' },
    code: 40010001,
    message: 'limit orders require a limit price',
  },
  {
    name: 'a market order with one',
    order: { ...BUY, limit_price: '1' },
    code: 40010001,
    message: 'market orders require no stop or limit price',
  },
  {
    name: 'a stop without its price',
    order: { ...BUY, type: 'stop' },
    code: 40010001,
    message: 'stop orders require a stop price',
  },
  {
    name: 'half a stop-limit',
    order: { ...BUY, type: 'stop_limit', stop_price: '601' },
    code: 40010001,
    message: 'stop limit orders require both stop and limit price',
  },
  {
    name: 'a trailing stop that does not trail',
    order: { ...BUY, type: 'trailing_stop' },
    code: 40010001,
    message: 'trailing stop orders must specify one of trail_price or trail_percent',
  },
  {
    name: 'an id that is too long',
    order: { ...BUY, client_order_id: 'x'.repeat(129) },
    code: 40010001,
    message: 'client_order_id must be no more than 128 characters',
  },
  { name: 'an unknown symbol', order: { ...BUY, symbol: 'NONE' }, code: 42210000, message: 'asset "NONE" not found' },
  {
    name: 'options',
    order: { ...BUY, order_class: 'mleg' },
    code: 42210000,
    message: 'mleg orders are only allowed for options trading',
  },
  {
    name: 'a sub-penny price',
    order: { ...LIMIT, limit_price: '290.123' },
    code: 42210000,
    message: 'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
  },
  {
    name: 'a sub-penny stop',
    order: { ...BUY, type: 'stop', stop_price: '690.123' },
    code: 42210000,
    message: 'invalid stop_price 690.123. sub-penny increment does not fulfill minimum pricing criteria',
  },
  {
    name: 'a part of a share, gtc',
    order: { ...BUY, qty: '0.5', time_in_force: 'gtc' },
    code: 42210000,
    message: 'fractional orders must be DAY orders',
  },
  {
    name: 'a part of a share, ioc',
    order: { ...BUY, qty: '0.5', time_in_force: 'ioc' },
    code: 42210000,
    message: 'fractional orders must be DAY orders',
  },
  {
    name: 'a bracket on a part of a share',
    order: { ...BRACKET, qty: '0.5' },
    code: 42210000,
    message: 'fractional orders must be simple orders',
  },
  {
    name: 'a stop, ioc',
    order: { ...BUY, type: 'stop', stop_price: '601', time_in_force: 'ioc' },
    code: 40010001,
    message: 'invalid time_in_force',
  },
  {
    name: 'after hours at the market',
    order: { ...BUY, extended_hours: true },
    code: 42210000,
    message: 'extended hours order must be DAY limit orders',
  },
  {
    name: 'after hours, gtc',
    order: { ...LIMIT, extended_hours: true, time_in_force: 'gtc' },
    code: 42210000,
    message: 'extended hours order must be DAY limit orders',
  },
  {
    name: 'a stop that is passed',
    order: { ...BUY, type: 'stop', stop_price: '599' },
    code: 42210000,
    message: 'stop price must be greater than current price',
  },
  {
    name: 'a bracket with one leg',
    order: { ...BRACKET, stop_loss: undefined },
    code: 40010001,
    message: 'bracket orders require stop_loss.stop_price',
  },
  {
    name: 'an OTO with two',
    order: { ...BRACKET, order_class: 'oto' },
    code: 40010001,
    message: 'oto orders require one of take_profit or stop_loss',
  },
  {
    name: 'legs in the wrong order',
    order: { ...BRACKET, take_profit: { limit_price: '580' } },
    code: 42210000,
    message: 'take_profit.limit_price must be > stop_loss.stop_price',
  },
  {
    name: 'an OCO with nothing to close',
    order: { ...BRACKET, side: 'sell', type: 'limit', order_class: 'oco' },
    code: 42210000,
    message: 'oco orders must be exit orders',
  },
  {
    name: 'a coin, day',
    order: { ...COIN, time_in_force: 'day' },
    code: 42210000,
    message: 'invalid crypto time_in_force',
  },
  {
    name: 'a coin, fok',
    order: { ...COIN, time_in_force: 'fok' },
    code: 42210000,
    message: 'invalid crypto time_in_force',
  },
  {
    name: 'a stop on a coin',
    order: { ...COIN, type: 'stop', stop_price: '61000' },
    code: 40010001,
    message: 'invalid order type for crypto order',
  },
  {
    name: 'a bracket on a coin',
    order: { ...BRACKET, symbol: 'BTC/USD', time_in_force: 'gtc' },
    code: 42210000,
    message: 'crypto orders not allowed for advanced order_class: bracket',
  },
])('$name: $message', async ({ order, code, message }) => {
  const { ask } = await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)]);
  const { status, json } = await ask('POST', '/v2/orders', order);
  expect(status).toBe(422);
  expect(json).toMatchObject({ code, message });
  expect((await ask('GET', '/v2/orders?status=all')).json).toEqual([]);
});

/** What an account may not do: one code, many causes. */
test.each([
  {
    name: 'more than the money reaches',
    order: { ...BUY, qty: '1000' },
    json: { buying_power: '400000', code: 40310000, cost_basis: '600000', message: 'insufficient buying power' },
  },
  {
    name: 'more coins than the cash reaches',
    order: { ...COIN, qty: '2' },
    json: {
      available: '100000',
      balance: '100000',
      code: 40310000,
      message: 'insufficient balance for USD (requested: 120000, available: 100000)',
      symbol: 'USD',
    },
  },
  {
    name: 'coins that are not there',
    order: { ...COIN, side: 'sell' },
    json: {
      available: '0',
      balance: '0',
      code: 40310000,
      message: 'insufficient balance for BTC (requested: 0.001, available: 0)',
      symbol: 'BTC',
    },
  },
  {
    name: 'a cheap coin order',
    order: { ...COIN, qty: '0.0001' },
    json: { code: 40310000, message: 'cost basis must be >= minimal amount of order 10' },
  },
  {
    name: 'a cheap share order',
    order: { ...BUY, qty: undefined, notional: '0.5' },
    json: { code: 40310000, message: 'cost basis must be >= minimal amount of order 1' },
  },
])('$name', async ({ order, json }) => {
  const { ask } = await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)]);
  expect(await ask('POST', '/v2/orders', order)).toMatchObject({ status: 403, json });
});

test('a client order id is taken once, whatever became of the first order', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const { id } = await place({ ...BUY, client_order_id: 'once' });
  expect(await ask('POST', '/v2/orders', { ...LIMIT, client_order_id: 'once' })).toMatchObject({
    status: 422,
    json: { code: 40010001, message: 'client_order_id must be unique' },
  });
  const found = await ask('GET', '/v2/orders:by_client_order_id?client_order_id=once');
  expect(found).toMatchObject({ status: 200, json: { id, status: 'filled' } });
  expect(await ask('GET', '/v2/orders:by_client_order_id?client_order_id=never')).toMatchObject({
    status: 404,
    json: { code: 40410000 },
  });
});

test('no more is sold than is held and not held back', async () => {
  const { ask, place } = await openAlpaca([shares('KO', 86.88)]);
  const order = { symbol: 'KO', side: 'sell', type: 'limit', limit_price: '90', time_in_force: 'day' };
  await place({ ...order, side: 'buy', type: 'market', limit_price: undefined, qty: '3' });
  await place({ ...order, qty: '2' });
  expect(await ask('POST', '/v2/orders', { ...order, qty: '2' })).toMatchObject({
    status: 403,
    json: {
      available: '1',
      code: 40310000,
      existing_qty: '3',
      held_for_orders: '2',
      message: 'insufficient qty available for order (requested: 2, available: 1)',
      symbol: 'KO',
    },
  });
});

test.each([
  { name: 'a limit that it would meet', existing: { ...LIMIT }, next: { ...BUY, side: 'sell' }, reason: 'limit' },
  {
    name: 'limits that cross',
    existing: { ...LIMIT },
    next: { ...LIMIT, side: 'sell', limit_price: '589' },
    reason: 'limit',
  },
  {
    name: 'a stop',
    existing: { ...BUY, type: 'stop', stop_price: '610' },
    next: { ...LIMIT, side: 'sell', limit_price: '620' },
    reason: 'market/stop',
  },
])('orders of one account do not meet: $name', async ({ existing, next, reason }) => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const { id } = await place(existing);
  expect(await ask('POST', '/v2/orders', next)).toMatchObject({
    status: 403,
    json: {
      code: 40310000,
      existing_order_id: id,
      message: 'potential wash trade detected. use complex orders',
      reject_reason: `opposite side ${reason} order exists`,
    },
  });
});

test('limits apart from each other are let through', async () => {
  const { place } = await openAlpaca([shares('SPY', 600)]);
  await place(LIMIT);
  await place({ ...LIMIT, side: 'sell', limit_price: '610' });
});

test('legs must lie a cent from where they count from', async () => {
  const { ask } = await openAlpaca([shares('SPY', 600)]);
  expect(await ask('POST', '/v2/orders', { ...BRACKET, stop_loss: { stop_price: '600' } })).toMatchObject({
    status: 422,
    json: { base_price: '600', code: 42210000, message: 'stop_loss.stop_price must be <= base_price - 0.01' },
  });
  const low = { ...BRACKET, type: 'limit', limit_price: '620', take_profit: { limit_price: '620' } };
  expect(await ask('POST', '/v2/orders', low)).toMatchObject({
    json: { base_price: '620', message: 'take_profit.limit_price must be >= base_price + 0.01' },
  });
});

test.each([
  {
    settings: { fractionable: false },
    order: { ...BUY, qty: '0.5' },
    status: 403,
    message: 'asset "SPY" is not fractionable',
  },
  {
    settings: { shortable: false },
    order: { ...BUY, side: 'sell' },
    status: 422,
    message: 'asset "SPY" cannot be sold short',
  },
  {
    settings: { easy_to_borrow: false },
    order: { ...BUY, side: 'sell' },
    status: 422,
    message: 'asset "SPY" cannot be sold short',
  },
  {
    settings: {},
    order: { ...BUY, side: 'sell', qty: '0.5' },
    status: 422,
    message: 'fractional orders cannot be sold short',
  },
  { settings: { tradable: false }, order: BUY, status: 422, message: 'asset "SPY" is not tradable' },
])('an asset that is told to be so: $message', async ({ settings, order, status, message }) => {
  const { ask, service } = await openAlpaca([shares('SPY', 600)]);
  expect(service.command('asset', { symbol: 'SPY', ...settings })).toMatchObject(settings);
  expect((await ask('GET', '/v2/assets/SPY')).json).toMatchObject({ symbol: 'SPY', ...settings });
  expect(await ask('POST', '/v2/orders', order)).toMatchObject({ status, json: { message } });
});

test('without margin nothing is sold short', async () => {
  const account = { leverage: '1' } as never;
  const { ask } = await openAlpaca([shares('SPY', 600)], { accounts: [account] });
  expect(await ask('POST', '/v2/orders', { ...BUY, side: 'sell' })).toMatchObject({
    status: 403,
    json: { message: 'account is not allowed to short' },
  });
});

test('an order that is over is not canceled again, and one that is unknown is not found', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const { id } = await place(BUY);
  expect(await ask('DELETE', `/v2/orders/${id}`)).toMatchObject({
    status: 422,
    json: { code: 42210000, message: 'order is already in "filled" state' },
  });
  expect(await ask('PATCH', `/v2/orders/${id}`, { qty: '2' })).toMatchObject({
    json: { code: 42210000, message: 'cannot replace order in filled status' },
  });
  expect(await ask('DELETE', '/v2/orders/none')).toMatchObject({ status: 404, json: { code: 40410000 } });
});

test.each([
  { change: {}, message: 'order parameters are not changed' },
  { change: { limit_price: '590.00' }, message: 'order parameters are not changed' },
  { change: { stop_price: '590' }, message: 'limit orders have no stop price' },
  { change: { limit_price: '590.001' }, message: expect.stringContaining('sub-penny') },
  { change: { limit_price: '0.5555' }, message: expect.stringContaining('sub-penny') },
  { change: { qty: '1.5' }, message: 'qty must be a multiple of 1' },
  { change: { qty: '-1' }, message: 'invalid qty' },
  { change: { limit_price: '-3' }, message: 'invalid limit_price' },
  { change: { limit_price: '0' }, message: 'invalid limit_price' },
])('a replacement that changes nothing, or what is not there: $change', async ({ change, message }) => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const { id } = await place(LIMIT);
  expect(await ask('PATCH', `/v2/orders/${id}`, change)).toMatchObject({ status: 422, json: { message } });
});

test('keys that are wrong, and keys that may not trade', async () => {
  const { ask, service } = await openAlpaca([shares('SPY', 600)], {
    accounts: [{ permissions: { read: true, trade: false, withdraw: false } } as never],
  });
  const answer = await fetch(`${service.address}/v2/account`, { headers: { 'apca-api-key-id': 'wrong' } });
  expect([answer.status, await answer.json()]).toEqual([401, { code: 40110000, message: 'request is not authorized' }]);
  expect((await ask('GET', '/v2/account')).json).toMatchObject({ trading_blocked: true });
  expect(await ask('POST', '/v2/orders', BUY)).toMatchObject({ status: 403, json: { code: 40310000 } });
});

test('more requests than a minute allows', async () => {
  const { ask, service } = await openAlpaca([shares('SPY', 600)]);
  const first = await ask('GET', '/v2/account');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('199');
  for (let k = 1; k < 200; k++) await ask('GET', '/v2/clock');
  const over = await ask('GET', '/v2/account');
  expect(over).toMatchObject({ status: 429, json: { code: 42910000 } });
  expect(over.headers.get('retry-after')).toBe('1');
  service.conditions.rateLimits = false;
  expect((await ask('GET', '/v2/account')).status).toBe(200);
});

test('stops are refused where the service is told to', async () => {
  const { ask, service } = await openAlpaca([shares('SPY', 600)]);
  service.conditions.rejectStops = true;
  expect(await ask('POST', '/v2/orders', BRACKET)).toMatchObject({ status: 422, json: { code: 42210000 } });
  expect((await ask('POST', '/v2/orders', BUY)).status).toBe(200);
});

test('before and after hours only a limit that asks for it trades', async () => {
  const { place, order, service, simulator } = await openAlpaca([sharesOfAllHours('SPY', 600)], { history: 5 });
  service.command('asset', { symbol: 'SPY/USD', class: 'us_equity' });
  const early = { ...LIMIT, limit_price: '601', qty: '2' };
  const waits = await place(early);
  const trades = await place({ ...early, extended_hours: true });
  expect([waits.status, trades.status]).toEqual(['accepted', 'pending_new']);
  expect(trades.expires_at).toBe('2025-07-03T21:00:00Z');
  expect(await order(trades.id)).toMatchObject({ status: 'filled', filled_avg_price: '600' });
  expect(await order(waits.id)).toMatchObject({ status: 'accepted' });
  simulator.line.advance(25);
  expect(await order(waits.id)).toMatchObject({
    status: 'filled',
    filled_at: expect.stringMatching(/^2025-07-03T13:30/),
  });
});
