import { describe, expect, test } from 'vitest';
import { candlesOf, flat, MONDAY, type Ohlc } from '#tests/builders/candles.ts';
import { type MatchingCase, modelOf, type SentOrder, tradeOver, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';
import type { Candles } from '../candles.ts';
import type { IntrabarModel } from './execution-model.ts';
import { candleTape } from './tape.ts';

/** The questions that backtests answer differently: what is assumed of a candle that only four prices are known of. */
function fillsMatch(cases: readonly MatchingCase[]): void {
  test.each(cases)('$name', ({ candles, orders, fills, model }) => {
    expect(tradeOver(candles, orders, model && { model }).journal.fills).toEqual(fills);
  });
}

const LONG: SentOrder = { attached: levels(95, 110) };
const BOUGHT = '#1 at 1: entry +1 @ 100 taker';
const STOPPED = '#2 at 2: stop -1 @ 95 taker';
const REACHED = '#2 at 2: target -1 @ 110 maker';

describe('a candle that touches stop and target', () => {
  const nearHigh: Ohlc = [105, 111, 94, 100];
  const nearLow: Ohlc = [98, 111, 94, 100];
  const halfway: Ohlc = [102, 110, 94, 100];
  fillsMatch([
    { name: 'worst case: the stop', candles: [flat(100), nearHigh], orders: [LONG], fills: [BOUGHT, STOPPED] },
    {
      name: 'target first',
      candles: [flat(100), nearLow],
      orders: [LONG],
      model: { intrabar: 'target-first' },
      fills: [BOUGHT, REACHED],
    },
    {
      name: 'adaptive: the high is nearer to the open',
      candles: [flat(100), nearHigh],
      orders: [LONG],
      model: { intrabar: 'ohlc-adaptive' },
      fills: [BOUGHT, REACHED],
    },
    {
      name: 'adaptive: the low is',
      candles: [flat(100), nearLow],
      orders: [LONG],
      model: { intrabar: 'ohlc-adaptive' },
      fills: [BOUGHT, STOPPED],
    },
    {
      name: 'adaptive: from halfway the low comes first',
      candles: [flat(100), halfway],
      orders: [LONG],
      model: { intrabar: 'ohlc-adaptive' },
      fills: [BOUGHT, STOPPED],
    },
  ]);
});

describe('along the path', () => {
  const model = { intrabar: 'ohlc-adaptive' } as const;
  const limit: SentOrder = { type: 'limit', price: 95, attached: levels(90, 104) };
  fillsMatch([
    {
      name: 'what fills on the way down meets its target on the way up: 100, 95, 104, 103',
      candles: [[98, 104, 95, 103]],
      orders: [limit],
      model,
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 1: target -1 @ 104 maker'],
    },
    {
      name: 'but not a target that lies behind it: 103, 104, 95, 100',
      candles: [[103, 104, 95, 100]],
      orders: [limit],
      model,
      fills: ['#1 at 1: entry +1 @ 95 maker'],
    },
    {
      name: 'its stop is met after it',
      candles: [[98, 104, 89, 103]],
      orders: [limit],
      model,
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 1: stop -1 @ 90 taker'],
    },
    {
      name: 'orders trade in the order of their prices, not of their coming',
      candles: [[100, 101, 90, 95]],
      orders: [
        { type: 'limit', price: 92 },
        { side: 'sell', type: 'stop', price: 96 },
      ],
      model,
      fills: ['#1 at 1: entry -1 @ 96 taker', '#2 at 1: entry +1 @ 92 maker'],
    },
    {
      name: 'an open beyond a level fills there',
      candles: [flat(100), [93, 99, 92, 98]],
      orders: [LONG],
      model,
      fills: [BOUGHT, '#2 at 2: stop -1 @ 93 taker'],
    },
    {
      name: 'a stop entry whose stop lies above the market is out at once',
      candles: [[98, 104, 97, 100]],
      orders: [{ type: 'stop', price: 103, attached: levels(104) }],
      model,
      fills: ['#1 at 1: entry +1 @ 103 taker', '#2 at 1: stop -1 @ 103 taker'],
    },
  ]);
});

describe('where a gap fills', () => {
  fillsMatch([
    {
      name: 'at the level when the candle comes back to it',
      candles: [flat(100), [93, 99, 92, 98]],
      orders: [LONG],
      model: { gapFill: 'level' },
      fills: [BOUGHT, STOPPED],
    },
    {
      name: 'at the open when it does not',
      candles: [flat(100), [93, 94, 92, 93]],
      orders: [LONG],
      model: { gapFill: 'level' },
      fills: [BOUGHT, '#2 at 2: stop -1 @ 93 taker'],
    },
    {
      name: 'along the path too',
      candles: [flat(100), [93, 99, 92, 98]],
      orders: [LONG],
      model: { gapFill: 'level', intrabar: 'ohlc-adaptive' },
      fills: [BOUGHT, STOPPED],
    },
  ]);
});

describe('an exit in a candle that touches the stop', () => {
  const orders: SentOrder[] = [LONG, { at: 1, leg: 'exit', side: 'sell' }];
  fillsMatch([
    {
      name: 'comes before it',
      candles: [flat(100), [99, 100, 94, 96]],
      orders,
      fills: [BOUGHT, '#2 at 2: exit -1 @ 99 taker'],
    },
    {
      name: 'comes after it',
      candles: [flat(100), [99, 100, 94, 96]],
      orders,
      model: { exitSignal: 'after-stop' },
      fills: [BOUGHT, STOPPED],
    },
    {
      name: 'comes after it, and trades at the open when it is not touched',
      candles: [flat(100), [99, 100, 96, 96]],
      orders,
      model: { exitSignal: 'after-stop' },
      fills: [BOUGHT, '#2 at 2: exit -1 @ 99 taker'],
    },
  ]);
});

describe('in the candle of the entry', () => {
  fillsMatch([
    {
      name: 'nothing is left',
      candles: [[100, 111, 94, 100], flat(100)],
      orders: [LONG],
      model: { entryRow: 'no-exits' },
      fills: [BOUGHT],
    },
    {
      name: 'nor along the path',
      candles: [[100, 111, 94, 100], flat(95)],
      orders: [LONG],
      model: { entryRow: 'no-exits', intrabar: 'ohlc-adaptive' },
      fills: [BOUGHT, STOPPED],
    },
  ]);
});

describe('a signal that acts at its own close', () => {
  fillsMatch([
    {
      name: 'trades there',
      candles: [flat(103)],
      orders: [{}],
      model: { signalActs: 'this-close' },
      fills: ['#1 at 0: entry +1 @ 100 taker'],
    },
    {
      name: 'and what it brings along lives from the next candle on',
      candles: [[100, 111, 100, 110]],
      orders: [LONG],
      model: { signalActs: 'this-close' },
      fills: ['#1 at 0: entry +1 @ 100 taker', '#2 at 1: target -1 @ 110 maker'],
    },
    {
      name: 'a limit waits all the same',
      candles: [flat(99)],
      orders: [{ type: 'limit', price: 99 }],
      model: { signalActs: 'this-close' },
      fills: ['#1 at 1: entry +1 @ 99 maker'],
    },
  ]);
});

describe('a finer timeframe', () => {
  const intrabar: IntrabarModel = { kind: 'finer-timeframe', timeframe: '1m', within: 'worst-case-first' };
  /** Five minutes of which the third reaches the target and the fifth the stop. */
  const minutes = candlesOf([
    flat(100),
    flat(100),
    flat(100),
    flat(100),
    flat(100),
    [100, 104, 99, 103],
    [103, 108, 102, 107],
    [107, 111, 106, 108],
    [108, 109, 100, 101],
    [101, 102, 94, 95],
  ]);
  const fives = candlesOf([flat(100), [100, 111, 94, 95]], '5m');

  function boughtOver(inside: Candles | undefined) {
    const watched = new WatchedExchange(
      gridOf(),
      fives,
      inside && { model: modelOf({ intrabar }), inside: candleTape(inside) },
    );
    watched.send(orderOf(LONG), 0);
    watched.exchange.match(1);
    return watched.journal.fills;
  }

  test('is replayed inside the candle, whose index the fills have', () => {
    expect(boughtOver(minutes)).toEqual(['#1 at 1: entry +1 @ 100 taker', '#2 at 1: target -1 @ 110 maker']);
    expect(boughtOver(undefined)).toEqual(['#1 at 1: entry +1 @ 100 taker', '#2 at 1: stop -1 @ 95 taker']);
  });

  test('must be there', () => {
    expect(() => new WatchedExchange(gridOf(), fives, { model: modelOf({ intrabar }) })).toThrow(
      'Cannot replay 1m candles inside those of "BTC/USDT" as there are none; give them, or choose another intrabar model',
    );
  });

  test('passes over candles in which nothing is touched', () => {
    const quiet = candlesOf([...Array.from({ length: 5 * 4 }, () => flat(100)), flat(95)]);
    const candles = candlesOf(
      [flat(100), flat(100), flat(100), flat(100), [95, 100, 95, 100], flat(100)],
      '5m',
      MONDAY,
    );
    const watched = new WatchedExchange(gridOf(), candles, { model: modelOf({ intrabar }), inside: candleTape(quiet) });
    watched.send(orderOf({ type: 'limit', price: 95 }), 0);
    expect([watched.exchange.quietUntil(1, 6), watched.exchange.quietUntil(1, 3)]).toEqual([4, 3]);
    expect(watched.exchange.quietUntil(5, 6)).toBe(6);
  });
});
