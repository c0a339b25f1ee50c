import type { GridPrice } from '#core/grid.ts';
import { toNumber } from '#core/money.ts';
import type { Book } from './book.ts';
import { PLAIN_TERMS } from './order-record.ts';
import { cancelUnaffordable } from './triggered-margin.ts';

/**
 * Trades a candle that closes, and ends the position where the candle reaches its liquidation price: before anything else
 * in the candle but a stop that is nearer, as the worst comes first.
 */
export function matchWithLiquidation(book: Book, i: number): void {
  const { fills } = book;
  const { low, high } = book.series.candles;
  cancelUnaffordable(book, low.values[i]!, high.values[i]!);
  if (isReached(book, i)) liquidate(book, i);
  else book.matchClosing(i);
  if (book.fills > fills && isReached(book, i)) liquidate(book, i);
  book.stops.settle();
}

function isReached(book: Book, i: number): boolean {
  if (book.position === 0) return false;
  const price = book.account.ledger.liquidationPrice(book);
  if (price === undefined) return false;
  const level = toNumber(price);
  const { open, low, high } = book.series.candles;
  const isLong = book.position > 0;
  const isGap = isLong ? open.values[i]! <= level : open.values[i]! >= level;
  const isTouched = isLong ? low.values[i]! <= level : high.values[i]! >= level;
  return isGap || (isTouched && !hasNearerStop(book, i, level));
}

function hasNearerStop(book: Book, i: number, level: number): boolean {
  const { grid } = book.contract;
  const { low, high } = book.series.candles;
  const isLong = book.position > 0;
  return book.working().some(({ terms: { side, trigger } }) => {
    if (trigger === undefined || side !== (isLong ? 'Sell' : 'Buy')) return false;
    const at = grid.priceNumber(trigger.price);
    return isLong
      ? trigger.direction === 2 && at > level && low.values[i]! <= at
      : trigger.direction === 1 && at < level && high.values[i]! >= at;
  });
}

/** The venue's own order takes the position over, whatever the market is. */
function liquidate(book: Book, i: number): void {
  for (const record of book.working()) if (!record.terms.reduceOnly) book.cancel(record, 'CancelByPrepareLiq');
  const quantity = Math.abs(book.position) as typeof book.position;
  const record = book.account.newRecord(book, {
    ...PLAIN_TERMS,
    side: book.position > 0 ? 'Sell' : 'Buy',
    orderType: 'Market',
    quantity,
    price: book.lastPrice satisfies GridPrice,
    timeInForce: 'IOC',
    reduceOnly: true,
    createType: 'CreateByLiq',
  });
  book.place(record);
  book.account.isLiquidating = true;
  book.matchClosing(i);
  book.account.isLiquidating = false;
}
