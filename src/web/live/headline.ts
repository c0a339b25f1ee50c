import type { Account } from '#contract/api.ts';

/** The one big number: live money if there is any, else paper money and said so. The two are never added together. */
export interface Headline {
  readonly title: 'Live equity' | 'Paper equity';
  readonly accounts: readonly Account[];
  /** Accounts of the same mode in another currency: they cannot be added. */
  readonly leftOut: number;
  readonly currency: string;
  readonly simulated: boolean;
  readonly equity: number;
  readonly dayPnl: number;
  readonly dayPnlFraction: number | null;
  readonly unrealizedPnl: number;
  /** Of the account that is furthest below its peak: drawdowns of accounts cannot be added either. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
}

const sumOf = (values: readonly string[]): number => values.reduce((sum, value) => sum + Number(value), 0);

export function headlineOf(all: readonly Account[]): Headline | null {
  const mode = all.some((account) => account.mode === 'live') ? 'live' : 'paper';
  const ofMode = all.filter((account) => account.mode === mode);
  const currency = ofMode[0]?.currency;
  if (currency === undefined) return null;
  const accounts = ofMode.filter((account) => account.currency === currency);
  const equity = sumOf(accounts.map((account) => account.equity));
  const dayPnl = sumOf(accounts.map((account) => account.dayPnl));
  const atMidnight = equity - dayPnl;
  const dayIsKnown = atMidnight > 0 && accounts.every((account) => account.dayPnlFraction !== null);
  return {
    title: mode === 'live' ? 'Live equity' : 'Paper equity',
    accounts,
    leftOut: ofMode.length - accounts.length,
    currency,
    simulated: accounts.every((account) => account.simulated),
    equity,
    dayPnl,
    dayPnlFraction: dayIsKnown ? dayPnl / atMidnight : null,
    unrealizedPnl: sumOf(accounts.map((account) => account.unrealizedPnl)),
    drawdown: Math.max(...accounts.map((account) => account.drawdown)),
    maxDrawdown: Math.max(...accounts.map((account) => account.maxDrawdown)),
  };
}
