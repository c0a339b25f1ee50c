import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ALPACA_ORDER_CLASSES,
  ALPACA_ORDER_TYPES,
  ALPACA_POSITION_INTENTS,
  ALPACA_SIDES,
  ALPACA_TIMES_IN_FORCE,
} from '#protocols/alpaca.ts';
import { coins, openAlpaca, type Row, shares } from '#tests/builders/alpaca-exchange.ts';

const amount = fc.oneof(
  fc.constantFrom(
    '1',
    '3',
    '0.5',
    '0.000000001',
    2,
    0.25,
    '1e3',
    '',
    null,
    'NaN',
    '-1',
    '0',
    '0.0000000001',
    '99999999999999999',
  ),
  fc.string({ maxLength: 4 }),
);
const price = fc.oneof(
  fc.constantFrom(
    '590',
    '600',
    '600.01',
    '610',
    '0.99',
    '0.9999',
    '0.99999',
    '59000',
    '61000',
    605,
    '-3',
    '',
    null,
    '1e999',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 }),
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

const order = fc.record({
  symbol: fc.constantFrom('SPY', 'BTC/USD', 'BTCUSD', 'NONE'),
  side: fc.constantFrom(...ALPACA_SIDES),
  type: fc.constantFrom(...ALPACA_ORDER_TYPES),
  time_in_force: fc.constantFrom(...ALPACA_TIMES_IN_FORCE),
  qty: maybe(amount),
  notional: fc.option(amount, { nil: undefined, freq: 8 }),
  limit_price: maybe(price),
  stop_price: maybe(price),
  trail_price: fc.option(price, { nil: undefined, freq: 3 }),
  trail_percent: fc.option(fc.constantFrom('1', '0.05', 5, '100'), { nil: undefined, freq: 3 }),
  extended_hours: fc.option(fc.boolean(), { nil: undefined }),
  order_class: fc.option(fc.constantFrom(...ALPACA_ORDER_CLASSES), { nil: undefined, freq: 2 }),
  take_profit: maybe(fc.record({ limit_price: price })),
  stop_loss: maybe(fc.record({ stop_price: price, limit_price: maybe(price) })),
  position_intent: fc.option(fc.constantFrom(...ALPACA_POSITION_INTENTS), { nil: undefined, freq: 8 }),
});
/** What belongs together, mostly. */
const cents = fc.integer({ min: 58_800, max: 61_200 }).map((value) => (value / 100).toFixed(2));
const sound = fc
  .record({
    terms: fc.constantFrom<Readonly<Record<string, unknown>>>(
      { type: 'market' },
      { type: 'limit' },
      { type: 'stop' },
      { type: 'stop_limit' },
      { type: 'trailing_stop', trail_price: '2' },
      { type: 'market', order_class: 'bracket' },
      { type: 'limit', order_class: 'bracket' },
      { type: 'limit', order_class: 'oco' },
      { type: 'market', order_class: 'oto' },
      { type: 'market', symbol: 'BTC/USD', qty: '0.1', time_in_force: 'gtc' },
      { type: 'limit', symbol: 'BTC/USD', qty: '0.1', limit_price: '60000', time_in_force: 'ioc' },
      { type: 'market', qty: undefined, notional: '100', time_in_force: 'day' },
    ),
    side: fc.constantFrom(...ALPACA_SIDES),
    qty: fc.integer({ min: 1, max: 6 }).map(String),
    time_in_force: fc.constantFrom('day', 'gtc', 'day', 'gtc', 'ioc', 'fok', 'cls'),
    limit: cents,
    stop: cents,
    target: cents,
  })
  .map(({ terms, side, qty, time_in_force, limit, stop, target }) => {
    const { type, order_class } = terms;
    return {
      symbol: 'SPY',
      side,
      qty,
      time_in_force,
      ...(type === 'limit' || type === 'stop_limit' ? { limit_price: limit } : {}),
      ...(type === 'stop' || type === 'stop_limit' ? { stop_price: stop } : {}),
      ...(order_class === undefined || order_class === 'oto' ? {} : { take_profit: { limit_price: target } }),
      ...(order_class === undefined ? {} : { stop_loss: { stop_price: stop } }),
      ...terms,
    };
  });
const change = fc.record({
  qty: maybe(amount),
  limit_price: maybe(price),
  stop_price: maybe(price),
  trail: maybe(price),
});
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .oneof({ weight: 1, arbitrary: order }, { weight: 4, arbitrary: sound })
      .map((body) => ({ kind: 'place', body }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .oneof(
        change,
        cents.map((limit_price) => ({ limit_price })),
        cents.map((stop_price) => ({ stop_price })),
      )
      .map((body) => ({ kind: 'replace', body }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel', body: undefined } as const) },
  { weight: 5, arbitrary: fc.constant({ kind: 'advance', body: undefined } as const) },
);

/** A price that goes up and down through most levels, with little volume. */
const ROWS: readonly Row[] = Array.from({ length: 400 }, (_, k) => {
  const [open, close] = [600 + 9 * Math.sin(k / 7), 600 + 9 * Math.sin((k + 1) / 7)].map(
    (value) => Math.round(value * 100) / 100,
  );
  return [open!, Math.max(open!, close!) + 0.5, Math.min(open!, close!) - 0.5, close!, 1 + (k % 5)] as const;
});

test('whatever is sent is taken or refused, and what is taken adds up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.boolean(), async (steps, isScarce) => {
      const { ask, service, simulator } = await openAlpaca([shares('SPY', 600, ROWS), coins('BTC/USD', 60_000)]);
      service.conditions.rateLimits = false;
      if (isScarce) service.conditions.volumeShare = 1;
      for (const { kind, body } of steps) {
        if (kind === 'advance') simulator.line.advance(1);
        if (kind === 'place') expect([200, 403, 422]).toContain((await ask('POST', '/v2/orders', body)).status);
        if (kind === 'place' || kind === 'advance') continue;
        const [open] = (await ask('GET', '/v2/orders')).json;
        if (open === undefined) continue;
        const method = kind === 'replace' ? 'PATCH' : 'DELETE';
        expect([200, 204, 403, 422]).toContain((await ask(method, `/v2/orders/${open.id}`, body)).status);
      }
      simulator.line.advance(230);
      const { json: orders } = await ask('GET', '/v2/orders?status=all&limit=500');
      const { json: positions } = await ask('GET', '/v2/positions');
      const { json: account } = await ask('GET', '/v2/account');
      for (const one of orders) {
        expect(one.status, JSON.stringify(one)).not.toBe('rejected');
        if (one.qty !== null) expect(Number(one.filled_qty), JSON.stringify(one)).toBeLessThanOrEqual(Number(one.qty));
        if (one.status === 'filled' && one.qty !== null) expect(one.filled_qty).toBe(one.qty);
      }
      const worth = positions.reduce((sum: number, row: { market_value: string }) => sum + Number(row.market_value), 0);
      expect(Number(account.equity)).toBeCloseTo(Number(account.cash) + heldBack(orders) + worth, 3);
      for (const row of positions) {
        const filled = orders.filter((one: { symbol: string }) => one.symbol.replace('/', '') === row.symbol);
        // A replacement goes on with what its order had filled.
        const counted = filled.filter((one: { replaced_by: unknown }) => one.replaced_by === null);
        const net = counted.reduce(
          (sum: number, one: { side: string; filled_qty: string }) =>
            sum + (one.side === 'buy' ? 1 : -1) * Number(one.filled_qty),
          0,
        );
        expect(net).toBeCloseTo(Number(row.qty), 8);
      }
    }),
    { numRuns: 25 },
  );
});

/** Cash that open orders for coins hold back is not told as cash. */
function heldBack(orders: readonly Record<string, string>[]): number {
  const open = orders.filter(({ status, side, asset_class }) => {
    return (
      side === 'buy' &&
      asset_class === 'crypto' &&
      ['new', 'accepted', 'partially_filled', 'pending_new'].includes(status!)
    );
  });
  return open.reduce((sum, one) => {
    const left = one.notional
      ? Number(one.notional)
      : (Number(one.qty) - Number(one.filled_qty)) * Number(one.limit_price ?? one.stop_price);
    return sum + left;
  }, 0);
}
