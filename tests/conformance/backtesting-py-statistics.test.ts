import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { distribution, systemQuality } from '#core/statistics/distribution.ts';
import { drawdownsOf } from '#core/statistics/drawdowns.ts';
import type { EquityCurve } from '#core/statistics/equity-curve.ts';
import { compounded } from '#core/statistics/monthly-returns.ts';
import { calmarRatio, compoundGrowth } from '#core/statistics/ratios.ts';
import { type Statistics, statistics } from '#core/statistics/statistics.ts';
import { profitFactorOf } from '#core/statistics/trade-rates.ts';
import type { EpochMs } from '#core/time.ts';
import { areThere, casesPath, readCases } from './cases.ts';

const CANDLES = casesPath('..', 'stocks', 'us_GOOG_1d_2004-2013_backtestingpy.csv.gz');

interface Case {
  readonly rules: { readonly cash: number };
  readonly expected: Readonly<Record<string, number | string>>;
}

/** A trade by the bars of its fills, both at the open. */
interface Trade {
  readonly entryBar: number;
  readonly exitBar: number;
  readonly pnl: number;
  /** P&L of what the entry cost. */
  readonly returned: number;
}

/** Daily bars of a session in New York. Ours open at midnight UTC; the case counts dates, so these are dates. */
interface Bars {
  readonly dates: readonly EpochMs[];
  readonly open: Float64Array;
  readonly close: Float64Array;
}

interface Run {
  readonly dates: readonly EpochMs[];
  readonly trades: readonly Trade[];
  /** At each close. */
  readonly equity: readonly number[];
}

const DAY_MS = 86_400_000;
const FAST = 10;
const SLOW = 30;
const SIZE = 0.9999;
/** How many of its days make a year for it where it annualises returns. */
const TRADING_DAYS = 252;

function barsOf(file: string): Bars {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').map(Number));
  return {
    dates: rows.map(([time]) => (time! - (time! % DAY_MS)) as EpochMs),
    open: Float64Array.from(rows, (row) => row[1]!),
    close: Float64Array.from(rows, (row) => row[4]!),
  };
}

/**
 * The rules of the case. Our engine cannot be told to trade so: it sizes at the signal's close where these size at the
 * fill, and leaves open at the end what these close at the last open.
 */
function runOf({ dates, open, close }: Bars, cash: number): Run {
  const average = (bar: number, period: number) =>
    close.subarray(bar - period + 1, bar + 1).reduce((sum, value) => sum + value, 0) / period;
  const aheadAt = (bar: number) => Math.sign(average(bar, FAST) - average(bar, SLOW));
  const trades: Trade[] = [];
  const equity: number[] = [];
  const last = dates.length - 1;
  let units = 0;
  let money = cash;
  let entryBar = 0;
  for (let bar = 0; bar <= last; bar++) {
    const crossed = bar - 1 > SLOW - 1 && aheadAt(bar - 2) === -aheadAt(bar - 1) ? aheadAt(bar - 1) : 0;
    if (units !== 0 && (crossed !== 0 || bar === last)) {
      const pnl = units * (open[bar]! - open[entryBar]!);
      trades.push({ entryBar, exitBar: bar, pnl, returned: pnl / (Math.abs(units) * open[entryBar]!) });
      money += pnl;
      units = 0;
    }
    if (crossed !== 0 && bar < last) {
      units = crossed * Math.floor((SIZE * money) / open[bar]!);
      entryBar = bar;
    }
    equity.push(money + (units === 0 ? 0 : units * (close[bar]! - open[entryBar]!)));
  }
  return { dates, trades, equity };
}

/** It counts time from the first bar's date to the last one's, and each bar as a day. */
function curveOf({ dates, equity }: Run): EquityCurve {
  return {
    length: equity.length - 1,
    startTime: dates[0]!,
    startEquity: equity[0]!,
    openTime: Float64Array.from(dates.slice(1), (date) => date - DAY_MS),
    durationMs: DAY_MS,
    equity: Float64Array.from(equity.slice(1)),
  };
}

function statisticsOf(run: Run): Statistics {
  const { dates, trades } = run;
  return statistics({
    curve: curveOf(run),
    trades: {
      length: trades.length,
      entryTime: Float64Array.from(trades, ({ entryBar }) => dates[entryBar]!),
      exitTime: Float64Array.from(trades, ({ exitBar }) => dates[exitBar]!),
      pnl: Float64Array.from(trades, ({ pnl }) => pnl),
      r: new Float64Array(trades.length).fill(Number.NaN),
    },
    fees: 0,
    daysPerYear: TRADING_DAYS,
  });
}

/** It takes the share of bars with a position, those of entry and exit whole: bars as time, each as long as another. */
function exposureInBars({ trades, equity }: Run): number {
  const bars = Float64Array.from(equity, (_, bar) => bar * DAY_MS);
  return statistics({
    curve: {
      length: equity.length,
      startTime: 0 as EpochMs,
      startEquity: equity[0]!,
      openTime: bars,
      durationMs: DAY_MS,
      equity: Float64Array.from(equity),
    },
    trades: {
      length: trades.length,
      entryTime: Float64Array.from(trades, ({ entryBar }) => entryBar * DAY_MS),
      exitTime: Float64Array.from(trades, ({ exitBar }) => (exitBar + 1) * DAY_MS),
      pnl: new Float64Array(trades.length),
      r: new Float64Array(trades.length),
    },
    fees: 0,
    daysPerYear: TRADING_DAYS,
  }).exposure!;
}

const days = (ms: number) => `${Math.ceil(ms / DAY_MS)} days`;

/** Each figure of the case from ours, with what goes in where the case has its own sample or unit. */
function figuresOf(run: Run): Readonly<Record<string, number | string | undefined>> {
  const { dates, trades, equity } = run;
  const figures = statisticsOf(run);
  const { drawdown } = figures;
  const drawdowns = drawdownsOf(curveOf(run));
  const eachReturn = trades.map(({ returned }) => returned);
  const returns = distribution(eachReturn);
  const held = distribution(trades.map(({ entryBar, exitBar }) => dates[exitBar]! - dates[entryBar]!));
  const tradingYears = figures.sharpe.n / TRADING_DAYS;
  const annualReturn = compoundGrowth(1 + figures.totalReturn!, tradingYears)!;
  return {
    '# Trades': figures.trades,
    'Equity Final [$]': equity.at(-1),
    'Equity Peak [$]': Math.max(...equity),
    'Return [%]': figures.totalReturn! * 100,
    'CAGR [%]': figures.cagr! * 100,
    'Max. Drawdown [%]': -drawdown.fraction * 100,
    'Max. Drawdown Duration': days(drawdowns.longestMs!),
    'Avg. Drawdown [%]': -drawdowns.meanFraction! * 100,
    'Avg. Drawdown Duration': days(drawdowns.meanMs!),
    'Win Rate [%]': figures.winRate.value! * 100,
    SQN: systemQuality(distribution(trades.map(({ pnl }) => pnl))),
    // Of returns, where ours is of money.
    'Profit Factor': profitFactorOf(eachReturn),
    'Expectancy [%]': returns.mean! * 100,
    // Geometric: the same return of every trade would have made as much.
    'Avg. Trade [%]': compoundGrowth(1 + compounded(eachReturn)!, trades.length)! * 100,
    'Best Trade [%]': returns.greatest! * 100,
    'Worst Trade [%]': returns.least! * 100,
    'Avg. Trade Duration': days(held.mean!),
    'Max. Trade Duration': days(held.greatest!),
    // A year of 252 returns, where ours is one of 365.25 days.
    'Return (Ann.) [%]': annualReturn * 100,
    'Calmar Ratio': calmarRatio(annualReturn, drawdown.fraction),
    'Exposure Time [%]': exposureInBars(run) * 100,
  };
}

/** Figures that are not compared, by the reason. */
const NOT_COMPARED: Readonly<Record<string, readonly string[]>> = {
  'they say what ran, not how': ['Start', 'End', 'Duration'],
  'it divides the compounded return of a year, ours the mean of the daily returns': ['Sharpe Ratio', 'Sortino Ratio'],
  'it is none of our figures': [
    'Volatility (Ann.) [%]',
    'Buy & Hold Return [%]',
    'Alpha [%]',
    'Beta',
    'Kelly Criterion',
  ],
};

const WHAT = "backtesting.py's statistics of its SMA cross on GOOG";
const recorded = areThere(WHAT, CANDLES) ? readCases<Case>(WHAT, 'backtestingpy_sma_cross_goog.json') : undefined;

describe.runIf(recorded)(WHAT, () => {
  if (!recorded) return;
  const { rules, expected } = recorded;
  const figures = figuresOf(runOf(barsOf(CANDLES), rules.cash));

  test('each is compared, or there is a reason why not', () => {
    const named = [...Object.keys(figures), ...Object.values(NOT_COMPARED).flat()];
    expect(named.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  // Equal but for the order in which floats are summed.
  test.each(Object.entries(figures))('%s', (name, value) => {
    const told = expected[name];
    if (typeof told === 'string') expect(value).toBe(told);
    else expect(Math.abs(Number(value) / told! - 1)).toBeLessThan(1e-9);
  });
});
