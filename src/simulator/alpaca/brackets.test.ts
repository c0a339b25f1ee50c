import { expect, test } from 'vitest';
import { openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';

const ENTRY = {
  symbol: 'SPY',
  qty: '10',
  side: 'buy',
  type: 'market',
  time_in_force: 'gtc',
  order_class: 'bracket',
  take_profit: { limit_price: '610' },
  stop_loss: { stop_price: '595' },
} as const;

const STILL = [600, 600, 600, 600] as const;

test('legs are held until the entry has filled, then both work for it', async () => {
  const { place, order } = await openAlpaca([shares('SPY', 600)]);
  const { id, legs } = await place(ENTRY);
  expect(legs).toMatchObject([
    { status: 'held', side: 'sell', type: 'limit', limit_price: '610', position_intent: 'sell_to_close' },
    { status: 'held', side: 'sell', type: 'stop', stop_price: '595', order_class: 'bracket' },
  ]);
  expect(await order(id)).toMatchObject({ status: 'filled', legs: [{ status: 'new' }, { status: 'new' }] });
});

test('a partly filled entry leaves its legs asleep', async () => {
  const { place, order, simulator, service } = await openAlpaca([
    shares('SPY', 600, [
      [600, 600, 600, 600, 4],
      [600, 600, 590, 590, 4],
      [590, 590, 590, 590, 100],
      [590, 590, 590, 590, 100],
    ]),
  ]);
  service.conditions.volumeShare = 1;
  const { id } = await place(ENTRY);
  simulator.line.advance(2);
  // The price is under the stop, and 8 of 10 are held without one.
  expect(await order(id)).toMatchObject({
    status: 'partially_filled',
    filled_qty: '8',
    legs: [{ status: 'held' }, { status: 'held' }],
  });
  simulator.line.advance(1);
  // The rest fills, and the stop is hit in the same candle.
  expect(await order(id)).toMatchObject({ status: 'filled', legs: [{ status: 'canceled' }, { status: 'filled' }] });
});

test.each([
  { name: 'the target', row: [600, 611, 599, 610], prices: ['610', null], statuses: ['filled', 'canceled'] },
  { name: 'the stop', row: [600, 601, 594, 596], prices: [null, '595'], statuses: ['canceled', 'filled'] },
  { name: 'both: the worse first', row: [600, 611, 594, 600], prices: [null, '595'], statuses: ['canceled', 'filled'] },
] as const)('$name is reached', async ({ row, prices, statuses }) => {
  const { ask, place, order, simulator } = await openAlpaca([shares('SPY', 600, [STILL, row])]);
  const { id } = await place(ENTRY);
  simulator.line.advance(2);
  const { legs } = await order(id);
  expect(legs.map((leg: { status: string }) => leg.status)).toEqual(statuses);
  expect(legs.map((leg: { filled_avg_price: string }) => leg.filled_avg_price)).toEqual(prices);
  expect((await ask('GET', '/v2/positions')).json).toEqual([]);
});

test('a stop may be hit in the candle in which a limit entry fills; a target waits for the next one', async () => {
  const { place, order, simulator } = await openAlpaca([
    shares('SPY', 600, [
      [600, 612, 594, 611],
      [600, 611, 600, 611],
    ]),
  ]);
  const hit = await place({ ...ENTRY, type: 'limit', limit_price: '598' });
  simulator.line.advance(1);
  expect(await order(hit.id)).toMatchObject({
    status: 'filled',
    legs: [{ status: 'canceled' }, { status: 'filled', filled_avg_price: '595' }],
  });
  const waits = await openAlpaca([
    shares('SPY', 600, [
      [600, 612, 597, 611],
      [611, 611, 611, 611],
    ]),
  ]);
  const { id } = await waits.place({ ...ENTRY, type: 'limit', limit_price: '598' });
  waits.simulator.line.advance(1);
  expect(await waits.order(id)).toMatchObject({ status: 'filled', legs: [{ status: 'new' }, { status: 'new' }] });
  waits.simulator.line.advance(1);
  expect(await waits.order(id)).toMatchObject({
    legs: [{ status: 'filled', filled_avg_price: '611' }, { status: 'canceled' }],
  });
});

test('a target that fills in part leaves a smaller stop', async () => {
  const rows = [STILL, [610, 610, 610, 610, 8], [610, 610, 594, 595, 100]] as const;
  const { ask, place, order, simulator, service } = await openAlpaca([shares('SPY', 600, rows)]);
  const { id } = await place(ENTRY);
  service.conditions.volumeShare = 0.5;
  simulator.line.advance(2);
  expect(await order(id)).toMatchObject({
    legs: [
      { status: 'partially_filled', filled_qty: '4', qty: '10' },
      { status: 'new', qty: '6' },
    ],
  });
  expect((await ask('GET', '/v2/positions/SPY')).json).toMatchObject({ qty: '6', qty_available: '0' });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({
    legs: [
      { status: 'canceled', filled_qty: '4' },
      { status: 'filled', filled_qty: '6' },
    ],
  });
});

test('to cancel one is to cancel the rest', async () => {
  const { ask, place, order } = await openAlpaca([shares('SPY', 600)]);
  const waiting = await place({ ...ENTRY, type: 'limit', limit_price: '598' });
  expect((await ask('DELETE', `/v2/orders/${waiting.id}`)).status).toBe(204);
  expect(await order(waiting.id)).toMatchObject({
    status: 'canceled',
    legs: [{ status: 'canceled' }, { status: 'canceled' }],
  });
  const { id, legs } = await place(ENTRY);
  expect((await ask('DELETE', `/v2/orders/${legs[1].id}`)).status).toBe(204);
  expect(await order(id)).toMatchObject({ status: 'filled', legs: [{ status: 'canceled' }, { status: 'canceled' }] });
});

test('a stop is moved by a replacement, and stays the pair of its target', async () => {
  const { ask, place, order, simulator } = await openAlpaca([shares('SPY', 600, [STILL, STILL, [600, 600, 597, 598]])]);
  const { id, legs } = await place(ENTRY);
  simulator.line.advance(1);
  const moved = await ask('PATCH', `/v2/orders/${legs[1].id}`, { stop_price: '598' });
  expect(moved).toMatchObject({ status: 200, json: { replaces: legs[1].id, stop_price: '598', qty: '10' } });
  expect(await order(legs[1].id)).toMatchObject({ status: 'replaced', replaced_by: moved.json.id });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({ legs: [{ status: 'new' }, { status: 'new', id: moved.json.id }] });
  simulator.line.advance(1);
  expect(await order(id)).toMatchObject({
    legs: [{ status: 'canceled' }, { status: 'filled', filled_avg_price: '598' }],
  });
});

test('legs of a day end with it; those of a good-till-canceled entry go on the next day', async () => {
  const rows = Array.from({ length: 210 }, (_, k) => (k === 209 ? [594, 594, 594, 594] : STILL) as never);
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  const today = await place({ ...ENTRY, qty: '1', time_in_force: 'day' });
  const longer = await place({ ...ENTRY, qty: '2' });
  simulator.line.advance(209);
  expect(await order(today.id)).toMatchObject({
    status: 'filled',
    legs: [{ status: 'expired' }, { status: 'expired' }],
  });
  expect(await order(longer.id)).toMatchObject({ legs: [{ status: 'new' }, { status: 'new' }] });
  simulator.line.advance(1);
  expect(await order(longer.id)).toMatchObject({
    legs: [{ status: 'canceled' }, { status: 'filled', filled_avg_price: '594' }],
  });
});

test('an OCO closes what is held: its parent is the target, its leg the stop', async () => {
  const { ask, place, order, simulator } = await openAlpaca([shares('SPY', 600, [STILL, [600, 600, 594, 594]])]);
  await place({ symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' });
  const oco = { ...ENTRY, side: 'sell', type: 'limit', order_class: 'oco' };
  const { id, legs, limit_price } = await place(oco);
  expect(limit_price).toBe('610');
  expect(legs).toMatchObject([{ type: 'stop', stop_price: '595', side: 'sell' }]);
  expect((await ask('GET', '/v2/positions/SPY')).json).toMatchObject({ qty_available: '0' });
  simulator.line.advance(2);
  expect(await order(id)).toMatchObject({ status: 'canceled', legs: [{ status: 'filled', filled_avg_price: '595' }] });
});

test('an OTO brings one leg along', async () => {
  const { place, order, simulator } = await openAlpaca([shares('SPY', 600, [STILL, [600, 600, 594, 594]])]);
  const { take_profit: _, ...rest } = ENTRY;
  const { id } = await place({ ...rest, order_class: 'oto' });
  expect(await order(id)).toMatchObject({ status: 'filled', legs: [{ type: 'stop', status: 'new' }] });
  simulator.line.advance(2);
  expect(await order(id)).toMatchObject({ legs: [{ status: 'filled', filled_avg_price: '595' }] });
});
