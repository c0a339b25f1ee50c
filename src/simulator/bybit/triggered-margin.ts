import type { Quantity } from '#core/money.ts';
import { openingPart, sumsOf } from './account-margin.ts';
import type { Book } from './book.ts';
import type { OrderRecord } from './order-record.ts';

/**
 * Cancels the conditional orders that a candle triggers and that the account cannot pay for: nothing was set aside for them
 * while they waited.
 * @param low The lowest price that they may meet, quote per base. @param high The highest.
 */
export function cancelUnaffordable(book: Book, low: number, high: number): void {
  for (const record of book.working()) {
    if (!isTriggered(book, record, low, high)) continue;
    const { terms } = record;
    const { grid } = book.contract;
    const size = grid.exactQuantity(terms.quantity);
    const opening = openingPart(book.money.quantity, (terms.side === 'Buy' ? size : -size) as Quantity);
    const price = grid.exactPrice(terms.orderType === 'Limit' ? terms.price : terms.trigger!.price);
    if (book.money.orderCost(opening, price) > sumsOf(book.account).available) book.cancel(record, 'margin is short');
  }
}

function isTriggered({ contract }: Book, { terms, status }: OrderRecord, low: number, high: number): boolean {
  if (status !== 'Untriggered' || terms.reduceOnly || terms.trigger === undefined) return false;
  const at = contract.grid.priceNumber(terms.trigger.price);
  return terms.trigger.direction === 1 ? high >= at : low <= at;
}
