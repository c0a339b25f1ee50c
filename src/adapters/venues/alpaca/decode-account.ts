import { z } from 'zod';
import type { Money } from '#core/money.ts';
import type { VenuePosition } from '#ports/venue.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { AnyMoney, AnyQuantity, AveragePrice, decoded } from './decode.ts';
import type { AlpacaSymbols } from './symbols.ts';

/** The fields of the day-trading rule, which are gone since July 2026, are not asked for. */
const Account = z.object({
  status: z.string(),
  currency: z.string(),
  equity: AnyMoney,
  non_marginable_buying_power: AnyMoney,
  account_blocked: z.boolean(),
  trading_blocked: z.boolean(),
  trade_suspended_by_user: z.boolean(),
  crypto_tier: z.number().int().nullish(),
});

export interface AlpacaAccount {
  readonly isActive: boolean;
  readonly isBlocked: boolean;
  readonly isTradingBlocked: boolean;
  readonly isSuspendedByOwner: boolean;
  readonly currency: string;
  readonly equity: Money;
  /** What may be bought for without borrowing. */
  readonly available: Money;
  /** Of the fees for coins; undefined where it is not told. */
  readonly cryptoTier: number | undefined;
}

/** @throws AnswerRefused */
export function accountFrom(answer: unknown): AlpacaAccount {
  const row = decoded(Account, answer, 'an account');
  return {
    isActive: row.status === 'ACTIVE',
    isBlocked: row.account_blocked,
    isTradingBlocked: row.trading_blocked,
    isSuspendedByOwner: row.trade_suspended_by_user,
    currency: row.currency,
    equity: row.equity,
    available: row.non_marginable_buying_power,
    cryptoTier: row.crypto_tier ?? undefined,
  };
}

const PositionRow = z.object({
  symbol: z.string(),
  asset_class: z.string(),
  side: z.enum(['long', 'short']),
  qty: AnyQuantity,
  avg_entry_price: AveragePrice,
  unrealized_pl: AnyMoney,
});

/** A position with what it would bring now. */
export interface AlpacaPosition {
  readonly unrealizedPnl: Money;
  /** Undefined for what is not traded here: an option, say. */
  readonly position: VenuePosition | undefined;
}

/** @throws AnswerRefused */
export function positionFrom(answer: unknown, symbols: AlpacaSymbols): AlpacaPosition {
  const row = decoded(PositionRow, answer, 'a position');
  if (row.qty === 0n) throw new AnswerRefused('a position that is listed must be open: its qty is 0');
  if (row.qty > 0n !== (row.side === 'long')) {
    throw new AnswerRefused('the qty of a position must have the sign of its side: it has not');
  }
  const symbol = row.asset_class === 'us_option' ? undefined : symbols.market(row.symbol);
  return {
    unrealizedPnl: row.unrealized_pl,
    position: symbol && {
      symbol,
      quantity: row.qty,
      entryPrice: row.avg_entry_price,
      leverage: undefined,
      liquidationPrice: undefined,
    },
  };
}
