import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { EpochMs } from '#core/time.ts';
import { coins, openAlpaca, type Row, shares } from '#tests/builders/alpaca-exchange.ts';

const BUY = { symbol: 'SPY', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' } as const;
const LIMIT = { ...BUY, type: 'limit', limit_price: '590' } as const;
const STILL: Row = [600, 600, 600, 600];

test('orders are listed newest first, by status, side, symbol and time', async () => {
  const { ask, place, simulator } = await openAlpaca([shares('SPY', 600), shares('AAPL', 200)]);
  const first = await place({ ...LIMIT, client_order_id: 'a' });
  await place({ ...BUY, client_order_id: 'b', symbol: 'AAPL' });
  simulator.line.advance(1);
  const last = await place({ ...LIMIT, side: 'sell', limit_price: '610', client_order_id: 'c' });
  const list = async (query: string) =>
    (await ask('GET', `/v2/orders?${query}`)).json
      .map((order: { client_order_id: string }) => order.client_order_id)
      .join('');
  expect(await list('')).toBe('ca');
  expect(await list('status=closed')).toBe('b');
  expect(await list('status=all')).toBe('cba');
  expect(await list('status=all&direction=asc&limit=2')).toBe('ab');
  expect(await list('status=all&symbols=SPY')).toBe('ca');
  expect(await list('status=all&side=sell')).toBe('c');
  expect(await list('status=all&asset_class=crypto')).toBe('');
  expect(await list(`status=all&after=${encodeURIComponent(first.submitted_at)}`)).toBe('cb');
  expect(await list(`status=all&until=${encodeURIComponent(last.submitted_at)}`)).toBe('ba');
  expect(await list(`status=all&after_order_id=${first.id}`)).toBe('cb');
  expect(await list(`status=all&before_order_id=${last.id}`)).toBe('ba');
  expect((await ask('GET', '/v2/orders?limit=501')).status).toBe(422);
});

test('legs stand in their parent where that is asked for, and beside it otherwise', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const bracket = {
    ...BUY,
    order_class: 'bracket',
    take_profit: { limit_price: '610' },
    stop_loss: { stop_price: '590' },
  };
  const { id } = await place(bracket);
  const nested = (await ask('GET', '/v2/orders?status=all&nested=true')).json;
  expect([nested.length, nested[0].legs.length]).toEqual([1, 2]);
  const flat = (await ask('GET', '/v2/orders?status=all')).json;
  expect(flat.map((order: { legs: unknown }) => order.legs)).toEqual([null, null, null]);
  expect((await ask('GET', `/v2/orders/${id}`)).json.legs).toBe(null);
});

test('all orders are canceled at once, each with its own status', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600)]);
  const [a, b] = [await place(LIMIT), await place({ ...LIMIT, side: 'sell', limit_price: '610' })];
  expect(await ask('DELETE', '/v2/orders')).toMatchObject({
    status: 207,
    json: [
      { id: a.id, status: 200 },
      { id: b.id, status: 200 },
    ],
  });
  expect((await ask('GET', '/v2/orders')).json).toEqual([]);
});

test('a position is closed in part and as a whole, coins too', async () => {
  const { ask, place } = await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)]);
  await place({ ...BUY, qty: '10' });
  await place({ ...BUY, symbol: 'BTC/USD', qty: '0.5', time_in_force: 'gtc' });
  expect((await ask('DELETE', '/v2/positions/SPY?qty=4')).json).toMatchObject({
    side: 'sell',
    qty: '4',
    status: 'pending_new',
  });
  expect((await ask('DELETE', '/v2/positions/SPY?percentage=50')).json).toMatchObject({ qty: '3' });
  await place({ ...LIMIT, side: 'sell', limit_price: '610' });
  // What an open order holds cannot be closed.
  expect((await ask('DELETE', '/v2/positions/SPY')).status).toBe(403);
  const all = await ask('DELETE', '/v2/positions?cancel_orders=true');
  expect(all.status).toBe(207);
  expect(all.json).toMatchObject([
    { symbol: 'SPY', status: 200, body: { qty: '3' } },
    { symbol: 'BTC/USD', status: 200, body: { qty: '0.5', time_in_force: 'gtc' } },
  ]);
  expect((await ask('GET', '/v2/positions')).json).toEqual([]);
});

test('fills are listed by pages; their ids begin with the time in New York', async () => {
  const { ask, place, simulator } = await openAlpaca([shares('SPY', 600)]);
  const ids = [];
  for (let k = 0; k < 3; k++) {
    ids.push((await place(BUY)).id);
    simulator.line.advance(1);
  }
  const first = (await ask('GET', '/v2/account/activities/FILL?page_size=2')).json;
  expect(first.map((row: { order_id: string }) => row.order_id)).toEqual([ids[2], ids[1]]);
  expect(first[0]).toMatchObject({
    id: expect.stringMatching(/^20250703093300000::/),
    cum_qty: '1',
    leaves_qty: '0',
    type: 'fill',
  });
  const rest = await ask(
    'GET',
    `/v2/account/activities/FILL?page_size=2&page_token=${encodeURIComponent(first[1].id)}`,
  );
  expect(rest.json).toMatchObject([
    { order_id: ids[0], transaction_time: expect.stringMatching(/^2025-07-03T13:31:00/) },
  ]);
  const after = `/v2/account/activities/FILL?direction=asc&after=${encodeURIComponent(rest.json[0].transaction_time)}`;
  expect((await ask('GET', after)).json).toHaveLength(2);
});

test('positions and the account are reckoned by the last price', async () => {
  const rows: readonly Row[] = [STILL, [600, 630, 600, 630], [630, 630, 630, 630]];
  const { ask, place, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  await place({ ...BUY, qty: '100' });
  simulator.line.advance(2);
  expect((await ask('GET', '/v2/positions/SPY')).json).toMatchObject({
    avg_entry_price: '600',
    change_today: '0.05',
    cost_basis: '60000',
    current_price: '630',
    lastday_price: '600',
    market_value: '63000',
    unrealized_pl: '3000',
    unrealized_plpc: '0.05',
    unrealized_intraday_pl: '3000',
  });
  expect((await ask('GET', '/v2/account')).json).toMatchObject({
    buying_power: '349000',
    cash: '40000',
    equity: '103000',
    initial_margin: '31500',
    last_equity: '100000',
    long_market_value: '63000',
    maintenance_margin: '18900',
    regt_buying_power: '143000',
  });
});

test('a listing may be late, of orders and of fills apart', async () => {
  let wall = systemClock.wall();
  const clock = { wall: () => wall, mono: () => systemClock.mono(), sleep: systemClock.sleep.bind(systemClock) };
  const { ask, place, order, service } = await openAlpaca([shares('SPY', 600)], { clock });
  service.conditions.orderLagMs = 1000;
  service.conditions.fillLagMs = 5000;
  const { id } = await place(BUY);
  expect((await ask('GET', `/v2/orders/${id}`)).status).toBe(404);
  expect((await ask('GET', '/v2/orders?status=all')).json).toEqual([]);
  wall = (wall + 1000) as EpochMs;
  expect(await order(id)).toMatchObject({ status: 'filled' });
  expect((await ask('GET', '/v2/account/activities/FILL')).json).toEqual([]);
  wall = (wall + 4000) as EpochMs;
  expect((await ask('GET', '/v2/account/activities/FILL')).json).toHaveLength(1);
});

test('the owner trades beside the program, by the control port', async () => {
  const { ask, service } = await openAlpaca([shares('SPY', 600)]);
  service.command('place-order', { order: BUY });
  expect((await ask('GET', '/v2/positions')).json).toMatchObject([{ symbol: 'SPY', qty: '1' }]);
  expect(() => service.command('place-order', { order: { ...BUY, qty: '0' } })).toThrow(
    'as Alpaca refuses it: qty must be > 0',
  );
  expect(() => service.command('place-order', { account: 'none', order: BUY })).toThrow('no account "none"');
});
