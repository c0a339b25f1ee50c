/** Both are asked for a thousand samples of the trades: without a branch, as none could be foreseen. */

/** Share of the results above 0; `undefined` without a result. */
export function winRateOf(pnl: ArrayLike<number>): number | undefined {
  const { length } = pnl;
  let won = 0;
  for (let k = 0; k < length; k++) won += Number(pnl[k] > 0);
  return length === 0 ? undefined : won / length;
}

/** Sum of profits / sum of losses; `undefined` without a loss, as it has no value then. */
export function profitFactorOf(pnl: ArrayLike<number>): number | undefined {
  const { length } = pnl;
  let profit = 0;
  let loss = 0;
  for (let k = 0; k < length; k++) {
    profit += Math.max(pnl[k], 0);
    loss += Math.max(-pnl[k], 0);
  }
  return loss > 0 ? profit / loss : undefined;
}
