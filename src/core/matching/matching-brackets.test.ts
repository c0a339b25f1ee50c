import { describe, expect, test } from 'vitest';
import { candlesOf, flat } from '#tests/builders/candles.ts';
import { type MatchingCase, type SentOrder, tradeOver, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, levels, orderOf } from '#tests/builders/orders.ts';

const GRID = gridOf();
const BUY_LIMIT: SentOrder = { type: 'limit', price: 95 };
const BUY_STOP: SentOrder = { type: 'stop', price: 105 };
const SELL_STOP: SentOrder = { side: 'sell', type: 'stop', price: 95 };

function fillsMatch(cases: readonly MatchingCase[]): void {
  test.each(cases)('$name', ({ candles, orders, fills }) => {
    expect(tradeOver(candles, orders).journal.fills).toEqual(fills);
  });
}

describe('an attached stop and target', () => {
  const long: SentOrder = { attached: levels(95, 110) };
  const short: SentOrder = { side: 'sell', attached: levels(105, 90) };
  const [bought, sold] = ['#1 at 1: entry +1 @ 100 taker', '#1 at 1: entry -1 @ 100 taker'];
  fillsMatch([
    {
      name: 'wait',
      candles: [
        [100, 109, 96, 100],
        [100, 109, 96, 100],
      ],
      orders: [long],
      fills: [bought],
    },
    {
      name: 'the stop of a long',
      candles: [flat(100), [100, 101, 95, 96]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'the target of a long',
      candles: [flat(100), [100, 110, 99, 99]],
      orders: [long],
      fills: [bought, '#2 at 2: target -1 @ 110 maker'],
    },
    {
      name: 'the stop of a short',
      candles: [flat(100), [100, 105, 99, 99]],
      orders: [short],
      fills: [sold, '#2 at 2: stop +1 @ 105 taker'],
    },
    {
      name: 'the target of a short',
      candles: [flat(100), [100, 101, 90, 95]],
      orders: [short],
      fills: [sold, '#2 at 2: target +1 @ 90 maker'],
    },
    {
      name: 'a gap through the stop fills at the open',
      candles: [flat(100), [91, 99, 90, 98]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 91 taker'],
    },
    {
      name: 'a gap through the target fills at the open',
      candles: [flat(100), [115, 116, 99, 99]],
      orders: [long],
      fills: [bought, '#2 at 2: target -1 @ 115 maker'],
    },
    {
      name: 'the worst comes first when a candle touches both',
      candles: [flat(100), [100, 111, 94, 105]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'for a short as well',
      candles: [flat(100), [100, 106, 89, 95]],
      orders: [short],
      fills: [sold, '#2 at 2: stop +1 @ 105 taker'],
    },
    {
      name: 'one cancels the other',
      candles: [flat(100), flat(95), flat(110)],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'distances count from the fill',
      candles: [flat(102), [102, 102, 97, 99]],
      orders: [{ attached: distances(5, 10) }],
      fills: ['#1 at 1: entry +1 @ 102 taker', '#2 at 2: stop -1 @ 97 taker'],
    },
    {
      name: 'a stop alone',
      candles: [flat(100), flat(120), flat(94)],
      orders: [{ attached: levels(95) }],
      fills: [bought, '#2 at 3: stop -1 @ 94 taker'],
    },
  ]);

  test('tell what becomes of them', () => {
    const { journal } = tradeOver([flat(100), flat(110)], [long]);
    expect(journal.orders).toEqual([
      'entry open',
      'stop open',
      'target open',
      'stop canceled: the other one of the pair filled',
    ]);
  });
});

describe('in the candle of an entry', () => {
  const long = { attached: levels(90, 110) };
  fillsMatch([
    {
      name: 'at the open, the stop is live',
      candles: [[100, 101, 90, 95]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 1: stop -1 @ 90 taker'],
    },
    {
      name: 'at the open, the target is live',
      candles: [[100, 110, 99, 99]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 1: target -1 @ 110 maker'],
    },
    {
      name: 'at an open beyond the stop, both are at the open',
      candles: [[88, 89, 87, 88]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 88 taker', '#2 at 1: stop -1 @ 88 taker'],
    },
    {
      name: 'at an open beyond the target, both are at the open',
      candles: [[112, 113, 111, 112]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 112 taker', '#2 at 1: target -1 @ 112 maker'],
    },
    {
      name: 'inside, the stop is live',
      candles: [[100, 101, 89, 95]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 1: stop -1 @ 90 taker'],
    },
    {
      name: 'inside, the target is not: its price may have come before',
      candles: [[100, 111, 95, 99]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker'],
    },
    {
      name: 'inside, the target waits one candle',
      candles: [
        [100, 111, 95, 99],
        [99, 110, 99, 99],
      ],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 2: target -1 @ 110 maker'],
    },
    {
      name: 'a limit at a better open counts as at the open',
      candles: [[93, 110, 92, 98]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 93 maker', '#2 at 1: target -1 @ 110 maker'],
    },
    {
      name: 'after a stop entry, its stop fills at its level: the open lies before the entry',
      candles: [[100, 106, 99, 104]],
      orders: [{ ...BUY_STOP, attached: levels(102, 120) }],
      fills: ['#1 at 1: entry +1 @ 105 taker', '#2 at 1: stop -1 @ 102 taker'],
    },
    {
      name: 'and mirrored',
      candles: [[100, 101, 94, 96]],
      orders: [{ ...SELL_STOP, attached: levels(98, 80) }],
      fills: ['#1 at 1: entry -1 @ 95 taker', '#2 at 1: stop +1 @ 98 taker'],
    },
    {
      name: 'but in the next candle at an open beyond it',
      candles: [
        [103, 106, 103, 104],
        [100, 101, 99, 100],
      ],
      orders: [{ ...BUY_STOP, attached: levels(102, 120) }],
      fills: ['#1 at 1: entry +1 @ 105 taker', '#2 at 2: stop -1 @ 100 taker'],
    },
  ]);
});

describe('reduce-only', () => {
  const exit: SentOrder = { leg: 'exit', side: 'sell' };
  fillsMatch([
    {
      name: 'never flips the position',
      candles: [flat(100), flat(101)],
      orders: [{}, { ...exit, at: 1, quantity: 5 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'the second of two finds nothing left',
      candles: [flat(100), flat(101)],
      orders: [{}, { ...exit, at: 1 }, { ...exit, at: 1 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'an exit ends the stop and target',
      candles: [flat(100), flat(101), flat(90)],
      orders: [{ attached: levels(95, 110) }, { ...exit, at: 1 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'the first stop out of two entries leaves the second',
      candles: [flat(100), flat(100), flat(95), flat(90)],
      orders: [{ attached: levels(95) }, { at: 1, attached: levels(90) }],
      fills: [
        '#1 at 1: entry +1 @ 100 taker',
        '#2 at 2: entry +1 @ 100 taker',
        '#3 at 3: stop -1 @ 95 taker',
        '#4 at 4: stop -1 @ 90 taker',
      ],
    },
  ]);

  test('says why what is left of it ends', () => {
    const { journal } = tradeOver(
      [flat(100), flat(101)],
      [{ attached: levels(95, 110) }, { ...exit, at: 1, quantity: 5 }],
    );
    expect(journal.orders.slice(-2)).toEqual([
      'stop canceled: the position is closed',
      'target canceled: the position is closed',
    ]);
  });

  test('keeps what it filled of a larger quantity', () => {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(100), flat(101)]));
    watched.send(orderOf(), 0);
    watched.exchange.match(1);
    const order = orderOf({ ...exit, occasion: 2, quantity: 5 });
    watched.send(order, 1);
    watched.exchange.match(2);
    expect(order.state).toEqual({ kind: 'canceled', filled: 1, why: 'the position was smaller than the order' });
    expect(watched.exchange.position).toBe(0);
  });
});
