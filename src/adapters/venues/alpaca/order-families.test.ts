import { expect, test } from 'vitest';
import { ORDER } from '#tests/fixtures/alpaca-messages.ts';
import { type AlpacaOrder, orderFrom } from './decode-order.ts';
import { OrderFamilies } from './order-families.ts';
import { AlpacaSymbols } from './symbols.ts';

const SYMBOLS = new AlpacaSymbols([]);

/** An entry with its stop. */
function bracket(k: number): AlpacaOrder {
  const leg = { ...ORDER, id: `stop-${k}`, client_order_id: `leg-${k}`, type: 'stop', stop_price: '95', legs: null };
  return orderFrom({ ...ORDER, id: `entry-${k}`, client_order_id: `ours-${k}`, legs: [leg] }, SYMBOLS)!;
}

test('what belongs together is kept of the newest orders, and learned again of older ones', () => {
  const families = new OrderFamilies();
  const all = Array.from({ length: 20_000 }, (_, k) => k);
  for (const k of all) families.learn(bracket(k));
  const known = () => all.filter((k) => families.knows(`stop-${k}`));
  expect(known()).toHaveLength(5_000);
  expect(families.knows('stop-0')).toBe(false);
  families.learn(bracket(0));
  const [stop] = bracket(0).legs;
  expect(families.report(stop!).attachedTo).toEqual({ clientOrderId: 'ours-0', leg: 'stop' });
  expect(known()).toHaveLength(5_000);
});

test('an order that is changed again and again goes on under its newest id', () => {
  const families = new OrderFamilies();
  for (let k = 1; k < 30; k++) {
    families.learn({ ...bracket(k), legs: [], replaces: `entry-${k - 1}` });
  }
  expect([families.newest('entry-0'), families.newest('entry-12')]).toEqual(['entry-29', 'entry-29']);
});
