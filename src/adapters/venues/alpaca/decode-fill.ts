import { z } from 'zod';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, type Money, ONE, type Price, type Quantity } from '#core/money.ts';
import type { FillReport } from '#ports/venue.ts';
import { decoded, PositivePrice, PositiveQuantity, WireTime } from './decode.ts';
import { type AlpacaOrder, orderFrom } from './decode-order.ts';
import type { AlpacaSymbols } from './symbols.ts';

/** What a fill costs in USD: Alpaca books it at the end of the day and tells it with no fill. */
export type FeeOf = (symbol: MarketSymbol, price: Price, quantity: Quantity) => Money;

/** A share that is sold short is told as such. */
const FillSide = z.enum(['buy', 'sell', 'sell_short']).transform((side) => (side === 'buy' ? 'buy' : 'sell'));

const FillRow = z.object({
  id: z.string().min(1),
  activity_type: z.literal('FILL'),
  order_id: z.string().min(1),
  symbol: z.string(),
  side: FillSide,
  price: PositivePrice,
  qty: PositiveQuantity,
  cum_qty: PositiveQuantity,
  transaction_time: WireTime,
});

/** A fill as a page of activities has it, with the id that the next page begins after. */
export interface Activity {
  readonly id: string;
  /** Undefined for what is not traded here. */
  readonly fill: FillReport | undefined;
}

/** @throws AnswerRefused */
export function activityFrom(answer: unknown, symbols: AlpacaSymbols, feeOf: FeeOf): Activity {
  const row = decoded(FillRow, answer, 'a fill');
  const symbol = symbols.market(row.symbol);
  if (symbol === undefined) return { id: row.id, fill: undefined };
  return {
    id: row.id,
    fill: {
      venueTradeId: tradeId(row.order_id, row.cum_qty),
      venueOrderId: row.order_id,
      // Activities do not name it.
      clientOrderId: undefined,
      symbol,
      side: row.side,
      price: row.price,
      quantity: row.qty,
      fee: feeOf(symbol, row.price, row.qty),
      liquidity: 'taker',
      executedAt: row.transaction_time,
      kind: 'trade',
    },
  };
}

const Update = z.object({ event: z.string(), order: z.unknown() });
const Execution = z.object({ price: PositivePrice, qty: PositiveQuantity, timestamp: WireTime });

/** What the stream tells: how an order stands now and, if it traded, how. */
export interface TradeUpdate {
  readonly order: AlpacaOrder;
  readonly fill: FillReport | undefined;
}

/** @returns undefined for what is not traded here. @throws AnswerRefused */
export function updateFrom(data: unknown, symbols: AlpacaSymbols, feeOf: FeeOf): TradeUpdate | undefined {
  const { event, order: json } = decoded(Update, data, 'news of an order');
  const order = orderFrom(json, symbols);
  if (order === undefined) return undefined;
  if (event !== 'fill' && event !== 'partial_fill') return { order, fill: undefined };
  const { price, qty, timestamp } = decoded(Execution, data, 'news of a fill');
  const { symbol, side, venueOrderId, clientOrderId, filled } = order.report;
  return {
    order,
    fill: {
      venueTradeId: tradeId(venueOrderId, filled),
      venueOrderId,
      clientOrderId,
      symbol,
      side,
      price,
      quantity: qty,
      fee: feeOf(symbol, price, qty),
      liquidity: 'taker',
      executedAt: timestamp,
      kind: 'trade',
    },
  };
}

/**
 * The same fill has one name wherever it is told: its order, and what that has come to with it. Nowhere is it written that
 * the stream's id of an execution is the one in an activity's id.
 */
function tradeId(venueOrderId: string, cumulative: Quantity): string {
  return `${venueOrderId}:${formatDecimal(cumulative)}`;
}

/** A part of the notional, rounded up. @param rate In 1e-12. */
export function shareOf(price: Price, quantity: Quantity, rate: bigint): Money {
  return ((price * quantity * rate + ONE * ONE - 1n) / (ONE * ONE)) as Money;
}

export const NO_FEE = 0n as Money;
