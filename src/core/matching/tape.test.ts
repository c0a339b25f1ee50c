import { describe, expect, test } from 'vitest';
import { candlesOf, flat, MONDAY } from '#tests/builders/candles.ts';
import { modelOf, type SentOrder, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';
import type { EpochMs } from '../time.ts';
import type { ExecutionModel } from './execution-model.ts';
import { firstRowFrom, QuoteTape, type Tape, TradeTape } from './tape.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const at = (seconds: number) => (MONDAY + MINUTE + seconds * SECOND) as EpochMs;

/** Two minutes, the first flat at 100, and what happens inside the second one; the order is sent in between. */
function tradedInside(inside: Tape, orders: readonly SentOrder[], model?: Partial<ExecutionModel>): readonly string[] {
  const candles = candlesOf([flat(100), [100, 120, 80, 100]]);
  const watched = new WatchedExchange(gridOf(), candles, { inside, model: modelOf(model) });
  for (const [k, order] of orders.entries()) watched.send(orderOf({ occasion: k + 1, ...order }), 0);
  watched.exchange.match(1);
  return watched.journal.fills;
}

describe('public trades', () => {
  function trades(...rows: readonly (readonly [seconds: number, price: number, quantity: number])[]): TradeTape {
    const tape = new TradeTape();
    tape.append({ at: (MONDAY + 59 * SECOND) as EpochMs, price: 100, quantity: 1 });
    for (const [seconds, price, quantity] of rows) tape.append({ at: at(seconds), price, quantity });
    return tape;
  }

  test.each([
    {
      name: 'a market order trades with the next one',
      orders: [{}],
      rows: [
        [1, 101, 1],
        [2, 102, 1],
      ],
      fills: ['#1 at 1: entry +1 @ 101 taker'],
    },
    {
      name: 'stop and target meet them one after the other',
      orders: [{ attached: levels(95, 105) }],
      rows: [
        [1, 100, 1],
        [2, 104, 1],
        [3, 106, 1],
        [4, 94, 1],
      ],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 1: target -1 @ 106 maker'],
    },
    {
      name: 'their size is what there is',
      orders: [{ quantity: 5 }],
      rows: [
        [1, 101, 2],
        [2, 102, 8],
      ],
      model: { volumeShare: 1 },
      fills: ['#1 at 1: entry +2 @ 101 taker', '#2 at 1: entry +3 @ 102 taker'],
    },
    {
      name: 'latency ends between two of them',
      orders: [{}],
      rows: [
        [1, 101, 1],
        [2, 102, 1],
      ],
      model: { latencyMs: 1500 },
      fills: ['#1 at 1: entry +1 @ 102 taker'],
    },
  ] as const)('$name', ({ rows, orders, fills, ...rest }) => {
    expect(tradedInside(trades(...rows), orders, 'model' in rest ? rest.model : {})).toEqual(fills);
  });

  test('must not go back in time; two may share a moment', () => {
    const tape = trades([1, 100, 1], [1, 101, 1]);
    expect(() => tape.append({ at: at(0), price: 100, quantity: 1 })).toThrow(
      /^A row of a tape must not begin before the last one/,
    );
    expect([firstRowFrom(tape, at(0)), firstRowFrom(tape, at(1)), firstRowFrom(tape, at(2))]).toEqual([1, 1, 3]);
  });
});

describe('quotes', () => {
  /** Bid and ask 2 apart around each middle. */
  function quotes(...middles: readonly number[]): QuoteTape {
    const tape = new QuoteTape();
    for (const [k, middle] of [100, ...middles].entries()) {
      const side = (price: number) => ({ open: price, high: price, low: price, close: price, size: 3 });
      tape.append({ openTime: (k === 0 ? MONDAY : at(k)) as EpochMs, bid: side(middle - 1), ask: side(middle + 1) });
    }
    return tape;
  }

  test.each([
    { name: 'who buys pays the ask', orders: [{}], middles: [100], fills: ['#1 at 1: entry +1 @ 101 taker'] },
    {
      name: 'who sells gets the bid',
      orders: [{ side: 'sell' }],
      middles: [100],
      fills: ['#1 at 1: entry -1 @ 99 taker'],
    },
    {
      name: 'the stop of a long is hit by the bid',
      orders: [{ attached: levels(95) }],
      middles: [100, 97, 96],
      fills: ['#1 at 1: entry +1 @ 101 taker', '#2 at 1: stop -1 @ 95 taker'],
    },
    {
      name: 'the stop of a short by the ask',
      orders: [{ side: 'sell', attached: levels(105) }],
      middles: [100, 103, 104],
      fills: ['#1 at 1: entry -1 @ 99 taker', '#2 at 1: stop +1 @ 105 taker'],
    },
    {
      name: 'a limit that buys needs the ask to come down',
      orders: [{ type: 'limit', price: 95 }],
      middles: [100, 95, 94],
      fills: ['#1 at 1: entry +1 @ 95 maker'],
    },
    {
      name: 'a limit that sells needs the bid to come up',
      orders: [{ side: 'sell', type: 'limit', price: 105 }],
      middles: [100, 105, 106],
      fills: ['#1 at 1: entry -1 @ 105 maker'],
    },
    {
      name: 'what is offered is what there is',
      orders: [{ quantity: 4 }],
      middles: [100, 102],
      model: { volumeShare: 1 },
      fills: ['#1 at 1: entry +3 @ 101 taker', '#2 at 1: entry +1 @ 103 taker'],
    },
  ] as const)('$name', ({ middles, orders, fills, ...rest }) => {
    expect(tradedInside(quotes(...middles), orders, 'model' in rest ? rest.model : {})).toEqual(fills);
  });

  test('bid and ask move along one path: what is nearer is met first on either side', () => {
    const tape = new QuoteTape();
    const quoted = (open: number, high: number, low: number, close: number) => ({ open, high, low, close, size: 1 });
    tape.append({ openTime: at(0), bid: quoted(99, 101, 89, 99), ask: quoted(101, 103, 91, 101) });
    const orders: SentOrder[] = [
      { type: 'limit', price: 95 },
      { side: 'sell', type: 'stop', price: 96 },
    ];
    // The bid falls to 96 when the ask has come to 98.
    expect(tradedInside(tape, orders, { intrabar: 'ohlc-adaptive' })).toEqual([
      '#1 at 1: entry -1 @ 96 taker',
      '#2 at 1: entry +1 @ 95 maker',
    ]);
  });
});
