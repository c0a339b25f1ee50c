import { formatDecimal, type Money, ONE } from '#core/money.ts';
import type { BybitAccount } from './account.ts';
import { sumsOf } from './account-margin.ts';

/** The unified account as `wallet-balance` shows it. One USDT is one dollar here. */
export function walletRow(account: BybitAccount): Record<string, unknown> {
  const sums = sumsOf(account);
  const isIsolated = account.marginMode === 'isolated';
  const rate = (part: Money) => (isIsolated || sums.equity <= 0n ? '' : formatDecimal((part * ONE) / sums.equity));
  const initial = (sums.positionInitial + sums.orderInitial) as Money;
  const whole = (amount: Money) => (isIsolated ? '' : formatDecimal(amount));
  const realized = account.allBooks().reduce((sum, { money: { account: one } }) => sum + one.realizedPnl, 0n);
  return {
    accountType: 'UNIFIED',
    accountIMRate: rate(initial),
    accountMMRate: rate(sums.maintenance),
    accountIMRateByMp: rate(initial),
    accountMMRateByMp: rate(sums.maintenance),
    totalEquity: formatDecimal(sums.equity),
    totalWalletBalance: formatDecimal(sums.wallet),
    totalMarginBalance: whole(sums.equity),
    totalAvailableBalance: whole(sums.available),
    totalPerpUPL: formatDecimal(sums.unrealized),
    totalInitialMargin: whole(initial),
    totalMaintenanceMargin: whole(sums.maintenance),
    totalInitialMarginByMp: whole(initial),
    totalMaintenanceMarginByMp: whole(sums.maintenance),
    accountLTV: '0',
    coin: [
      {
        coin: 'USDT',
        equity: formatDecimal(sums.equity),
        usdValue: formatDecimal(sums.equity),
        walletBalance: formatDecimal(sums.wallet),
        free: '',
        locked: '0',
        borrowAmount: '0.000000000000000000',
        accruedInterest: '0',
        totalOrderIM: formatDecimal(sums.orderInitial),
        totalPositionIM: formatDecimal(sums.positionInitial),
        totalPositionMM: formatDecimal(sums.maintenance),
        unrealisedPnl: formatDecimal(sums.unrealized),
        cumRealisedPnl: formatDecimal(realized),
        bonus: '0',
        marginCollateral: true,
        collateralSwitch: true,
        colRes: '0',
        spotBorrow: '0',
        spotHedgingQty: '0',
        availableToWithdraw: '',
        availableToBorrow: '',
      },
    ],
  };
}
