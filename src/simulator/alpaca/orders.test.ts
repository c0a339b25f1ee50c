import { expect, test } from 'vitest';
import { openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';

test('a market order is told as pending, then trades at the price where the market stands', async () => {
  const { ask, place, order, simulator } = await openAlpaca([shares('SPY', 600)]);
  const placed = await place({ symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' });
  expect(placed).toMatchObject({ status: 'pending_new', filled_qty: '0', qty: '10', filled_avg_price: null });
  expect(await order(placed.id)).toMatchObject({ status: 'filled', filled_qty: '10', filled_avg_price: '600' });
  expect((await ask('GET', '/v2/positions')).json).toMatchObject([
    { symbol: 'SPY', qty: '10', side: 'long', avg_entry_price: '600', qty_available: '10' },
  ]);
  const account = (await ask('GET', '/v2/account')).json;
  expect(account).toMatchObject({ cash: '94000', equity: '100000', multiplier: '4' });
  simulator.line.advance(1);
});
