import { z } from 'zod';
import type { Quantity } from '#core/money.ts';
import { type VenuePosition, VenueRefused } from '#ports/venue.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { AnyQuantity, AnyRatio, decoded, OptionalPrice } from './decode.ts';
import { marketSymbol } from './symbols.ts';

const PositionRow = z.object({
  symbol: z.string(),
  /** 0 in one-way mode; 1 and 2 are the two sides of hedge mode. */
  positionIdx: z.number().int(),
  side: z.enum(['Buy', 'Sell', '', 'None']),
  size: AnyQuantity,
  avgPrice: OptionalPrice,
  leverage: z.union([z.literal('').transform(() => undefined), AnyRatio]).optional(),
  liqPrice: OptionalPrice,
});

/**
 * @returns undefined for one that is flat, and for another kind of contract.
 * @throws AnswerRefused; VenueRefused for one of hedge mode, where a symbol has two positions.
 */
export function positionFrom(answer: unknown): VenuePosition | undefined {
  const row = decoded(PositionRow, answer, 'a position');
  const symbol = marketSymbol(row.symbol);
  if (symbol === undefined) return undefined;
  if (row.positionIdx !== 0) {
    throw new VenueRefused(
      `Cannot trade ${symbol} on Bybit as its position mode must be one-way: it is hedge mode; ` +
        'close what is open there, and set the position mode of USDT perpetuals to one-way at Bybit',
    );
  }
  if (row.size === 0n) return undefined;
  if (row.avgPrice === undefined || (row.side !== 'Buy' && row.side !== 'Sell')) {
    throw new AnswerRefused('a position that is open must have a side and a price');
  }
  return {
    symbol,
    quantity: (row.side === 'Buy' ? row.size : -row.size) as Quantity,
    entryPrice: row.avgPrice,
    leverage: row.leverage || undefined,
    liquidationPrice: row.liqPrice,
  };
}
