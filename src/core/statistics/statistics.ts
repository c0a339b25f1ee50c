import type { EpochMs } from '../time.ts';
import { type Drawdown, type EquityCurve, readEquity } from './equity-curve.ts';
import { compoundGrowth, sharpeRatio, sortinoRatio } from './ratios.ts';
import { profitFactorOf, winRateOf } from './trade-rates.ts';

/** Below these a rate says more about luck than about the bot, and is left out. */
export const LEAST_TRADES = 10;
export const LEAST_DAYS = 14;

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;

/** Closed trades as columns, in any order; the first `length` rows count. */
export interface ClosedTrades {
  readonly length: number;
  readonly entryTime: Float64Array;
  readonly exitTime: Float64Array;
  /** Profit or loss after fees, in the account's currency. */
  readonly pnl: Float64Array;
  /** The same as a multiple of what the first stop risked; NaN for a trade without a stop. */
  readonly r: Float64Array;
}

export interface StatisticsInput {
  readonly curve: EquityCurve;
  readonly trades: ClosedTrades;
  /** Fees of every fill, open positions included, in the account's currency. */
  readonly fees: number;
  /** Entry time of the oldest position that is open at the end. */
  readonly openSince?: EpochMs | undefined;
  /** 365 for markets that never close, 252 for US shares: how many daily returns make a year. */
  readonly daysPerYear: 365 | 252;
}

/** A figure and the size of the sample behind it; `value` is undefined where the sample is too small or has no answer. */
export interface Rate {
  readonly value: number | undefined;
  readonly n: number;
}

/** Fractions are of 1: 0.01 is 1 %. */
export interface Statistics {
  /** Last equity / start equity - 1; undefined when the start was not above 0. */
  readonly totalReturn: number | undefined;
  /** Growth per year of 365.25 days at the pace of the run; undefined under 14 days and when all was lost. */
  readonly cagr: number | undefined;
  readonly drawdown: Drawdown;
  /** Annualised; n daily returns. Undefined under 14 days, under 10 trades, and when all returns are equal. */
  readonly sharpe: Rate;
  /** Annualised; n daily returns. Undefined under 14 days, under 10 trades, and without a losing day. */
  readonly sortino: Rate;
  /** Sum of profits / sum of losses; n closed trades. Undefined under 10 trades and without a losing one. */
  readonly profitFactor: Rate;
  /** Mean of the trades' R; n closed trades that had a stop. Undefined under 10 of them. */
  readonly expectancyR: Rate;
  /** Share of trades with a profit above 0 after fees; n closed trades. Undefined under 10. */
  readonly winRate: Rate;
  /**
   * Share of the time with at least one position open, missing candles included. A fill counts as at the open of its
   * candle: a position that was entered and stopped within one candle took no time.
   */
  readonly exposure: number | undefined;
  readonly trades: number;
  readonly fees: number;
}

/**
 * What a run says about its bot. What happened (return, drawdown, exposure, fees) is always told; what it suggests about
 * the future (a rate) only from 10 trades and, where it is annualised, from 14 days on. It runs in time linear in the
 * curve, and allocates per day and per trade only.
 *
 * @see Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", for return, CAGR and drawdown.
 * @see Van Tharp (1998), "Trade Your Way to Financial Freedom", for R multiples and expectancy.
 */
export function statistics({ curve, trades, fees, openSince, daysPerYear }: StatisticsInput): Statistics {
  const { endTime, endEquity, drawdown, dailyReturns } = readEquity(curve);
  const duration = endTime - curve.startTime;
  const growth = curve.startEquity > 0 ? endEquity / curve.startEquity : undefined;
  const isLong = duration >= LEAST_DAYS * DAY_MS;
  const isAnnualised = isLong && trades.length >= LEAST_TRADES;
  const n = dailyReturns.length;
  return {
    totalReturn: growth === undefined ? undefined : growth - 1,
    cagr: isLong && growth !== undefined ? compoundGrowth(growth, duration / YEAR_MS) : undefined,
    drawdown,
    sharpe: { value: isAnnualised ? sharpeRatio(dailyReturns, daysPerYear) : undefined, n },
    sortino: { value: isAnnualised ? sortinoRatio(dailyReturns, daysPerYear) : undefined, n },
    ...tradeRates(trades),
    exposure:
      duration > 0 ? timeInPosition(trades, curve.startTime, openSince ?? endTime, endTime) / duration : undefined,
    trades: trades.length,
    fees,
  };
}

function tradeRates({ length, pnl, r }: ClosedTrades): Pick<Statistics, 'profitFactor' | 'expectancyR' | 'winRate'> {
  let withStop = 0;
  let sumOfR = 0;
  for (let k = 0; k < length; k++) {
    if (Number.isNaN(r[k])) continue;
    withStop++;
    sumOfR += r[k];
  }
  const isEnough = length >= LEAST_TRADES;
  const results = pnl.subarray(0, length);
  return {
    profitFactor: { value: isEnough ? profitFactorOf(results) : undefined, n: length },
    expectancyR: { value: withStop >= LEAST_TRADES ? sumOfR / withStop : undefined, n: withStop },
    winRate: { value: isEnough ? winRateOf(results) : undefined, n: length },
  };
}

/** Milliseconds with a position: the union of all trades, as those of several symbols overlap, and of what is open. */
function timeInPosition(trades: ClosedTrades, startTime: number, openSince: number, endTime: number): number {
  const { length, entryTime, exitTime } = trades;
  let sum = endTime - openSince;
  let coveredUntil = startTime;
  const order = byEntry(entryTime, length);
  for (let n = 0; n < length; n++) {
    const k = order === undefined ? n : order[n];
    const to = Math.min(exitTime[k], openSince);
    if (to <= coveredUntil) continue;
    sum += to - Math.max(entryTime[k], coveredUntil);
    coveredUntil = to;
  }
  return sum;
}

/** Indices in the order of their entries; undefined when they are in it already, as those of one symbol are. */
function byEntry(entryTime: Float64Array, length: number): Uint32Array | undefined {
  let k = 1;
  while (k < length && entryTime[k - 1] <= entryTime[k]) k++;
  if (k >= length) return undefined;
  return Uint32Array.from({ length }, (_, index) => index).sort((a, b) => entryTime[a] - entryTime[b]);
}
