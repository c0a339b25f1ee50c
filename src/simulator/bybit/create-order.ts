import type { GridPrice, GridQuantity } from '#core/grid.ts';
import { absolute } from '#core/margin/rounding.ts';
import { formatDecimal, type Money, ONE, type Quantity } from '#core/money.ts';
import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { BybitSide, BybitTimeInForce } from '#protocols/bybit-words.ts';
import type { BybitAccount } from './account.ts';
import { markOf, openingPart, orderMargin, sumsOf } from './account-margin.ts';
import { attachedLevels } from './attached-levels.ts';
import type { Book } from './book.ts';
import { priceIn, quantityIn } from './grid-params.ts';
import { maxLeverageAt } from './instruments.ts';
import { type OrderRecord, type OrderTerms, PLAIN_TERMS, type Trigger } from './order-record.ts';
import { badParameter, type Params } from './params.ts';
import { Refusal } from './refusal.ts';

const LINK = /^[A-Za-z0-9_-]{1,36}$/;
const MOST_ORDERS = 500;
const MOST_CONDITIONAL = 10;
const MOST_PARTIAL_STOPS = 20;

/**
 * Takes an order: checks it as the venue does, and sends it to the exchange.
 * @throws Refusal with the venue's code.
 */
export function createOrder(account: BybitAccount, params: Params, rejectsStops: boolean): OrderRecord {
  const side = params.needOneOf('side', ['Buy', 'Sell']);
  const book = bookFor(account, params, side);
  const terms = termsOf(book, params, side);
  if (rejectsStops && (terms.trigger !== undefined || terms.attached !== undefined)) {
    throw badParameter('StopLoss and conditional orders are not accepted at the moment');
  }
  checkLink(account, terms.orderLinkId);
  checkCounts(book, terms);
  if (!terms.reduceOnly && terms.trigger === undefined) checkMargin(account, book, terms);
  const record = account.newRecord(book, terms);
  const answer = book.place(record);
  if (answer.kind === 'rejected') {
    if (!answer.why.includes('post-only')) throw badParameter(answer.why);
    record.status = 'Cancelled';
    record.rejectReason = 'EC_PostOnlyWillTakeLiquidity';
  }
  account.news.order(book, record);
  book.matchNow();
  return record;
}

/** The position that an order trades on. */
function bookFor(account: BybitAccount, params: Params, side: BybitSide): Book {
  const books = account.booksOf(params.need('symbol'));
  if (books === undefined) throw badParameter('params error: symbol invalid');
  const idx = params.whole('positionIdx') ?? 0;
  const book = books.find((one) => one.idx === idx);
  if (book === undefined) throw badParameter('position idx not match position mode');
  const opens = idx === 1 ? 'Buy' : 'Sell';
  if (idx !== 0 && side !== opens && book.position === 0) throw nothingToReduce();
  return book;
}

function termsOf(book: Book, params: Params, side: BybitSide): OrderTerms {
  const { contract } = book;
  const orderType = params.needOneOf('orderType', ['Market', 'Limit']);
  const isMarket = orderType === 'Market';
  const opens = book.idx === 1 ? 'Buy' : 'Sell';
  const reduceOnly = params.flag('reduceOnly') || (book.idx !== 0 && side !== opens);
  const closeOnTrigger = params.flag('closeOnTrigger');
  const trigger = triggerOf(book, params);
  const price = isMarket ? capOf(book, side) : priceIn(contract, params, 'price');
  if (price === undefined) throw badParameter('params error: Price is required');
  if (!isMarket && trigger === undefined) checkPrice(book, side, price);
  const timeInForce: BybitTimeInForce = isMarket
    ? 'IOC'
    : (params.oneOf('timeInForce', ['GTC', 'IOC', 'FOK', 'PostOnly']) ?? 'GTC');
  const quantity = quantityOf(book, params, side, { isMarket, reduceOnly, closeOnTrigger });
  const from = isMarket ? book.lastPrice : price;
  const attached = attachedLevels(contract, params, side, trigger?.price ?? from);
  if (reduceOnly && attached !== undefined && book.idx === 0) {
    throw badParameter('reduce-only order cannot set takeProfit or stopLoss');
  }
  if (!reduceOnly) checkNotional(book, from, quantity);
  return {
    ...PLAIN_TERMS,
    orderLinkId: params.text('orderLinkId') ?? '',
    side,
    orderType,
    quantity,
    price,
    timeInForce,
    reduceOnly,
    closeOnTrigger,
    trigger,
    attached,
    stopOrderType: trigger === undefined ? '' : 'Stop',
  };
}

function triggerOf(book: Book, params: Params): Trigger | undefined {
  const price = priceIn(book.contract, params, 'triggerPrice');
  if (price === undefined) return undefined;
  const direction = params.whole('triggerDirection');
  if (direction !== 1 && direction !== 2) throw badParameter('params error: triggerDirection invalid');
  const last = book.lastPrice;
  const by = params.oneOf('triggerBy', ['LastPrice', 'IndexPrice', 'MarkPrice']) ?? 'LastPrice';
  const compared = (relation: string) =>
    `trigger_price[${scaled(book, price)}] ${relation} current[${scaled(book, last)}]??${by}`;
  if (direction === 1 && price <= last)
    throw new Refusal(BYBIT_CODES.triggerNotRising, `expect Rising, but ${compared('<=')}`);
  if (direction === 2 && price >= last)
    throw new Refusal(BYBIT_CODES.triggerNotFalling, `expect Falling, but ${compared('>=')}`);
  return { price, direction, by };
}

/** Prices in the venue's messages are integers of 0.0001. */
function scaled({ contract: { grid } }: Book, price: GridPrice): string {
  return String(grid.exactPrice(price) / 10n ** 8n);
}

/** The worst price that a market order takes, for show. */
function capOf({ contract, lastPrice }: Book, side: BybitSide): GridPrice {
  const { grid, marketCap } = contract;
  const last = grid.priceNumber(lastPrice);
  return side === 'Buy' ? grid.toTick(last * (1 + marketCap), 'down') : grid.toTick(last * (1 - marketCap), 'up');
}

function checkPrice({ contract, lastPrice }: Book, side: BybitSide, price: GridPrice): void {
  const { priceLimit } = contract;
  const isBeyond = side === 'Buy' ? price > lastPrice * (1 + priceLimit) : price < lastPrice * (1 - priceLimit);
  if (isBeyond) throw new Refusal(BYBIT_CODES.priceOutOfRange, 'Order price is out of permissible range');
}

function quantityOf(
  book: Book,
  params: Params,
  side: BybitSide,
  { isMarket, reduceOnly, closeOnTrigger }: { isMarket: boolean; reduceOnly: boolean; closeOnTrigger: boolean },
): GridQuantity {
  const { position, contract } = book;
  const held = Math.abs(position) as GridQuantity;
  if (reduceOnly) checkReduces(book, side);
  if (Number(params.need('qty')) === 0) {
    if (reduceOnly && closeOnTrigger) return held;
    throw badParameter('The number of contracts exceeds minimum limit allowed');
  }
  const quantity = quantityIn(contract, params, 'qty', isMarket);
  return reduceOnly && quantity > held ? held : quantity;
}

function checkReduces({ position }: Book, side: BybitSide): void {
  if (position === 0) throw nothingToReduce();
  if (position > 0 === (side === 'Buy')) {
    throw new Refusal(BYBIT_CODES.nothingToReduce, 'reduce-only order has same side with current position');
  }
}

function nothingToReduce(): Refusal {
  return new Refusal(BYBIT_CODES.nothingToReduce, 'current position is zero, cannot fix reduce-only order qty');
}

function checkNotional({ contract }: Book, price: GridPrice, quantity: GridQuantity): void {
  if (contract.grid.notional(price, quantity) < contract.instrument.minNotional) {
    const least = formatDecimal(contract.instrument.minNotional);
    throw new Refusal(BYBIT_CODES.notionalTooSmall, `Order does not meet minimum order value ${least}USDT`);
  }
}

function checkLink(account: BybitAccount, orderLinkId: string): void {
  if (orderLinkId === '') return;
  if (!LINK.test(orderLinkId)) throw badParameter('params error: orderLinkId invalid');
  if (account.isLinkUsed(orderLinkId)) {
    throw new Refusal(BYBIT_CODES.duplicateOrderLinkId, 'OrderLinkedID is duplicate');
  }
}

function checkCounts(book: Book, terms: OrderTerms): void {
  const conditional = book.working().filter(({ terms: { stopOrderType } }) => stopOrderType === 'Stop').length;
  if (terms.trigger !== undefined && conditional >= MOST_CONDITIONAL) {
    throw new Refusal(BYBIT_CODES.tooManyConditional, 'The number of stop orders exceeds the maximum allowable limit');
  }
  if (terms.attached?.tpslMode === 'Partial') checkPartialStops(book);
  if (book.working().length >= MOST_ORDERS) {
    throw new Refusal(BYBIT_CODES.tooManyOrders, 'Not allowed to have more than 500 active orders');
  }
}

/** @throws Refusal when there is no room for another stop or target of a part. */
export function checkPartialStops(book: Book): void {
  const partial = book.stops.children().filter(({ terms }) => terms.stopOrderType.startsWith('Partial'));
  if (partial.length < MOST_PARTIAL_STOPS) return;
  throw new Refusal(BYBIT_CODES.tooManyPartialStops, 'Not allowed to have more than 20 TP/SLs under Partial tpSlMode');
}

/** Whether the account can pay for what the order opens, and its leverage is allowed at that size. */
function checkMargin(account: BybitAccount, book: Book, terms: OrderTerms): void {
  const { contract, money } = book;
  const { grid } = contract;
  const size = grid.exactQuantity(terms.quantity);
  const signed = (terms.side === 'Buy' ? size : -size) as Quantity;
  const opening = openingPart(money.quantity, signed);
  if (opening === 0n) return;
  const price = grid.exactPrice(terms.orderType === 'Market' ? book.lastPrice : terms.price);
  const value = (absolute(money.quantity) * markOf(book) + absolute(opening) * price) / ONE;
  if (value > contract.tiers.rows.at(-1)!.cap || money.leverage > maxLeverageAt(contract, value as Money)) {
    throw new Refusal(BYBIT_CODES.riskLimitExceeded, 'The position would exceed the risk limit at this leverage');
  }
  // In cross margin a position that is there is reckoned with its mark already.
  if (money.orderCost(opening, price) > sumsOf(account).available) {
    throw new Refusal(BYBIT_CODES.insufficientBalance, 'ab not enough for new order');
  }
}

/** Whether an amended order can still be paid for. */
export function checkAmendedMargin(account: BybitAccount, book: Book): void {
  if (sumsOf(account).available < 0n && orderMargin(book) > 0n) {
    throw new Refusal(BYBIT_CODES.insufficientBalance, 'ab not enough for new order');
  }
}
