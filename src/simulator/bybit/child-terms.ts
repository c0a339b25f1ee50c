import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { BybitSide } from '#protocols/bybit-words.ts';
import { type OrderTerms, PLAIN_TERMS } from './order-record.ts';

/** A stop or target that belongs to a position or to an entry. */
export interface Child {
  readonly kind: 'stop' | 'target';
  readonly isPartial: boolean;
  readonly level: GridPrice;
  /** What it becomes when it is triggered; undefined for a market order. */
  readonly limit: GridPrice | undefined;
  readonly parentOrderLinkId: string;
}

/** The order that it is. @param side The one that closes. */
export function childTerms(child: Child, side: BybitSide, quantity: GridQuantity): OrderTerms {
  const { kind, isPartial, level, limit, parentOrderLinkId } = child;
  // A stop of a long sells when the price falls, a target when it rises; a short's are mirrored.
  const falls = (side === 'Sell') === (kind === 'stop');
  const name = kind === 'stop' ? 'StopLoss' : 'TakeProfit';
  return {
    ...PLAIN_TERMS,
    side,
    orderType: limit === undefined ? 'Market' : 'Limit',
    quantity,
    price: limit ?? level,
    timeInForce: limit === undefined ? 'IOC' : 'GTC',
    reduceOnly: true,
    closeOnTrigger: true,
    trigger: { price: level, direction: falls ? 2 : 1, by: 'LastPrice' },
    stopOrderType: isPartial ? `Partial${name}` : name,
    createType: isPartial ? `CreateByPartial${name}` : `CreateBy${name}`,
    parentOrderLinkId,
  };
}
