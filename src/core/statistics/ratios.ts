/** Returns that differ by less than this are equal: the rest is float rounding. */
const ROUNDING = 1e-12;

/**
 * Annualised Sharpe ratio, risk-free rate 0: mean / deviation of the returns x sqrt(periodsPerYear), with the sample
 * deviation (n - 1). `undefined` with fewer than 2 returns, when all are equal, and when one is NaN.
 *
 * @param returns Simple return of each period as a fraction (0.01 is 1 %).
 * @param periodsPerYear 365 for daily returns of markets that never close, 252 for daily returns of US shares.
 * @see Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21(1).
 */
export function sharpeRatio(returns: readonly number[], periodsPerYear: number): number | undefined {
  if (returns.length < 2) return undefined;
  const mean = meanOf(returns);
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return ratio(mean, Math.sqrt(squares / (returns.length - 1)), periodsPerYear);
}

/**
 * Annualised Sortino ratio, target return 0: mean / downside deviation x sqrt(periodsPerYear), where the downside
 * deviation is the root of the mean of min(return, 0)^2 over all returns. `undefined` with fewer than 2 returns, without
 * a negative one, and when one is NaN.
 *
 * @param returns As for `sharpeRatio`.
 * @see Sortino and Price (1994), "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3).
 */
export function sortinoRatio(returns: readonly number[], periodsPerYear: number): number | undefined {
  if (returns.length < 2) return undefined;
  const squares = returns.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0);
  return ratio(meanOf(returns), Math.sqrt(squares / returns.length), periodsPerYear);
}

function ratio(mean: number, deviation: number, periodsPerYear: number): number | undefined {
  return deviation > ROUNDING ? (mean / deviation) * Math.sqrt(periodsPerYear) : undefined;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
