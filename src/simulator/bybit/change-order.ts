import type { OrderChange } from '#core/orders.ts';
import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { BybitAccount } from './account.ts';
import { attachedLevels } from './attached-levels.ts';
import type { Book } from './book.ts';
import { checkAmendedMargin } from './create-order.ts';
import { priceIn, quantityIn } from './grid-params.ts';
import { isWorking, type OrderRecord } from './order-record.ts';
import { badParameter, type Params } from './params.ts';
import { Refusal } from './refusal.ts';

/** Changes a working order. @throws Refusal */
export function amendOrder(account: BybitAccount, params: Params): OrderRecord {
  const record = workingOrder(account, params, 'order not exists or too late to replace');
  const book = account.bookOf(record);
  const { contract } = book;
  const price = priceIn(contract, params, 'price');
  const trigger = priceIn(contract, params, 'triggerPrice');
  const quantity = params.text('qty') === undefined ? undefined : quantityIn(contract, params, 'qty', false);
  if (quantity !== undefined && quantity <= record.filled) {
    throw new Refusal(
      BYBIT_CODES.amendUnderFilled,
      'The modified contract quantity cannot be less than the filled quantity',
    );
  }
  const { terms } = record;
  const before = { ...terms };
  const next = {
    ...terms,
    ...(price !== undefined && { price }),
    ...(quantity !== undefined && { quantity }),
    ...(trigger !== undefined && terms.trigger !== undefined && { trigger: { ...terms.trigger, price: trigger } }),
  };
  record.terms = next;
  if (touchesLevels(params)) amendLevels(book, record, params);
  else change(book, record, coreChange(before, next));
  try {
    checkAmendedMargin(account, book);
  } catch (error) {
    record.terms = before;
    change(book, record, coreChange(next, before));
    throw error;
  }
  book.matchNow();
  return record;
}

/** Cancels a working order. @throws Refusal when there is none any more. */
export function cancelOrder(account: BybitAccount, params: Params): OrderRecord {
  const record = workingOrder(account, params, 'order not exists or too late to cancel');
  const book = account.bookOf(record);
  if (record.terms.stopOrderType === 'StopLoss') book.stops.full = { ...book.stops.full, stopLoss: undefined };
  if (record.terms.stopOrderType === 'TakeProfit') book.stops.full = { ...book.stops.full, takeProfit: undefined };
  if (record.terms.stopOrderType === 'TrailingStop') book.stops.full = { ...book.stops.full, trailing: undefined };
  book.cancel(record, 'CancelByUser');
  return record;
}

/** The order that a request names. */
function workingOrder(account: BybitAccount, params: Params, gone: string): OrderRecord {
  const orderId = params.text('orderId');
  const orderLinkId = params.text('orderLinkId');
  params.need('symbol');
  if (orderId === undefined && orderLinkId === undefined) {
    throw badParameter('params error: OrderId or orderLinkId is required');
  }
  const record = account.find(orderId, orderLinkId);
  if (record === undefined || !isWorking(record) || record.symbol !== params.text('symbol')) {
    throw new Refusal(BYBIT_CODES.orderNotFound, gone);
  }
  return record;
}

function coreChange(before: OrderRecord['terms'], next: OrderRecord['terms']): OrderChange {
  const isConditional = next.trigger !== undefined;
  const moved = next.trigger?.price !== before.trigger?.price ? next.trigger?.price : undefined;
  const price = next.price !== before.price && next.orderType === 'Limit' ? next.price : undefined;
  return {
    ...(isConditional && moved !== undefined && { price: moved }),
    ...(isConditional && price !== undefined && { limit: price }),
    ...(!isConditional && price !== undefined && { price }),
    ...(next.quantity !== before.quantity && { quantity: next.quantity }),
  };
}

function change(book: Book, record: OrderRecord, what: OrderChange): void {
  if (Object.keys(what).length === 0) return;
  const answer = book.amend(record, what);
  if (answer.kind === 'rejected') throw badParameter(answer.why);
}

function touchesLevels(params: Params): boolean {
  return params.text('takeProfit') !== undefined || params.text('stopLoss') !== undefined;
}

/** Another stop or target for an entry; those of what has filled are the position's. */
function amendLevels(book: Book, record: OrderRecord, params: Params): void {
  const { terms, filled } = record;
  const { grid } = book.contract;
  const text = (name: 'takeProfit' | 'stopLoss') => {
    const level = terms.attached?.[name];
    return params.text(name) ?? (level === undefined ? undefined : String(grid.priceNumber(level)));
  };
  const asked = params
    .with('takeProfit', text('takeProfit'))
    .with('stopLoss', text('stopLoss'))
    .with('tpslMode', params.text('tpslMode') ?? terms.attached?.tpslMode);
  record.terms = { ...terms, attached: attachedLevels(book.contract, asked, terms.side, terms.price) };
  if (filled > 0) throw badParameter('TP/SL of a partly filled order are set by trading-stop');
  book.replace(record);
  book.account.news.order(book, record);
}
