import { meanOf } from './distribution.ts';

/** A deviation or drawdown below this is none: the rest is float rounding. */
const ROUNDING = 1e-12;

/**
 * Growth per year at a steady pace, as a fraction: 0.1 is 10 %. `undefined` when nothing was left.
 *
 * @param growth Last equity / first equity. @param years Above 0; a year is as long as whoever counts says it is.
 */
export function compoundGrowth(growth: number, years: number): number | undefined {
  return growth > 0 ? growth ** (1 / years) - 1 : undefined;
}

/**
 * Annualised Sharpe ratio, risk-free rate 0: mean / deviation of the returns x sqrt(periodsPerYear), with the sample
 * deviation (n - 1). `undefined` with fewer than 2 returns, when all are equal, and when one is NaN.
 *
 * @param returns Simple return of each period as a fraction (0.01 is 1 %).
 * @param periodsPerYear 365 for daily returns of markets that never close, 252 for daily returns of US shares.
 * @see Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21(1).
 */
export function sharpeRatio(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const { length } = returns;
  if (length < 2) return undefined;
  const mean = meanOf(returns);
  let squares = 0;
  for (let k = 0; k < length; k++) squares += (returns[k] - mean) ** 2;
  return quotient(mean, Math.sqrt(squares / (length - 1)), Math.sqrt(periodsPerYear));
}

/**
 * Annualised Sortino ratio, target return 0: mean / downside deviation x sqrt(periodsPerYear), where the downside
 * deviation is the root of the mean of min(return, 0)^2 over all returns. `undefined` with fewer than 2 returns, without
 * a negative one, and when one is NaN.
 *
 * @param returns As for `sharpeRatio`.
 * @see Sortino and Price (1994), "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3).
 */
export function sortinoRatio(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const { length } = returns;
  if (length < 2) return undefined;
  let squares = 0;
  for (let k = 0; k < length; k++) squares += Math.min(returns[k], 0) ** 2;
  return quotient(meanOf(returns), Math.sqrt(squares / length), Math.sqrt(periodsPerYear));
}

/**
 * Return per year / deepest drawdown; `undefined` without a drawdown. Young looked at 36 months; ours is of the whole
 * run, as the two that go in are.
 *
 * @param annualReturn Growth per year as a fraction. @param drawdownFraction Positive: 0.25 is 25 % below the peak.
 * @see Young (1991), "Calmar Ratio: A Smoother Tool", Futures 20(12).
 */
export function calmarRatio(annualReturn: number, drawdownFraction: number): number | undefined {
  return quotient(annualReturn, drawdownFraction, 1);
}

/**
 * Root of the mean squared drawdown, as a fraction: how deep and how long equity was below its peak, in one figure.
 * `undefined` without a period, and when the start was not above 0.
 *
 * @param equities One for each period, oldest first. The first is the start: a peak, but no period.
 * @see Martin and McCann (1989), "The Investor's Guide to Fidelity Funds".
 */
export function ulcerIndex(equities: readonly number[]): number | undefined {
  const { length } = equities;
  if (length < 2 || !(equities[0] > 0)) return undefined;
  let peak = equities[0];
  let squares = 0;
  for (let k = 1; k < length; k++) {
    peak = Math.max(peak, equities[k]);
    squares += ((peak - equities[k]) / peak) ** 2;
  }
  return Math.sqrt(squares / (length - 1));
}

/**
 * Return per year / Ulcer index, risk-free rate 0 (also called Ulcer performance index); `undefined` without a drawdown.
 *
 * @see Martin and McCann (1989), as for `ulcerIndex`.
 */
export function martinRatio(annualReturn: number, ulcer: number): number | undefined {
  return quotient(annualReturn, ulcer, 1);
}

function quotient(gain: number, risk: number, scale: number): number | undefined {
  return risk > ROUNDING ? (gain / risk) * scale : undefined;
}
