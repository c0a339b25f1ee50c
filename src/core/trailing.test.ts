import { describe, expect, test } from 'vitest';
import { flat } from '#tests/builders/candles.ts';
import { type MatchingCase, type SentOrder, tradeOver } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances } from '#tests/builders/orders.ts';
import type { GridPrice } from './grid.ts';
import { type TrailDistance, trailedLevel } from './trailing.ts';

const FIVE: TrailDistance = { kind: 'absolute', distance: 5 };
const TEN_PERCENT: TrailDistance = { kind: 'percent', percent: 10 };
const at = (price: number) => price as GridPrice;

test.each([
  { name: 'a sell lies below the best price', side: 'sell', distance: FIVE, best: 100, level: 95 },
  { name: 'a buy above it', side: 'buy', distance: FIVE, best: 100, level: 105 },
  { name: 'a percentage is of the best price', side: 'sell', distance: TEN_PERCENT, best: 110, level: 99 },
  { name: 'a sell moves up to the tick', side: 'sell', distance: TEN_PERCENT, best: 101, level: 91 },
  { name: 'a buy moves down to it', side: 'buy', distance: TEN_PERCENT, best: 101, level: 111 },
] as const)('trailedLevel: $name', ({ side, distance, best, level }) => {
  expect(trailedLevel(gridOf(), side, { distance, activation: undefined }, best)).toBe(level);
});

test.each([
  { name: 'a sell not reached', side: 'sell', best: 104, level: undefined },
  { name: 'a sell reached', side: 'sell', best: 105, level: 100 },
  { name: 'a buy not reached', side: 'buy', best: 106, level: undefined },
  { name: 'a buy reached', side: 'buy', best: 105, level: 110 },
] as const)('trailedLevel with an activation at 105: $name', ({ side, best, level }) => {
  expect(trailedLevel(gridOf(), side, { distance: FIVE, activation: at(105) }, best)).toBe(level);
});

/** Sent at the close of candle 0, at 100. */
const SELL: SentOrder = { side: 'sell', type: 'trailing-stop', trail: { distance: FIVE, activation: undefined } };
const BUY: SentOrder = { ...SELL, side: 'buy' };
const LATER: SentOrder = { ...SELL, trail: { distance: FIVE, activation: at(110) } };
const ATTACHED: SentOrder = { attached: { ...distances(10), trail: { distance: FIVE, activation: 4 } } };

function fillsMatch(cases: readonly MatchingCase[]): void {
  test.each(cases)('$name', ({ candles, orders, fills, model }) => {
    expect(tradeOver(candles, orders, model && { model }).journal.fills).toEqual(fills);
  });
}

describe('a trailing stop', () => {
  fillsMatch([
    {
      name: 'starts behind the last close',
      candles: [[100, 100, 95, 96]],
      orders: [SELL],
      fills: ['#1 at 1: entry -1 @ 95 taker'],
    },
    { name: 'is not hit above it', candles: [[100, 100, 96, 96]], orders: [SELL], fills: [] },
    {
      name: 'follows a rise',
      candles: [
        [100, 110, 99, 109],
        [109, 109, 105, 106],
      ],
      orders: [SELL],
      fills: ['#1 at 2: entry -1 @ 105 taker'],
    },
    {
      name: 'never goes back',
      candles: [flat(110), flat(106), flat(107), flat(105)],
      orders: [SELL],
      fills: ['#1 at 4: entry -1 @ 105 taker'],
    },
    {
      name: 'buys above a fall',
      candles: [
        [100, 101, 90, 91],
        [91, 95, 91, 94],
      ],
      orders: [BUY],
      fills: ['#1 at 2: entry +1 @ 95 taker'],
    },
    {
      name: 'that is gapped through fills at the open',
      candles: [flat(110), [101, 103, 100, 102]],
      orders: [SELL],
      fills: ['#1 at 2: entry -1 @ 101 taker'],
    },
    {
      name: 'does not follow before its activation',
      candles: [flat(109), flat(100), flat(90)],
      orders: [LATER],
      fills: [],
    },
    {
      name: 'follows from its activation on',
      candles: [[109, 110, 109, 109], flat(105)],
      orders: [LATER],
      fills: ['#1 at 2: entry -1 @ 105 taker'],
    },
    {
      name: 'of an entry begins at the bracket’s level',
      candles: [flat(100), [100, 103, 90, 92]],
      orders: [ATTACHED],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: stop -1 @ 90 taker'],
    },
    {
      name: 'of an entry follows once its activation was reached',
      candles: [flat(100), flat(104), [104, 104, 99, 100]],
      orders: [ATTACHED],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 3: stop -1 @ 99 taker'],
    },
  ]);
});

describe('what a trailing stop sees first', () => {
  const both: MatchingCase['candles'] = [[100, 110, 104, 108]];
  fillsMatch([
    { name: 'adverse: the low is held against the level before the high', candles: both, orders: [SELL], fills: [] },
    {
      name: 'favourable: it is held against the level after the high',
      candles: both,
      orders: [SELL],
      model: { trailingSees: 'favourable-first' },
      fills: ['#1 at 1: entry -1 @ 105 taker'],
    },
    {
      name: 'the close comes after the high in any case',
      candles: [[100, 110, 99, 103]],
      orders: [SELL],
      fills: ['#1 at 1: entry -1 @ 105 taker'],
    },
    {
      name: 'by the path, the low first: 100, 96, 110, 108',
      candles: [[100, 110, 96, 108]],
      orders: [SELL],
      model: { intrabar: 'ohlc-adaptive' },
      fills: [],
    },
    {
      name: 'by the path, the high first: 108, 110, 104, 106',
      candles: [[108, 110, 104, 106]],
      orders: [SELL],
      model: { intrabar: 'ohlc-adaptive' },
      fills: ['#1 at 1: entry -1 @ 105 taker'],
    },
  ]);
});

test('tells of each level that it moves to', () => {
  const { exchange } = tradeOver([flat(103), flat(102), flat(107)], [SELL]);
  expect(exchange.openOrders().map(({ price }) => price)).toEqual([102]);
});
