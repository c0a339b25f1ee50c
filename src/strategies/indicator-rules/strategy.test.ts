import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { type Held, REASONS } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import { botOf } from '#tests/builders/bots.ts';
import { anyOhlc, candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { IndicatorRules } from './strategy.ts';

const FLAT: Held = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 };
const LONG: Held = { direction: 'long', entryIndex: 1, lastExitIndex: -1 };
const SHORT: Held = { direction: 'short', entryIndex: 1, lastExitIndex: -1 };

const UP = ['close', '>', 'open'];
const DOWN = ['close', '<', 'open'];
const RISES: Ohlc = [100, 102, 98, 101];
const FALLS: Ohlc = [100, 102, 98, 99];
const BOTH_WAYS = {
  warmupCandles: 1,
  entry: { long: UP, short: DOWN },
  exit: { long: DOWN, short: UP },
};

function strategyOf(file: object, rows: readonly Ohlc[]): IndicatorRules {
  const strategy = new IndicatorRules(botOf(file), candlesOf(rows));
  strategy.observe(0, rows.length);
  return strategy;
}

test.each([
  { name: 'flat, the long entry is met', held: FLAT, row: RISES, kind: 'enter', reason: REASONS.longEntry },
  { name: 'flat, the short entry is met', held: FLAT, row: FALLS, kind: 'enter', reason: REASONS.shortEntry },
  { name: 'flat, nothing is met', held: FLAT, row: flat(100), kind: 'hold', reason: REASONS.noEntry },
  { name: 'long, its exit is met', held: LONG, row: FALLS, kind: 'exit', reason: REASONS.longExit },
  { name: 'long, an entry is met', held: LONG, row: RISES, kind: 'hold', reason: REASONS.noExit },
  { name: 'short, its exit is met', held: SHORT, row: RISES, kind: 'exit', reason: REASONS.shortExit },
  { name: 'short, an entry is met', held: SHORT, row: FALLS, kind: 'hold', reason: REASONS.noExit },
])('$name: $kind', ({ held, row, kind, reason }) => {
  expect(strategyOf(BOTH_WAYS, [row, row, row]).decide(2, held)).toMatchObject({ kind, reason });
});

test('when both entries are met, neither is taken', () => {
  const strategy = strategyOf({ ...BOTH_WAYS, entry: { long: UP, short: UP } }, [RISES, RISES]);
  expect(strategy.decide(1, FLAT)).toEqual({ kind: 'hold', reason: REASONS.bothEntries });
});

test('bars in trade are counted from the entry of the position that is asked about', () => {
  const strategy = strategyOf(
    { ...BOTH_WAYS, exit: { ...BOTH_WAYS.exit, long: ['barsInTrade', '>', 2] } },
    Array<Ohlc>(8).fill(RISES),
  );
  const exits = (entryIndex: number) =>
    [1, 2, 3, 4, 5, 6, 7].filter((i) => strategy.decide(i, { ...LONG, entryIndex }).kind === 'exit');
  expect(exits(1)).toEqual([3, 4, 5, 6, 7]);
  expect(exits(4)).toEqual([6, 7]);
});

test('a side without rules is never taken', () => {
  const strategy = strategyOf({ ...BOTH_WAYS, entry: { long: UP } }, [FALLS, FALLS]);
  expect(strategy.decide(1, FLAT)).toEqual({ kind: 'hold', reason: REASONS.noEntry });
});

test('decides from the candle after the warm-up on, in position too', () => {
  const strategy = strategyOf({ ...BOTH_WAYS, warmupCandles: 3 }, [RISES, RISES, RISES, RISES]);
  const reasons = [0, 1, 2, 3].map((i) => [strategy.decide(i, FLAT), strategy.decide(i, SHORT)]);
  const warming = { kind: 'hold', reason: REASONS.warmingUp };
  expect(reasons.slice(0, 3)).toEqual(Array(3).fill([warming, warming]));
  expect(reasons[3]).toMatchObject([{ kind: 'enter' }, { kind: 'exit' }]);
});

test.each([
  { name: 'none: at the close of the exit candle again', coolDownCandles: 0, lastExitIndex: 3, enters: [3, 4, 5, 6] },
  { name: 'two candles', coolDownCandles: 2, lastExitIndex: 3, enters: [6] },
  { name: 'none before the first exit', coolDownCandles: 2, lastExitIndex: -1, enters: [1, 2, 3, 4, 5, 6] },
])('cool-down, $name', ({ coolDownCandles, lastExitIndex, enters }) => {
  const strategy = strategyOf({ ...BOTH_WAYS, coolDownCandles }, Array<Ohlc>(7).fill(RISES));
  const held: Held = { ...FLAT, lastExitIndex };
  const candles = [1, 2, 3, 4, 5, 6].filter((i) => i >= lastExitIndex);
  const decisions = candles.map((i) => ({ i, ...strategy.decide(i, held) }));
  expect(decisions.filter(({ kind }) => kind === 'enter').map(({ i }) => i)).toEqual(enters);
  for (const { kind, reason } of decisions) if (kind === 'hold') expect(reason).toBe(REASONS.coolingDown);
});

test('the cool-down never keeps a position open', () => {
  const strategy = strategyOf({ ...BOTH_WAYS, coolDownCandles: 9 }, Array<Ohlc>(7).fill(FALLS));
  expect(strategy.decide(4, { ...LONG, lastExitIndex: 3 })).toMatchObject({ kind: 'exit' });
});

/** True ranges of 4 throughout: ATR(2) is 4 from candle 2 on; the close is 101. */
test.each([
  {
    name: 'percent',
    stop: { percent: 2 },
    target: { percent: 10 },
    expected: { stop: expect.closeTo(2.02, 9), target: expect.closeTo(10.1, 9) },
  },
  {
    name: 'ATR',
    stop: { atrMultiple: 2, period: 2 },
    target: { atrMultiple: 3, period: 2 },
    expected: { stop: 8, target: 12 },
  },
  {
    name: 'a multiple of the risk',
    stop: { atrMultiple: 2, period: 2 },
    target: { riskMultiple: 1.5 },
    expected: { stop: 8, target: 12 },
  },
  { name: 'a stop alone', stop: { percent: 1 }, target: undefined, expected: { stop: 1.01, target: undefined } },
])('stop and target by $name', ({ stop, target, expected }) => {
  const strategy = strategyOf({ ...BOTH_WAYS, brackets: { stop, target } }, Array<Ohlc>(5).fill(RISES));
  expect(strategy.decide(4, FLAT)).toMatchObject({ kind: 'enter', direction: 'long', brackets: expected });
});

test.each([
  { name: 'under the lowest low', row: [104, 106, 103, 105] as const, direction: 'long', stop: 15 },
  { name: 'above the highest high', row: [96, 97, 94, 95] as const, direction: 'short', stop: 15 },
])('a swing stop lies $name of its candles, and beyond it by the offset', ({ row, direction, stop }) => {
  // Lows 80, 90, 95 and highs 120, 110, 105 lie before: two candles and the last make the swing.
  const rows: readonly Ohlc[] = [[100, 120, 80, 100], [100, 110, 90, 100], [100, 105, 95, 100], row];
  const decided = (offsetPercent?: number) => {
    const brackets = { stop: { swingCandles: 3, ...(offsetPercent && { offsetPercent }) } };
    const file = { ...BOTH_WAYS, entry: { long: ['close', '>', 101], short: ['close', '<', 99] }, brackets };
    return strategyOf({ ...file, warmupCandles: 1 }, rows).decide(3, FLAT);
  };
  expect(decided()).toMatchObject({ kind: 'enter', direction, brackets: { stop, target: undefined } });
  const swing = direction === 'long' ? 90 : 110;
  expect(decided(1)).toMatchObject({ brackets: { stop: expect.closeTo(stop + swing / 100, 9) } });
});

test('a trade is left at the close of its last candle, whatever its rules say', () => {
  const strategy = strategyOf({ ...BOTH_WAYS, exit: {}, maxTradeCandles: 3 }, Array<Ohlc>(9).fill(flat(100)));
  const held = { ...LONG, entryIndex: 4 };
  expect([4, 5, 6, 7].map((i) => strategy.decide(i, held).kind)).toEqual(['hold', 'hold', 'exit', 'exit']);
  expect(strategy.decide(6, held)).toEqual({ kind: 'exit', reason: REASONS.tooLong });
  expect(strategy.quiet(5, 9, held)).toEqual({ until: 6, reason: REASONS.noExit });
  expect(strategy.quiet(7, 9, held).until).toBe(7);
});

test('an entry without brackets has none', () => {
  expect(strategyOf(BOTH_WAYS, [RISES, RISES]).decide(1, FLAT)).toMatchObject({ brackets: undefined });
});

test('the snapshot names what the rules read, as far as it is defined', () => {
  const file = {
    ...BOTH_WAYS,
    entry: {
      long: {
        all: [
          ['sma(2)', '>', 'sma(9)'],
          ['macd(2,3,2).signal', '>', 'sma(2)@3m'],
        ],
      },
    },
    brackets: { stop: { atrMultiple: 2, period: 2 } },
  };
  const strategy = strategyOf(file, Array<Ohlc>(4).fill(flat(7)));
  expect(strategy.snapshot(0)).toEqual({});
  expect(strategy.snapshot(3)).toEqual({ 'sma(2)': 7, 'macd(2,3,2).signal': 0, 'atr(2)': 0 });
});

const BOTS = [
  { name: 'levels', ...BOTH_WAYS },
  { name: 'both entries now and then', ...BOTH_WAYS, entry: { long: ['close', '>', 101], short: ['open', '>', 102] } },
  { name: 'a most of candles, and signals to both sides', ...BOTH_WAYS, maxTradeCandles: 4, onSame: 'stack' },
  { name: 'cool-down and warm-up', ...BOTH_WAYS, warmupCandles: 7, coolDownCandles: 5 },
  {
    name: 'crosses and bars in trade',
    warmupCandles: 1,
    entry: { long: ['close', 'crosses-above', 'sma(3)'] },
    exit: {
      long: {
        any: [
          ['barsInTrade', '>', 4],
          ['close', 'crosses-below', 'sma(3)'],
        ],
      },
    },
  },
  {
    name: 'a higher timeframe',
    warmupCandles: 2,
    coolDownCandles: 1,
    entry: { long: ['close', '>', 'sma(2)@5m'], short: ['close', 'crosses-below', 'ema(2)@3m'] },
    exit: { long: ['close', '<', 'sma(2)@5m'], short: ['barsInTrade', '>', 2] },
  },
];
const COUNT = 40;
const anyRows = fc.array(anyOhlc, { minLength: COUNT, maxLength: COUNT });
const anyHeld: fc.Arbitrary<Held> = fc.oneof(
  fc.integer({ min: -1, max: COUNT }).map((lastExitIndex): Held => ({ ...FLAT, lastExitIndex })),
  fc.nat(COUNT).map((entryIndex): Held => ({ ...LONG, entryIndex })),
  fc.nat(COUNT).map((entryIndex): Held => ({ ...SHORT, entryIndex })),
);

test.each(BOTS)(
  'quiet never passes over a candle at which something is decided, nor is its reason another: $name',
  (file) => {
    fc.assert(
      fc.property(anyRows, anyHeld, fc.nat(COUNT - 1), fc.nat(COUNT), (rows, held, from, length) => {
        const strategy = strategyOf(file, rows);
        const to = Math.min(COUNT, from + length);
        const { until, reason } = strategy.quiet(from, to, held);
        expect(until).toBeGreaterThanOrEqual(from);
        expect(until).toBeLessThanOrEqual(to);
        for (let i = from; i < until; i++) expect(strategy.decide(i, held)).toEqual({ kind: 'hold', reason });
      }),
    );
  },
);

test.each(BOTS)(
  'quiet goes as far as it can: at its end the reason is another, or something is decided: $name',
  (file) => {
    fc.assert(
      fc.property(anyRows, anyHeld, fc.nat(COUNT - 1), (rows, held, from) => {
        const strategy = strategyOf(file, rows);
        const { until, reason } = strategy.quiet(from, COUNT, held);
        if (until < COUNT) expect(strategy.decide(until, held)).not.toEqual({ kind: 'hold', reason });
      }),
    );
  },
);

test.each(BOTS)(
  'quiet remembers nothing that matters: asked again and again, it answers as when asked first: $name',
  (file) => {
    const anyAsked = fc.array(fc.tuple(fc.nat(COUNT - 1), fc.integer({ min: COUNT - 3, max: COUNT }), anyHeld));
    fc.assert(
      fc.property(anyRows, anyAsked, (rows, asked) => {
        const strategy = strategyOf(file, rows);
        for (const [from, end, held] of asked) {
          const to = Math.max(from, end);
          expect(strategy.quiet(from, to, held)).toEqual(strategyOf(file, rows).quiet(from, to, held));
        }
      }),
    );
  },
);

test.each(BOTS)('decides the same on candles as they come as on all of them at once: $name', (file) => {
  fc.assert(
    fc.property(anyRows, anyHeld, fc.array(fc.nat(COUNT)), (rows, held, cuts) => {
      const atOnce = strategyOf(file, rows);
      const candles = new Candles('1m');
      const live = new IndicatorRules(botOf(file), candles);
      const all = candlesOf(rows);
      const bounds = [...new Set([...cuts, COUNT])].sort((a, b) => a - b);
      let from = 0;
      for (const to of bounds) {
        for (let i = from; i < to; i++) candles.append(all.at(i));
        live.observe(from, to);
        for (let i = from; i < to; i++) {
          expect(live.decide(i, held)).toEqual(atOnce.decide(i, held));
          expect(live.snapshot(i)).toEqual(atOnce.snapshot(i));
        }
        from = to;
      }
    }),
  );
});

/** Closes of 100, 102 and 104: the running candle is not there yet. */
const THREE = [flat(100), flat(102), flat(104)];

test.each([
  { name: 'the price is live', rule: ['price', '>', 110], price: 111, met: true },
  { name: 'the close is the last one that closed', rule: ['close', '>', 110], price: 111, met: false },
  { name: 'the volume too', rule: ['volume', '>', 1], price: 111, met: false },
  { name: 'an indicator stays', rule: ['sma(2)', '>', 103], price: 999, met: false },
  { name: 'a multiple of the price', rule: [{ multiple: 2, of: 'price' }, '>', 221], price: 111, met: true },
  { name: 'a multiple of the price, not met', rule: [{ multiple: 2, of: 'price' }, '>', 223], price: 111, met: false },
  { name: 'the price crosses since the last close', rule: ['price', 'crosses-above', 105], price: 105, met: true },
  { name: 'and does not when it was there', rule: ['price', 'crosses-above', 104], price: 120, met: false },
  { name: 'downwards', rule: ['price', 'crosses-below', 'sma(2)'], price: 103, met: true },
  { name: 'a level crosses the price', rule: [101, 'crosses-above', 'price'], price: 101, met: true },
  { name: 'indicators crossed at the last close', rule: ['close', 'crosses-above', 103], price: 1, met: true },
])('between closes, $name', ({ rule, price, met }) => {
  const strategy = strategyOf({ warmupCandles: 1, entry: { long: rule }, exit: { long: ['close', '<', 0] } }, THREE);
  const decision = strategy.decideBetween(2, FLAT, { at: 1 as EpochMs, price });
  expect(decision.kind).toBe(met ? 'enter' : 'hold');
});

test('at a close the price is the close', () => {
  const file = (operand: string) => ({
    warmupCandles: 1,
    entry: { long: [operand, 'crosses-above', 'sma(3)'], short: [operand, '<', { multiple: 1.001, of: operand }] },
    exit: { long: [operand, '>', 'open'], short: [operand, '<', 'open'] },
  });
  fc.assert(
    fc.property(fc.array(anyOhlc, { minLength: 3, maxLength: 30 }), (rows) => {
      const [price, close] = [strategyOf(file('price'), rows), strategyOf(file('close'), rows)];
      for (let i = 0; i < rows.length; i++) expect(price.decide(i, FLAT)).toEqual(close.decide(i, FLAT));
    }),
  );
});

test('between closes distances count from the price', () => {
  const brackets = {
    stop: { percent: 10 },
    target: { riskMultiple: 2 },
    trail: { percent: 1, activateAfterPercent: 5 },
  };
  const strategy = strategyOf({ warmupCandles: 1, entry: { long: ['price', '>', 1] }, brackets }, THREE);
  expect(strategy.decideBetween(2, FLAT, { at: 1 as EpochMs, price: 200 })).toMatchObject({
    brackets: { stop: 20, target: 40, trail: { activation: 10 } },
  });
  expect(strategy.decide(2, FLAT)).toMatchObject({ brackets: { stop: 10.4, target: 20.8 } });
});
