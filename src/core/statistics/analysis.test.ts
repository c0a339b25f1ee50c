import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { type Analysis, type AnalysisInput, analysis } from './analysis.ts';
import type { Excursion } from './excursions.ts';
import { type StatisticsInput, statistics } from './statistics.ts';

const DAY = 86_400_000;
const column = (values: readonly number[]) => Float64Array.from(values);
const excursion = (fractions: readonly number[]): Excursion => ({
  quote: column(fractions),
  fraction: column(fractions),
  r: column(fractions.map((value) => value * 10)),
});

/** A trade a day from the 1st of January 1970 on, a Thursday; every second one is a short that loses. */
function inputOf(trades: number, days: number, equityOf: (day: number) => number): AnalysisInput {
  const range = Array.from({ length: trades }, (_, k) => k);
  const pnl = range.map((k) => (k % 2 === 0 ? 3 : -1));
  const input: StatisticsInput = {
    curve: {
      length: days,
      startTime: 0 as EpochMs,
      startEquity: 100,
      openTime: Float64Array.from({ length: days }, (_, k) => k * DAY),
      durationMs: DAY,
      equity: Float64Array.from({ length: days }, (_, k) => equityOf(k)),
    },
    trades: {
      length: trades,
      entryTime: column(range.map((k) => k * DAY)),
      exitTime: column(range.map((k) => k * DAY + DAY / 2)),
      pnl: column([...pnl, 1_000]), // Columns have room for more.
      r: column([...pnl, 1_000]),
    },
    fees: 0,
    daysPerYear: 365,
  };
  return {
    ...input,
    statistics: statistics(input),
    excursions: {
      mae: excursion(range.map((k) => (k % 2 === 0 ? 0.01 : 0.02))),
      mfe: excursion(range.map(() => 0.03)),
    },
    symbols: ['BTC/USDT'],
    symbolOf: () => 'BTC/USDT',
    sideOf: (k) => (k % 2 === 0 ? 'long' : 'short'),
    exitReasonOf: (k) => (k % 2 === 0 ? 'target' : 'stop'),
    bootstrap: { resamples: 500, level: 0.95, seed: 1 },
  };
}
/** 2 % above the start, 1 % above it, and so on. */
const zigzag = (day: number) => (day % 2 === 0 ? 102 : 101);

test('20 trades over 40 days have every figure', () => {
  const got = analysis(inputOf(20, 40, zigzag));
  const cagr = 1.01 ** (365.25 / 40) - 1;
  const ulcer = Math.sqrt(((1 / 102) ** 2 * 20) / 40);
  expect(got).toMatchObject({
    expectancy: { value: 1, n: 20 },
    r: { n: 20, mean: 1, median: 1, deviation: expect.closeTo(Math.sqrt(80 / 19), 12), least: -1, greatest: 3 },
    sqn: { value: expect.closeTo(Math.sqrt(20) / Math.sqrt(80 / 19), 12), n: 20 },
    calmar: { value: expect.closeTo(cagr * 102, 9), n: 40 },
    ulcerIndex: { value: expect.closeTo(ulcer, 12), n: 40 },
    martin: { value: expect.closeTo(cagr / ulcer, 9), n: 40 },
    drawdowns: { n: 20, meanFraction: expect.closeTo(1 / 102, 12), meanMs: 1.95 * DAY, longestMs: 2 * DAY },
    excursions: {
      won: {
        mae: { value: expect.closeTo(0.01, 12), n: 10 },
        mfe: { value: expect.closeTo(0.03, 12), n: 10 },
        maeR: { value: expect.closeTo(0.1, 12), n: 10 },
      },
      lost: { mae: { value: expect.closeTo(0.02, 12), n: 10 }, mfeR: { value: expect.closeTo(0.3, 12), n: 10 } },
    },
  });
  expect(got.months.map(({ month, isPartial }) => [month, isPartial])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test('every breakdown adds up to all trades', () => {
  const { breakdowns } = analysis(inputOf(20, 40, zigzag));
  for (const rows of Object.values(breakdowns)) {
    let n = 0;
    let pnl = 0;
    for (const row of rows) {
      n += row.n;
      pnl += row.pnl;
    }
    expect({ n, pnl }).toEqual({ n: 20, pnl: 20 });
  }
  expect(breakdowns.hour.map(({ group }) => group)).toEqual([0]);
  // 20 days from a Thursday on: two weeks, and all days but a Wednesday again.
  expect(breakdowns.weekday.map(({ n }) => n)).toEqual([3, 3, 2, 3, 3, 3, 3]);
  expect(breakdowns.side.map(({ group, n, won }) => [group, n, won])).toEqual([
    ['long', 10, 10],
    ['short', 10, 0],
  ]);
  expect(breakdowns.exitReason.map(({ group, pnl }) => [group, pnl])).toEqual([
    ['stop', -10],
    ['target', 30],
  ]);
});

test('each interval holds its rate', () => {
  const input = inputOf(20, 40, zigzag);
  const { intervals, expectancy } = analysis(input);
  const { winRate, profitFactor, expectancyR, sharpe } = input.statistics;
  const rates = { winRate, profitFactor, expectancyR, sharpe, expectancy };
  for (const [name, { value }] of Object.entries(rates)) {
    const interval = intervals[name as keyof typeof intervals]!;
    expect(interval.low, name).toBeLessThan(value!);
    expect(interval.high, name).toBeGreaterThan(value!);
  }
});

const values = ({ expectancy, sqn, calmar, martin }: Analysis) =>
  [expectancy, sqn, calmar, martin].map(({ value }) => value !== undefined);
const NO_INTERVAL = {
  winRate: undefined,
  expectancy: undefined,
  profitFactor: undefined,
  expectancyR: undefined,
  sharpe: undefined,
};
test.each([
  { name: '9 trades: no rate', input: inputOf(9, 40, zigzag), has: [false, false, false, false] },
  { name: '13 days: nothing per year', input: inputOf(20, 13, zigzag), has: [true, true, false, false] },
  { name: 'two days', input: inputOf(20, 2, () => 200), has: [true, true, false, false] },
  { name: 'no drawdown', input: inputOf(20, 40, (day) => 100 + day), has: [true, true, false, false] },
  { name: 'ruin', input: inputOf(20, 40, () => 0), has: [true, true, false, false] },
  { name: 'no trade, no candle', input: inputOf(0, 0, zigzag), has: [false, false, false, false] },
])('$name', ({ input, has }) => {
  const got = analysis(input);
  expect(values(got)).toEqual(has);
  if (input.trades.length < 10) {
    expect(got.intervals).toEqual(NO_INTERVAL);
    expect(got.r).toMatchObject({ n: input.trades.length, mean: undefined, median: undefined, deviation: undefined });
    expect(got.excursions.won.mae).toEqual({ value: undefined, n: Math.ceil(input.trades.length / 2) });
  }
  if (input.statistics.sharpe.value === undefined) expect(got.intervals.sharpe).toBeUndefined();
});
