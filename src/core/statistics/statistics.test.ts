import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { type ClosedTrades, type Statistics, type StatisticsInput, statistics } from './statistics.ts';

const DAY = 86_400_000;
const column = (values: readonly number[]) => Float64Array.from(values);

/** Trades of one hour, one a day. */
const trades = (pnl: readonly number[], r: readonly number[] = pnl.map(() => Number.NaN)): ClosedTrades => ({
  length: pnl.length,
  entryTime: column(pnl.map((_, k) => k * DAY)),
  exitTime: column(pnl.map((_, k) => k * DAY + DAY / 24)),
  pnl: column(pnl),
  r: column(r),
});

/** A curve of one point a day, and ten trades that won 6 of 10. */
const TEN = trades([30, -10, 30, -10, 30, -10, 30, -10, 30, 30], [3, -1, 3, -1, 3, -1, 3, -1, 3, 3]);
const input = (equity: readonly number[], closed: ClosedTrades = TEN): StatisticsInput => ({
  curve: {
    length: equity.length,
    startTime: 0 as EpochMs,
    startEquity: 100,
    openTime: column(equity.map((_, k) => k * DAY)),
    durationMs: DAY,
    equity: column(equity),
  },
  trades: closed,
  fees: 7,
  daysPerYear: 365,
});
/** 1 % up, then 1 % down, and so on. */
const zigzag = (days: number) => Array.from({ length: days }, (_, k) => (k % 2 === 0 ? 102 : 101));

test('a run of 20 days and 10 trades has every figure', () => {
  const got = statistics(input(zigzag(20)));
  expect(got).toMatchObject({
    totalReturn: expect.closeTo(0.01, 12),
    cagr: expect.closeTo(1.01 ** (365.25 / 20) - 1, 12),
    drawdown: { fraction: expect.closeTo(1 / 102, 12), durationMs: 2 * DAY, isRecovered: true },
    profitFactor: { value: 180 / 40, n: 10 },
    expectancyR: { value: 1.4, n: 10 },
    winRate: { value: 0.6, n: 10 },
    exposure: expect.closeTo(10 / (20 * 24), 12),
    trades: 10,
    fees: 7,
  } satisfies { [Key in keyof Statistics]?: unknown });
  expect(got.sharpe.n).toBe(20);
  expect(got.sharpe.value).toBeGreaterThan(0);
  expect(got.sortino.value).toBeGreaterThan(got.sharpe.value!);
});

const NONE = {
  sharpe: undefined,
  sortino: undefined,
  profitFactor: undefined,
  expectancyR: undefined,
  winRate: undefined,
};
const nine = trades(Array(9).fill(1), Array(9).fill(1));
test.each([
  {
    name: '13 days: nothing annualised',
    run: input(zigzag(13)),
    cagr: false,
    rates: { ...NONE, profitFactor: 4.5, expectancyR: 1.4, winRate: 0.6 },
  },
  { name: '9 trades: no rate', run: input(zigzag(20), nine), cagr: true, rates: NONE },
  { name: 'no trade', run: input(zigzag(20), trades([])), cagr: true, rates: NONE },
  {
    name: 'no loss: no profit factor',
    run: input(zigzag(13), trades(Array(10).fill(5))),
    cagr: false,
    rates: { ...NONE, winRate: 1 },
  },
  {
    name: 'no stop: no expectancy in R',
    run: input(zigzag(13), trades([...TEN.pnl])),
    cagr: false,
    rates: { ...NONE, profitFactor: 4.5, winRate: 0.6 },
  },
  {
    name: 'equal returns: no Sharpe',
    run: input(Array(20).fill(100)),
    cagr: true,
    rates: { ...NONE, profitFactor: 4.5, expectancyR: 1.4, winRate: 0.6 },
  },
  {
    name: 'ruin: no growth per year',
    run: input([...zigzag(19), 0]),
    cagr: false,
    rates: { profitFactor: 4.5, expectancyR: 1.4, winRate: 0.6 },
  },
  {
    name: 'nothing lost, nothing won',
    run: input(zigzag(13), trades(Array(10).fill(0))),
    cagr: false,
    rates: { ...NONE, winRate: 0 },
  },
])('$name', ({ run, cagr, rates }) => {
  const got = statistics(run);
  expect(got.cagr !== undefined).toBe(cagr);
  for (const [name, value] of Object.entries(rates)) {
    expect(got[name as keyof typeof NONE].value, name).toEqual(
      value === undefined ? undefined : expect.closeTo(value, 12),
    );
  }
});

test.each([
  { name: 'nothing', spans: [], openSince: undefined, expected: 0 },
  {
    name: 'apart',
    spans: [
      [0, 1],
      [2, 3],
    ],
    openSince: undefined,
    expected: 2,
  },
  {
    name: 'overlapping',
    spans: [
      [0, 2],
      [1, 3],
    ],
    openSince: undefined,
    expected: 3,
  },
  {
    name: 'one inside the other, by exit',
    spans: [
      [1, 2],
      [0, 4],
    ],
    openSince: undefined,
    expected: 4,
  },
  { name: 'one still open', spans: [[0, 1]], openSince: 8, expected: 3 },
  {
    name: 'one open over others',
    spans: [
      [1, 2],
      [3, 6],
      [7, 9],
    ],
    openSince: 5,
    expected: 8,
  },
])('exposure: $name', ({ spans, openSince, expected }) => {
  const closed: ClosedTrades = {
    ...trades(spans.map(() => 1)),
    entryTime: column(spans.map(([from]) => from * DAY)),
    exitTime: column(spans.map(([, to]) => to * DAY)),
  };
  const open = openSince === undefined ? undefined : ((openSince * DAY) as EpochMs);
  expect(statistics({ ...input(Array(10).fill(100), closed), openSince: open }).exposure).toBeCloseTo(
    expected / 10,
    12,
  );
});

test('before the first candle there is nothing to divide by', () => {
  expect(statistics(input([], trades([])))).toMatchObject({
    totalReturn: 0,
    cagr: undefined,
    exposure: undefined,
    trades: 0,
  });
});
