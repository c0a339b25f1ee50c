import type { Order } from '#core/orders.ts';
import type { Book } from './book.ts';
import { childTerms } from './child-terms.ts';
import type { OrderRecord } from './order-record.ts';

/** The record of a stop or target that the exchange made as its entry filled. */
export function adoptedChild(book: Book, parent: OrderRecord, core: Order): OrderRecord {
  const kind = core.leg === 'stop' ? 'stop' : 'target';
  const { attached, orderLinkId } = parent.terms;
  const terms = childTerms(
    {
      kind,
      isPartial: attached?.tpslMode === 'Partial',
      level: core.price!,
      limit: undefined,
      parentOrderLinkId: orderLinkId,
    },
    core.side === 'buy' ? 'Buy' : 'Sell',
    core.quantity,
  );
  return book.account.newRecord(book, terms);
}
