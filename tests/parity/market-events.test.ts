import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Candle, Candles } from '#core/candles.ts';
import { type MarketEvent, MarketEvents } from '#core/events/market-events.ts';
import { candleTape } from '#core/matching/tape.ts';
import { Resampled } from '#core/resample.ts';
import type { EpochMs } from '#core/time.ts';
import type { CycleRow } from '#ports/store.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { stormyCandles } from '#tests/builders/stormy-candles.ts';
import { everythingIn, runToEnd } from '../simulation/stored-run.ts';

/** A bot that market events call between the closes of its candles: the finer ones tell of them. */
const INSTRUMENT = { tick: '0.25', lot: '0.001' };
const MINUTE = 60_000;
const COUNT = 4_000;
const FINE = stormyCandles(COUNT, 9);

const RULES = {
  timeframe: '5m',
  entry: { long: ['price', '>', 'sma(3)'], short: ['price', '<', 'sma(3)'] },
  exit: { long: ['price', '<', 'sma(5)'], short: ['price', '>', 'sma(5)'] },
  brackets: { stop: { atrMultiple: 2, period: 5 }, target: { percent: 0.3 } },
};
const BOTH = botOf({ ...RULES, tradingEvents: ['flash-move', 'volume-spike'] });

function resampled(fine: Candles): Candles {
  const coarse = new Resampled(fine, '5m');
  for (let i = 0; i < fine.length; i++) coarse.take(i);
  return coarse.candles;
}

const isBetween = (occasion: unknown) => Number(occasion) % (5 * MINUTE) !== 0;

const calledBy = ({ events }: CycleRow) => (events === null ? [] : (JSON.parse(events) as MarketEvent[]));

test.each([
  { name: 'both events', bot: BOTH },
  { name: 'one that reverses', bot: botOf({ ...RULES, tradingEvents: ['flash-move'], onOpposite: 'reverse' }) },
  { name: 'one that stacks', bot: botOf({ ...RULES, tradingEvents: ['volume-spike'], onSame: 'stack' }) },
  { name: 'an interval beside them', bot: botOf({ ...RULES, tradingEvents: ['flash-move'], tradingFrequency: 180 }) },
])('a backtest and a replay on paper fill the same orders at the same prices: $name', async ({ bot }) => {
  const coarse = resampled(FINE);
  const inside = candleTape(FINE);
  const backtest = await backtestOf(bot, coarse, INSTRUMENT, inside);
  const store = new MemoryStore();
  const instrument = instrumentOf(INSTRUMENT);
  await runToEnd(store, new ReplayMarket('replay:storms', [{ instrument, candles: coarse, inside }]), bot);
  const { fills } = await everythingIn(store);
  const told = fills.map(async ({ clientOrderId, executedAt, price }) => {
    const { occasion } = (await store.order(clientOrderId))!;
    return [executedAt, occasion, Number(price) * 100];
  });
  const expected = backtest.fills.map(([at, occasion, , , price]) => [at, occasion, price]);
  expect(await Promise.all(told)).toEqual(expected);
  expect(expected.filter(([, occasion]) => isBetween(occasion)).length).toBeGreaterThan(10);
});

test('a cycle tells which events called it, between two closes; a storm calls once', async () => {
  const store = new MemoryStore();
  const market = new ReplayMarket('replay:storms', [
    { instrument: instrumentOf(INSTRUMENT), candles: resampled(FINE), inside: candleTape(FINE) },
  ]);
  await runToEnd(store, market, BOTH);
  const { cycles, decisions } = await everythingIn(store);
  const called = cycles.filter(({ occasionKind }) => occasionKind === 'event').reverse();
  expect(called.length).toBeGreaterThan(20);
  expect(cycles.filter(({ events }) => events !== null)).toHaveLength(called.length);
  const lastOf = new Map<string, number>();
  for (const cycle of called) {
    expect(isBetween(cycle.occasion)).toBe(true);
    const events = calledBy(cycle);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event.at).toBe(cycle.occasion);
      const storm = event.kind === 'flash-move' ? `${event.kind} ${Math.sign(event.change)}` : event.kind;
      const candle = Math.floor(event.at / (5 * MINUTE));
      expect(candle - (lastOf.get(storm) ?? 0)).toBeGreaterThanOrEqual(12);
      lastOf.set(storm, candle);
    }
  }
  expect([...lastOf.keys()].sort()).toEqual(['flash-move -1', 'flash-move 1', 'volume-spike']);
  const [decision] = decisions.filter(({ occasionKind }) => occasionKind === 'event');
  expect(JSON.parse(decision!.input).events).toEqual(
    calledBy(called.find(({ occasion }) => occasion === decision!.occasion)!),
  );
});

test('with an interval, what shows only as a candle closes calls at that close, told as an event', async () => {
  const fine = stormyCandles(4_500, 3);
  const candles = resampled(fine);
  const market = new ReplayMarket('replay:storms', [
    { instrument: instrumentOf(INSTRUMENT), candles, inside: candleTape(fine) },
  ]);
  const store = new MemoryStore();
  await runToEnd(store, market, botOf({ ...RULES, tradingEvents: ['flash-move'], tradingFrequency: 3600 }));
  const { cycles } = await everythingIn(store);
  const moves = new MarketEvents(candles);
  moves.advance(0, candles.length);
  const ofCloses = moves
    .between(candles.openTimeOf(0), Infinity as EpochMs)
    .filter(({ kind }) => kind === 'flash-move');
  const calls = cycles.filter(({ occasionKind }) => occasionKind === 'event');
  expect(calls.filter(({ occasion }) => !isBetween(occasion)).length).toBeGreaterThan(3);
  for (const event of ofCloses) {
    const at = calls.find(({ occasion }) => occasion === event.at);
    const before = calls.some(({ occasion }) => occasion < event.at && occasion >= event.at - 12 * 5 * MINUTE);
    if (at === undefined) expect(before || event.at % 3_600_000 === 0).toBe(true);
    else expect(calledBy(at)).toEqual([event]);
  }
});

test('two symbols are called each by its own market alone', async () => {
  const symbols = ['BTC/USDT', 'ETH/USDT'];
  const recordings = symbols.map((symbol, k) => {
    const fine = stormyCandles(1_500, 30 + k);
    const instrument = instrumentOf({ symbol, ...INSTRUMENT });
    return { instrument, candles: resampled(fine), inside: candleTape(fine) };
  });
  const cyclesOf = async (traded: readonly string[]) => {
    const store = new MemoryStore();
    const bot = botOf({ ...RULES, symbols: traded, tradingEvents: ['flash-move', 'volume-spike'] });
    await runToEnd(store, new ReplayMarket('replay:two', recordings), bot);
    return (await everythingIn(store)).cycles;
  };
  const together = await cyclesOf(symbols);
  for (const symbol of symbols) {
    const occasions = calledIn(together, symbol);
    expect(occasions.length).toBeGreaterThan(5);
    expect(occasions).toEqual(calledIn(await cyclesOf([symbol]), symbol));
  }
});

function calledIn(cycles: readonly CycleRow[], symbol: string): readonly number[] {
  return cycles
    .filter((cycle) => cycle.symbol === symbol && cycle.occasionKind === 'event')
    .map(({ occasion }) => occasion);
}

test('an event is made of nothing that comes after it', async () => {
  const inside = candleTape(FINE);
  const whole = await backtestOf(BOTH, resampled(FINE), INSTRUMENT, inside);
  const called = whole.fills.map(([, occasion]) => Number(occasion)).filter(isBetween);
  for (const at of [...new Set(called)].slice(0, 8)) {
    // From this event on the market is another one: the running candle's high, low, close and volume are, too.
    const minute = (at - FINE.openTimeOf(0)) / MINUTE;
    const rows = Array.from({ length: COUNT }, (_, i) => (i < minute ? rowOf(FINE.at(i)) : farFrom(FINE.at(i))));
    const other = candlesOf(rows, '1m', FINE.openTimeOf(0));
    const changed = await backtestOf(BOTH, resampled(other), INSTRUMENT, candleTape(other));
    const until = ({ fills }: BacktestFigures) =>
      fills.filter(([, occasion, leg]) => leg === 'entry' && Number(occasion) <= at).map(([, occasion]) => occasion);
    expect(until(changed)).toEqual(until(whole));
  }
});

function rowOf({ open, high, low, close, volume }: Candle) {
  return [open, high, low, close, volume] as const;
}

function farFrom({ open, high, low, close, volume }: Candle) {
  return [open + 50, high + 60, low + 40, close + 50, volume * 3] as const;
}
