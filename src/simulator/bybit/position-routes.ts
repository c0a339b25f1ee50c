import { ratio } from '#core/money.ts';
import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import type { BybitAccount } from './account.ts';
import { sumsOf } from './account-margin.ts';
import { checkLevel } from './attached-levels.ts';
import type { Book } from './book.ts';
import { checkPartialStops } from './create-order.ts';
import { type ExchangeState, listed, type RouteAnswer } from './exchange-state.ts';
import { closedPnlRow } from './execution-row.ts';
import { priceIn, quantityIn } from './grid-params.ts';
import { linear } from './order-routes.ts';
import { pageOf } from './paging.ts';
import { badParameter, type Params } from './params.ts';
import { positionRow } from './position-row.ts';
import { Refusal } from './refusal.ts';
import { within } from './time-window.ts';

type Act = (state: ExchangeState, account: BybitAccount, params: Params) => RouteAnswer;

const DONE: RouteAnswer = { result: {} };
const LEVERAGE = /^\d{1,3}(\.\d{1,2})?$/;

/** A symbol's row even while flat; without a symbol those that are held. */
export const positionList: Act = (state, account, params) => {
  const symbol = linear(params).text('symbol');
  if (symbol === undefined && params.text('settleCoin') === undefined) {
    throw badParameter('params error: symbol or settleCoin is required');
  }
  const books = symbol === undefined ? heldBooks(state, account) : booksOf(account, params);
  const numbered = books.map((book, k) => ({ book, number: books.length - k }));
  const { rows, cursor } = pageOf(numbered, ({ number }) => number, params, params.limit(20, 200));
  return { result: { nextPageCursor: cursor, category: 'linear', list: rows.map(({ book }) => positionRow(book)) } };
};

export const setLeverage: Act = (state, account, params) => {
  const { contract } = listed(state, linear(params));
  const wanted = params.need('buyLeverage');
  if (!LEVERAGE.test(wanted) || params.need('sellLeverage') !== wanted)
    throw badParameter('params error: leverage invalid');
  const leverage = ratio(wanted);
  const books = booksOf(account, params);
  if (leverage < ratio('1') || leverage > contract.tiers.rows[0].maxLeverage) {
    throw new Refusal(BYBIT_CODES.leverageOverTier, 'cannot set leverage due to risk limit');
  }
  if (books.every(({ money }) => money.leverage === leverage)) {
    throw new Refusal(BYBIT_CODES.leverageUnchanged, 'leverage not modified');
  }
  const before = books.map(({ money }) => money.leverage);
  for (const { money } of books) money.setTerms(leverage, account.marginMode);
  if (sumsOf(account).available < 0n) {
    books.forEach(({ money }, k) => {
      money.setTerms(before[k]!, account.marginMode);
    });
    throw new Refusal(BYBIT_CODES.insufficientAvailable, 'available balance not enough');
  }
  for (const book of books) account.news.position(book);
  return DONE;
};

export const switchMode: Act = (state, account, params) => {
  const wanted = params.whole('mode');
  if (wanted !== 0 && wanted !== 3) throw badParameter('params error: mode invalid');
  linear(params);
  const symbols =
    params.text('symbol') === undefined ? [...state.contracts.keys()] : [listed(state, params).contract.symbol];
  const isHedged = wanted === 3;
  if (symbols.every((symbol) => account.isHedged(symbol) === isHedged)) {
    throw new Refusal(BYBIT_CODES.modeUnchanged, 'Position mode has not been modified.');
  }
  for (const symbol of symbols) {
    const books = account.booksOf(symbol) ?? [];
    if (books.some(({ position }) => position !== 0)) {
      throw new Refusal(
        BYBIT_CODES.modeHasPosition,
        'You have an existing position, so position mode cannot be switched',
      );
    }
    if (books.some((book) => book.working().length > 0)) {
      throw new Refusal(
        BYBIT_CODES.modeHasOrders,
        'You have existing open orders, so position mode cannot be switched',
      );
    }
  }
  for (const symbol of symbols) account.setHedged(symbol, isHedged);
  return DONE;
};

/** Sets the stop, the target and the trailing stop of a position; "0" takes one back. */
export const tradingStop: Act = (state, account, params) => {
  if (state.world.conditions.rejectStops) throw badParameter('StopLoss orders are not accepted at the moment');
  const idx = linear(params).whole('positionIdx') ?? 0;
  const book = booksOf(account, params).find((one) => one.idx === idx);
  if (book === undefined) throw badParameter('position idx not match position mode');
  if (book.position === 0) throw badParameter('can not set tp/sl/ts for zero position');
  if (params.oneOf('tpslMode', ['Full', 'Partial']) === 'Partial') setPartial(book, params);
  else setFull(book, params);
  book.matchNow();
  account.news.position(book);
  return DONE;
};

export const closedPnl: Act = (state, account, params) => {
  const isInTime = within(linear(params), state.world.line.now);
  const symbol = params.text('symbol');
  const all = account.ledger.closed
    .filter(({ order, updatedTime }) => (symbol === undefined || order.symbol === symbol) && isInTime(updatedTime))
    .reverse();
  const { rows, cursor } = pageOf(all, ({ number }) => number, params, params.limit(50, 100));
  return {
    result: { nextPageCursor: cursor, category: 'linear', list: rows.map((row) => closedPnlRow(account, row)) },
  };
};

function setFull(book: Book, params: Params): void {
  const { full } = book.stops;
  const levels = levelsIn(book, params);
  const takeProfit = params.text('takeProfit') === undefined ? full.takeProfit : levels.takeProfit;
  const stopLoss = params.text('stopLoss') === undefined ? full.stopLoss : levels.stopLoss;
  const distance = params.text('trailingStop');
  const trailing =
    distance === undefined
      ? full.trailing
      : Number(distance) > 0
        ? { distance: Number(distance), activation: priceIn(book.contract, params, 'activePrice') }
        : undefined;
  const isSame = takeProfit === full.takeProfit && stopLoss === full.stopLoss && trailing === full.trailing;
  if (isSame) throw new Refusal(BYBIT_CODES.stopUnchanged, 'not modified');
  book.stops.full = { takeProfit, stopLoss, trailing };
}

function setPartial(book: Book, params: Params): void {
  const { takeProfit, stopLoss } = levelsIn(book, params);
  const sizes = ['tpSize', 'slSize'].filter((name) => params.text(name) !== undefined);
  const [first] = sizes;
  if (first === undefined || (takeProfit === undefined && stopLoss === undefined)) {
    throw new Refusal(BYBIT_CODES.stopUnchanged, 'not modified');
  }
  if (sizes.length === 2 && params.text('tpSize') !== params.text('slSize')) {
    throw badParameter('tpSize and slSize must be equal');
  }
  checkPartialStops(book);
  const quantity = quantityIn(book.contract, params, first, false);
  if (quantity > Math.abs(book.position)) throw badParameter('tpSize or slSize is larger than the position');
  const isLimit = (name: string) => params.oneOf(name, ['Market', 'Limit']) === 'Limit';
  book.stops.addPartial(quantity, takeProfit, stopLoss, {
    tp: isLimit('tpOrderType') ? priceIn(book.contract, params, 'tpLimitPrice') : undefined,
    sl: isLimit('slOrderType') ? priceIn(book.contract, params, 'slLimitPrice') : undefined,
  });
}

/** @throws Refusal for a level that the market has passed already. */
function levelsIn(book: Book, params: Params) {
  const side = book.position > 0 ? 'Buy' : 'Sell';
  const takeProfit = priceIn(book.contract, params, 'takeProfit');
  const stopLoss = priceIn(book.contract, params, 'stopLoss');
  checkLevel(book.contract, 'TakeProfit', takeProfit, side === 'Buy' ? 'higher' : 'lower', side, book.lastPrice);
  checkLevel(book.contract, 'StopLoss', stopLoss, side === 'Buy' ? 'lower' : 'higher', side, book.lastPrice);
  return { takeProfit, stopLoss };
}

function booksOf(account: BybitAccount, params: Params): readonly Book[] {
  const books = account.booksOf(params.need('symbol'));
  if (books === undefined) throw badParameter('params error: symbol invalid');
  return books;
}

function heldBooks({ contracts }: ExchangeState, account: BybitAccount): readonly Book[] {
  return [...contracts.keys()].flatMap((symbol) =>
    (account.booksOf(symbol) ?? []).filter(({ position }) => position !== 0),
  );
}
