import type { MarketEvent } from '#core/events/market-events.ts';
import type { Execution } from '#core/fills.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import { initialMargin } from '#core/margin/liquidation.ts';
import { formatDecimal, type Money } from '#core/money.ts';
import type { OccasionKind } from '#core/occasions.ts';
import type { Basis } from '#core/opinions.ts';
import type { Order } from '#core/orders.ts';
import { promptNameOf } from '#core/prompts.ts';
import { type Decision, type EntrySignal, type Reason, reasonOf } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type {
  AnalysisRow,
  CandleRow,
  CarryRow,
  CycleRow,
  DecisionRow,
  FillRow,
  OrderRow,
  PositionRow,
  TradeRow,
} from '#ports/store.ts';
import { entryPrice } from './entry-price.ts';
import type { Call, SymbolRun } from './symbol-run.ts';

/** What happened, as the rows that the store keeps: one function for each table, nothing remembered between calls. */

/** Occasion of a run as a part of ids: unique for the account, bot, symbol, timeframe and moment. */
export function occasionId(run: SymbolRun, occasion: EpochMs): string {
  return `${run.owner.prefix}-${occasion.toString(36)}`;
}

function keyOf(run: SymbolRun) {
  const { botId, symbol, timeframe } = run.owner;
  return { botId, symbol, timeframe };
}

export function orderRow(run: SymbolRun, order: Order, now: EpochMs, createdAt: EpochMs, revision: number): OrderRow {
  const { grid } = run;
  const { state, price, limit, trail, attached, progress } = order;
  return {
    ...keyOf(run),
    accountId: run.owner.accountId,
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId === undefined ? null : String(order.venueOrderId),
    occasion: order.intent.occasion,
    leg: order.leg,
    attempt: order.attempt,
    side: order.side,
    type: order.type,
    quantity: formatDecimal(grid.exactQuantity(order.quantity)),
    price: price === undefined ? null : formatDecimal(grid.exactPrice(price)),
    limitPrice: limit === undefined ? null : formatDecimal(grid.exactPrice(limit)),
    trail: trail === undefined ? null : JSON.stringify(trail),
    postOnly: order.postOnly,
    timeInForce: order.timeInForce,
    effect: order.effect,
    attached: attached === undefined ? null : JSON.stringify(attached),
    state: state.kind,
    filledQuantity: formatDecimal(grid.exactQuantity(order.filled)),
    progress: progress === undefined ? null : JSON.stringify(progress),
    why: 'why' in state ? state.why : null,
    createdAt,
    updatedAt: now,
    revision,
  };
}

export function fillRow(
  run: SymbolRun,
  { order, price, quantity, index, at, liquidity, venueTradeId, settlement }: Execution,
  sequence: number,
): FillRow {
  const { grid, owner } = run;
  return {
    accountId: owner.accountId,
    symbol: owner.symbol,
    venueTradeId: String(venueTradeId),
    clientOrderId: order.clientOrderId,
    botId: owner.botId,
    sequence,
    executedAt: at ?? run.candles.openTimeOf(index),
    side: quantity > 0 ? 'buy' : 'sell',
    quantity: formatDecimal(grid.exactQuantity(Math.abs(quantity) as GridQuantity)),
    price: formatDecimal(grid.exactPrice(price)),
    fee: formatDecimal(settlement?.fee ?? grid.fee(price, quantity, liquidity)),
    liquidity,
    covered: settlement === undefined ? null : formatDecimal(settlement.covered),
  };
}

/** @param sequence Of the payment among those of the account. @param fillsBefore How many fills the account had had. */
export function carryRow(run: SymbolRun, payment: CarryPayment, sequence: number, fillsBefore: number): CarryRow {
  const { accountId, symbol, botId } = run.owner;
  const { kind, at, rate, mark, quantity, amount } = payment;
  return {
    accountId,
    symbol,
    kind,
    at,
    botId,
    sequence,
    fillsBefore,
    rate: formatDecimal(rate),
    mark: formatDecimal(mark),
    quantity: formatDecimal(quantity),
    amount: formatDecimal(amount),
  };
}

/** What the analysts thought: a row for each that was asked, or the one of the rules. */
export function analysisRows(run: SymbolRun, decision: Decision, occasion: EpochMs): AnalysisRow[] {
  const { basis } = decision;
  if (basis === undefined) return run.bot.kind === 'indicator-rules' ? [rulesRow(run, decision, occasion)] : [];
  const common = { ...keyOf(run), occasion, occasionKind: kindOf(run), createdAt: occasion };
  const opinions = basis.opinions.map((opinion): Omit<AnalysisRow, 'id'> => {
    const { analyst, recommendation, confidence, imageHash = null, rawAnswer = null, why } = opinion;
    const { entry, stop, target } = opinion;
    const levels = { entry: priceOrNull(run, entry), stop: priceOrNull(run, stop), target: priceOrNull(run, target) };
    return { ...common, analyst, recommendation, confidence, ...levels, imageHash, rawAnswer, why, failure: null };
  });
  const failures = basis.failures.map(
    ({ analyst, failure, why, rawAnswer = null, imageHash = null }): Omit<AnalysisRow, 'id'> => {
      const nothing = { recommendation: 'hold', confidence: null, entry: null, stop: null, target: null } as const;
      return { ...common, analyst, ...nothing, imageHash, rawAnswer, why, failure };
    },
  );
  return [...opinions, ...failures].map((row, k) => ({ ...row, id: `${occasionId(run, occasion)}-${k}` }));
}

function priceOrNull(run: SymbolRun, price: number | undefined): string | null {
  return price === undefined ? null : nearestPrice(run, price);
}

function rulesRow(run: SymbolRun, decision: Decision, occasion: EpochMs): AnalysisRow {
  const last = run.candles.length - 1;
  const price = decision.kind === 'enter' ? entryPrice(run, last, decision.direction) : run.priceAt(last);
  const brackets = decision.kind === 'enter' ? decision.brackets : undefined;
  const sign = decision.kind === 'enter' && decision.direction === 'short' ? -1 : 1;
  return {
    ...keyOf(run),
    id: occasionId(run, occasion),
    occasion,
    occasionKind: kindOf(run),
    analyst: 'rules',
    recommendation: recommendationOf(run, decision),
    confidence: null,
    entry: nearestPrice(run, price),
    stop: brackets ? nearestPrice(run, price - sign * brackets.stop) : null,
    target: brackets?.target === undefined ? null : nearestPrice(run, price + sign * brackets.target),
    imageHash: null,
    rawAnswer: null,
    why: decision.reason.why,
    failure: null,
    createdAt: occasion,
  };
}

function recommendationOf(run: SymbolRun, decision: Decision): 'buy' | 'sell' | 'hold' {
  if (decision.kind === 'hold') return 'hold';
  if (decision.kind === 'enter') return decision.direction === 'long' ? 'buy' : 'sell';
  return run.book.position > 0 ? 'sell' : 'buy';
}

export function decisionRow(
  run: SymbolRun,
  decision: Decision,
  occasion: EpochMs,
  refusal: string | undefined,
): DecisionRow {
  const last = run.candles.length - 1;
  return {
    ...keyOf(run),
    id: occasionId(run, occasion),
    occasion,
    occasionKind: kindOf(run),
    final: decision.kind === 'enter' ? `enter-${decision.direction}` : decision.kind,
    executed: refusal === undefined,
    why: refusal ?? decision.basis?.rule ?? decision.reason.why,
    promptName: promptOf(run),
    input: JSON.stringify({
      close: run.candles.close.values[last],
      ...(run.call && { price: run.call.price }),
      events: run.call?.events ?? run.eventsAtClose(occasion),
      position: run.book.direction,
      ...(decision.kind === 'enter' && { signal: signalOf(decision) }),
      ...(decision.basis && { basis: withoutAnswers(decision.basis) }),
      indicators: run.strategy.snapshot(last),
    }),
    createdAt: occasion,
  };
}

function promptOf({ bot }: SymbolRun): string | null {
  return 'prompt' in bot ? promptNameOf(bot.prompt) : null;
}

/** The words of the models are kept with their opinions. */
function withoutAnswers({ opinions, failures, ...basis }: Basis) {
  const plain = <Row extends { readonly rawAnswer: unknown }>({ rawAnswer, ...row }: Row) => row;
  return { ...basis, opinions: opinions.map(plain), failures: failures.map(plain) };
}

/** The part of a signal that is acted on: read back when a restart goes on with it. */
function signalOf({ direction, brackets, confidence }: EntrySignal): Omit<EntrySignal, 'kind' | 'reason'> {
  return { direction, brackets, ...(confidence !== undefined && { confidence }) };
}

export function cycleRow(run: SymbolRun, i: number): CycleRow {
  const { outcome, why } = reasonOf(run.reasons[i]!);
  const occasion = run.candles.closeTimeAt(i);
  const occasionKind = kindOfClose(run, occasion);
  const events = eventsText(run.eventsAtClose(occasion));
  return { ...keyOf(run), occasion, occasionKind, requestId: null, events, result: outcome, why, running: null };
}

/** What became of a call between two closes. */
export function callRow(
  run: SymbolRun,
  { at, occasion, quotation, events: called }: Call,
  { outcome, why }: Reason,
): CycleRow {
  const { kind: occasionKind, requestId = null } = occasion;
  const running = quotation.running === undefined ? null : JSON.stringify(quotation.running);
  const events = eventsText(called);
  return { ...keyOf(run), occasion: at, occasionKind, requestId, events, result: outcome, why, running };
}

/** What called for what is decided now. */
function kindOf(run: SymbolRun): OccasionKind {
  return run.call?.occasion.kind ?? kindOfClose(run, run.candles.closeTimeAt(run.candles.length - 1));
}

/** A close that is a tick of the bot's interval is one occasion, not two, and so is one that a market event calls at. */
function kindOfClose(run: SymbolRun, at: EpochMs): OccasionKind {
  const { intervalMs } = run.bot;
  if (intervalMs !== undefined && at % intervalMs === 0) return 'interval';
  return run.eventsAtClose(at) === undefined ? 'close' : 'event';
}

function eventsText(events: readonly MarketEvent[] | undefined): string | null {
  return events === undefined ? null : JSON.stringify(events);
}

export function candleRow(run: SymbolRun, i: number, market: string): CandleRow {
  const { symbol, timeframe } = run.owner;
  return { market, symbol, timeframe, ...run.candles.at(i) };
}

/** The trade `k` of a run as it stands. */
export function tradeRow(run: SymbolRun, k: number, revision: number): TradeRow {
  const { book, grid, candles } = run;
  const { trades, fills } = book;
  const entry = trades.firstFill[k]!;
  const lastFill = (k + 1 < trades.length ? trades.firstFill[k + 1]! : fills.length) - 1;
  const isClosed = k < trades.closed;
  const occasion = fills.occasion(entry) as EpochMs;
  const quantity = Math.abs(trades.quantity[k]!) as GridQuantity;
  const r = trades.r[k]!;
  return {
    ...keyOf(run),
    id: tradeId(run, k),
    accountId: run.owner.accountId,
    side: trades.quantity[k]! > 0 ? 'long' : 'short',
    status: isClosed ? 'closed' : 'open',
    quantity: formatDecimal(grid.exactQuantity(quantity)),
    entryPrice: formatDecimal(book.entryPrice(k)),
    exitPrice: isClosed ? formatDecimal(book.exitPrice(k)) : null,
    exitReason: trades.exitReason(k) ?? null,
    stop: priceText(run, trades.stop[k]!),
    target: priceText(run, trades.target[k]!),
    fee: formatDecimal(book.feesOf(k)),
    margin: formatDecimal(initialMargin(book.cost(k), run.exactLeverage)),
    leverage: run.leverage,
    funding: formatDecimal(book.carryOf(k, 'funding')),
    interest: formatDecimal(-book.carryOf(k, 'interest') as Money),
    pnl: isClosed ? formatDecimal(book.pnlOf(k)) : null,
    r: isClosed && Number.isFinite(r) ? r : null,
    promptName: promptOf(run),
    indicatorsSnapshot: JSON.stringify(run.strategy.snapshot(candles.indexClosedAt(occasion))),
    createdAt: fills.at(entry) as EpochMs,
    closedAt: isClosed ? (fills.at(lastFill) as EpochMs) : null,
    revision,
  };
}

/** That of its entry: a later part of an entry whose first parts were closed before it came is a trade of its own. */
function tradeId(run: SymbolRun, k: number): string {
  const { trades, fills } = run.book;
  const occasionOf = (trade: number) => fills.occasion(trades.firstFill[trade]!) as EpochMs;
  const occasion = occasionOf(k);
  let first = k;
  while (first > 0 && occasionOf(first - 1) === occasion) first -= 1;
  const id = occasionId(run, occasion);
  return first === k ? id : `${id}-${k - first + 1}`;
}

export function positionRow(run: SymbolRun, revision: number): PositionRow {
  const { book, grid, owner } = run;
  const k = book.trades.length - 1;
  const entry = book.trades.firstFill[k]!;
  return {
    accountId: owner.accountId,
    symbol: owner.symbol,
    botId: owner.botId,
    tradeId: tradeId(run, k),
    direction: book.position > 0 ? 'long' : 'short',
    quantity: formatDecimal(grid.exactQuantity(Math.abs(book.position) as GridQuantity)),
    entryPrice: formatDecimal(book.entryPrice(k)),
    entryAt: book.fills.at(entry) as EpochMs,
    revision,
  };
}

function nearestPrice(run: SymbolRun, price: number): string {
  return formatDecimal(run.grid.exactPrice(run.grid.priceOf(price)));
}

/** A price that may not be there, as the logs keep it: NaN without one. */
function priceText(run: SymbolRun, price: number): string | null {
  return Number.isNaN(price) ? null : formatDecimal(run.grid.exactPrice(price as GridPrice));
}
