import { expect, test } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candle, Candles } from '#core/candles.ts';
import { candleTape, QuoteTape } from '#core/matching/tape.ts';
import { Resampled } from '#core/resample.ts';
import type { Timeframe } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { everythingIn, runToEnd } from '../simulation/stored-run.ts';
import { BOTS } from './bots.ts';

/** A bot that decides on its own interval, between the closes of its candles: the finer ones tell the price. */
const INSTRUMENT = { tick: '0.25', lot: '0.001' };
const COUNT = 3_000;
const FINE = generateCandles(COUNT, 9);
const MINUTE = 60_000;

function resampled(fine: Candles, timeframe: Timeframe): Candles {
  const coarse = new Resampled(fine, timeframe);
  for (let i = 0; i < fine.length; i++) coarse.take(i);
  return coarse.candles;
}

function every(seconds: number, bot: Bot, timeframe: Timeframe = '5m'): Bot {
  return { ...bot, timeframe, intervalMs: seconds * 1000 };
}

const BETWEEN = botOf({
  timeframe: '5m',
  entry: { long: ['price', 'crosses-above', 'sma(5)'], short: ['price', 'crosses-below', 'sma(5)'] },
  exit: { long: ['price', '<', 'sma(12)'], short: ['price', '>', 'sma(12)'] },
  brackets: { stop: { atrMultiple: 2, period: 5 }, target: { percent: 0.3 } },
});

test.each(BOTS)('an interval of one candle gives what deciding at closes gives: $name', async ({ bot }) => {
  const coarse = resampled(FINE, '5m');
  const atCloses = await backtestOf({ ...bot, timeframe: '5m' }, coarse, INSTRUMENT);
  expect(await backtestOf(every(300, bot), coarse, INSTRUMENT)).toEqual(atCloses);
  const inside = candleTape(FINE);
  expect(await backtestOf(every(300, bot), coarse, INSTRUMENT, inside)).toEqual(
    await backtestOf({ ...bot, timeframe: '5m' }, coarse, INSTRUMENT, inside),
  );
});

test('with rules on the price alone it trades what a bot on the finer candles does, at the same moments', async () => {
  const middle = FINE.close.values.slice(0, COUNT).toSorted()[COUNT / 2]!;
  const rules = (operand: string) => ({
    entry: { long: [operand, '>', middle], short: [operand, '<', middle - 3] },
    exit: { long: [operand, '<', middle - 1], short: [operand, '>', middle - 2] },
    brackets: { stop: { percent: 0.1 }, target: { percent: 0.2 } },
  });
  const fine = await backtestOf(botOf({ ...rules('close'), warmupCandles: 9 }), FINE, INSTRUMENT);
  const tapes = [candleTape(FINE), candleTape(FINE)];
  const ticking = await backtestOf(
    every(60, botOf({ ...rules('price'), timeframe: '5m', warmupCandles: 1 })),
    resampled(FINE, '5m'),
    INSTRUMENT,
    tapes[0],
  );
  const what = ({ fills }: BacktestFigures) => fills.map(([, ...fill]) => fill);
  expect(fine.fills.length).toBeGreaterThan(100);
  expect(what(ticking)).toEqual(what(fine));
});

test('ticks that fall on every third close decide there and pass over the others', async () => {
  const coarse = resampled(FINE, '5m');
  const { reasons, fills } = await backtestOf(every(900, BETWEEN), coarse, INSTRUMENT);
  const passed = reasons.filter((why) => why === "the close is no tick of the bot's interval").length;
  expect(passed).toBe((coarse.length * 2) / 3);
  expect(fills.length).toBeGreaterThan(10);
  for (const [, occasion, leg] of fills) if (leg === 'entry') expect(Number(occasion) % 900_000).toBe(0);
});

test('a backtest and a replay on paper fill the same orders at the same prices', async () => {
  const coarse = resampled(FINE, '5m');
  const inside = candleTape(FINE);
  for (const [seconds, bot] of [
    [60, BETWEEN],
    [120, BETWEEN],
    [180, BETWEEN],
    [60, { ...BETWEEN, onOpposite: 'reverse' }],
    [60, { ...BETWEEN, onSame: 'stack', maxEntries: 3 }],
  ] as const) {
    const backtest = await backtestOf(every(seconds, bot), coarse, INSTRUMENT, inside);
    const store = new MemoryStore();
    const market = new ReplayMarket('replay:fine', [{ instrument: instrumentOf(INSTRUMENT), candles: coarse, inside }]);
    await runToEnd(store, market, every(seconds, bot));
    const { fills, cycles } = await everythingIn(store);
    const told = fills.map(async ({ clientOrderId, executedAt, price }) => {
      const { occasion } = (await store.order(clientOrderId))!;
      return [executedAt, occasion, Number(price) * 100];
    });
    const expected = backtest.fills.map(([at, occasion, , , price]) => [at, occasion, price]);
    expect(await Promise.all(told)).toEqual(expected);
    const between = expected.filter(([, occasion]) => Number(occasion) % (5 * MINUTE) !== 0);
    expect(between.length).toBeGreaterThan(100);
    const kinds = new Set(cycles.map(({ occasionKind }) => occasionKind));
    expect(kinds).toEqual(new Set((5 * 60) % seconds === 0 ? ['interval'] : ['interval', 'close']));
  }
});

test('a tick sees nothing of the running candle but its price so far', async () => {
  const inside = candleTape(FINE);
  const bot = every(60, BETWEEN);
  const whole = await backtestOf(bot, resampled(FINE, '5m'), INSTRUMENT, inside);
  for (let minute = 1_000; minute < 1_060; minute++) {
    // From this minute on the market is another one: the running candle's high, low, close and volume are, too.
    const rows = Array.from({ length: COUNT }, (_, i) => (i < minute ? rowOf(FINE.at(i)) : farFrom(FINE.at(i))));
    const other = candlesOf(rows, '1m', FINE.openTimeOf(0));
    const changed = await backtestOf(bot, resampled(other, '5m'), INSTRUMENT, candleTape(other));
    const until = FINE.openTimeOf(minute);
    const before = ({ fills }: BacktestFigures) =>
      fills.filter(([, occasion, leg]) => leg === 'entry' && Number(occasion) < until);
    expect(before(changed)).toEqual(before(whole));
    const since = ({ fills }: BacktestFigures) => fills.filter(([, occasion]) => Number(occasion) >= until);
    expect(since(changed)).not.toEqual(since(whole));
  }
});

function rowOf({ open, high, low, close, volume }: Candle) {
  return [open, high, low, close, volume] as const;
}

function farFrom({ open, high, low, close, volume }: Candle) {
  return [open + 50, high + 60, low + 40, close + 50, volume * 3] as const;
}

test('a limit on the spread lets through only what is decided at a narrow one, at closes and between them', async () => {
  const inside = new QuoteTape();
  const isNarrow = (minute: number) => minute % 3 === 0;
  for (let i = 0; i < COUNT; i++) {
    const { openTime, open, high, low, close, volume } = FINE.at(i);
    const half = isNarrow(i) ? 0.25 : 5;
    const side = (by: number) => ({ open: open + by, high: high + by, low: low + by, close: close + by, size: volume });
    inside.append({ openTime, bid: side(-half), ask: side(half) });
  }
  inside.rowMs = MINUTE;
  const coarse = resampled(FINE, '5m');
  for (const seconds of [60, 300]) {
    const limited = { ...BETWEEN, filter: { maxSpreadPercent: 0.01 } };
    const { fills } = await backtestOf(every(seconds, limited), coarse, INSTRUMENT, inside);
    const entries = fills.filter(([, , leg]) => leg === 'entry');
    expect(entries.length).toBeGreaterThan(20);
    const minuteOf = (occasion: unknown) => (Number(occasion) - FINE.openTimeOf(0)) / MINUTE - 1;
    for (const [, occasion] of entries) expect(isNarrow(minuteOf(occasion))).toBe(true);
    const unlimited = await backtestOf(every(seconds, BETWEEN), coarse, INSTRUMENT, inside);
    expect(unlimited.fills.some(([, occasion, leg]) => leg === 'entry' && !isNarrow(minuteOf(occasion)))).toBe(true);
  }
});

test('a window is asked about the tick, and is left flat with the last one before its end', async () => {
  const tradingWindow = { start: '02:02', end: '03:33', zone: 'UTC', flattenAtEnd: true };
  const rules = { timeframe: '5m', entry: { long: ['price', '>', 1] }, tradingWindow, maxTradeCandles: 100_000 };
  const coarse = resampled(FINE, '5m');
  const { fills } = await backtestOf(
    every(60, botOf({ ...rules, warmupCandles: 1 })),
    coarse,
    INSTRUMENT,
    candleTape(FINE),
  );
  const timeOf = (occasion: unknown) => new Date(Number(occasion)).toISOString().slice(11, 16);
  expect(fills.length).toBe(4);
  expect(fills.map(([, occasion, leg]) => [leg, timeOf(occasion)])).toEqual([
    ['entry', '02:02'],
    ['exit', '03:32'],
    ['entry', '02:02'],
    ['exit', '03:32'],
  ]);
});
