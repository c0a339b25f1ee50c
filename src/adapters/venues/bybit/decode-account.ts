import { z } from 'zod';
import type { FeeRates, MarketSymbol } from '#core/instruments.ts';
import type { Money } from '#core/money.ts';
import type { KeyPermissions, VenueAccount } from '#ports/venue.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { AnyFraction, AnyMoney, decoded, rowsOf } from './decode.ts';
import { marketSymbol, SETTLEMENT } from './symbols.ts';

const Info = z.object({
  marginMode: z.enum(['ISOLATED_MARGIN', 'REGULAR_MARGIN', 'PORTFOLIO_MARGIN']),
  unifiedMarginStatus: z.number().int(),
});

/** 1 is a classic account; 3 to 6 are unified ones. */
const FIRST_UNIFIED = 3;

export interface BybitAccountInfo {
  readonly marginMode: 'isolated' | 'cross';
  readonly isUnified: boolean;
}

/** @throws AnswerRefused */
export function accountInfoFrom(result: unknown): BybitAccountInfo {
  const { marginMode, unifiedMarginStatus } = decoded(Info, result, 'an account');
  return {
    marginMode: marginMode === 'ISOLATED_MARGIN' ? 'isolated' : 'cross',
    isUnified: unifiedMarginStatus >= FIRST_UNIFIED,
  };
}

/** What Bybit leaves empty where it does not apply. */
const MaybeMoney = z.union([z.literal('').transform(() => 0n as Money), AnyMoney]).optional();

const Wallet = z.object({
  /** In USD, of the account as a whole; empty in isolated margin. */
  totalAvailableBalance: MaybeMoney,
  coin: z.array(z.looseObject({ coin: z.string() })),
});

const Coin = z.object({
  equity: AnyMoney,
  walletBalance: AnyMoney,
  usdValue: AnyMoney,
  locked: MaybeMoney,
  bonus: MaybeMoney,
  totalOrderIM: MaybeMoney,
  totalPositionIM: MaybeMoney,
});

export type Balances = Pick<VenueAccount, 'equity' | 'balance' | 'available'>;

/**
 * @returns undefined when the wallet has no USDT at all.
 * @throws AnswerRefused
 * @see bybit-exchange/docs@072c197d docs/v5/account/wallet-balance.mdx for what is available in which mode.
 */
export function balancesFrom(result: unknown, marginMode: 'isolated' | 'cross'): Balances | undefined {
  const [first] = rowsOf(result, 'wallets').rows;
  if (first === undefined) throw new AnswerRefused('a list of wallets must have that of the account: it is empty');
  const wallet = decoded(Wallet, first, 'a wallet');
  const row = wallet.coin.find(({ coin }) => coin === SETTLEMENT);
  if (row === undefined) return undefined;
  const { equity, walletBalance: balance, usdValue, ...held } = decoded(Coin, row, 'a balance');
  if (marginMode === 'isolated') {
    const { locked = 0n, bonus = 0n, totalOrderIM = 0n, totalPositionIM = 0n } = held;
    return { equity, balance, available: (balance - totalPositionIM - totalOrderIM - locked - bonus) as Money };
  }
  const usd = wallet.totalAvailableBalance;
  if (usd === undefined)
    throw new AnswerRefused('a wallet must tell what is available: totalAvailableBalance is absent');
  return { equity, balance, available: (usdValue > 0n ? (usd * equity) / usdValue : usd) as Money };
}

const Key = z.object({
  readOnly: z.union([z.literal(0), z.literal(1)]),
  permissions: z.record(z.string(), z.array(z.string()).nullish()),
});

/** Groups of permissions with which money can leave the account. */
const MOVES_MONEY = ['Wallet', 'FiatP2P', 'FiatBybitPay', 'FiatBitPay', 'FiatGlobalPay', 'BitCard'];

/** @throws AnswerRefused @see bybit-exchange/docs@072c197d docs/v5/user/apikey-info.mdx */
export function permissionsFrom(result: unknown): KeyPermissions {
  const { readOnly, permissions } = decoded(Key, result, 'an API key');
  const may = (group: string, permission?: string) =>
    readOnly === 0 && (permissions[group] ?? []).some((one) => permission === undefined || one === permission);
  return {
    trade: may('ContractTrade', 'Order') && may('ContractTrade', 'Position'),
    withdraw: MOVES_MONEY.some((group) => may(group)),
  };
}

/** A maker's rate may be a rebate. */
const FeeRow = z.object({ symbol: z.string(), takerFeeRate: AnyFraction, makerFeeRate: AnyFraction });

/** @throws AnswerRefused */
export function feeRatesFrom(result: unknown, symbol: MarketSymbol): FeeRates {
  for (const row of rowsOf(result, 'fee rates').rows) {
    const { symbol: wire, takerFeeRate: taker, makerFeeRate: maker } = decoded(FeeRow, row, 'a fee rate');
    if (marketSymbol(wire) === symbol) return { maker, taker };
  }
  throw new AnswerRefused(`a list of fee rates must have that of ${symbol}: it has not`);
}
