import type { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import type { Grid } from '#core/grid.ts';
import { DEFAULT_EXECUTION, type ExecutionModel } from '#core/matching/execution-model.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import { type Acceptance, Exchange, type ExchangeSetup } from '#core/matching/matching.ts';
import type { Order, RiskApproved } from '#core/orders.ts';
import { candlesOf, flat, type Ohlc } from './candles.ts';
import { gridOf } from './instruments.ts';
import { type OrderText, orderOf } from './orders.ts';

/** What an exchange told, one line each: `#1 at 2: entry +1 @ 100 taker` and `stop open`. */
export class Journal implements FillListener {
  readonly fills: string[] = [];
  readonly orders: string[] = [];

  onOrder(order: Order): void {
    const { state } = order;
    this.orders.push(`${order.leg} ${state.kind}${'why' in state ? `: ${state.why}` : ''}`);
  }

  onFill({ order, price, quantity, index, liquidity, venueTradeId }: Execution): void {
    const signed = quantity > 0 ? `+${quantity}` : quantity;
    this.fills.push(`#${venueTradeId} at ${index}: ${order.leg} ${signed} @ ${price} ${liquidity}`);
  }
}

/** An exchange over candles, and its journal. */
export class WatchedExchange {
  readonly journal = new Journal();
  readonly exchange: Exchange;

  constructor(grid: Grid, candles: Candles, setup?: ExchangeSetup) {
    this.exchange = new Exchange(grid, candles, setup);
    this.exchange.listen(this.journal);
  }

  /** Sends an order at the close of candle `last`. */
  send(order: RiskApproved<Order>, last: number): Acceptance {
    order.submitted();
    return this.exchange.accept(order, last);
  }
}

/** An order sent at the close of candle `at`, its occasion; candle 0 when left out. */
export interface SentOrder extends OrderText {
  readonly at?: number;
}

/** What fills when orders meet candles. */
export interface MatchingCase {
  readonly name: string;
  /** Candles from 1 on; candle 0 is flat at 100. */
  readonly candles: readonly Ohlc[];
  readonly orders: readonly SentOrder[];
  readonly fills: readonly string[];
  /** What is assumed otherwise than by default. */
  readonly model?: Partial<ExecutionModel>;
}

/** An execution model that differs from the default in what is named. */
export function modelOf(model: Partial<ExecutionModel> = {}): ExecutionModel {
  return { ...DEFAULT_EXECUTION, ...model };
}

/** Runs every candle on a grid of whole units, sends each order at its close, and returns the exchange with what it told. */
export function tradeOver(
  candles: readonly Ohlc[],
  orders: readonly SentOrder[],
  setup: Omit<ExchangeSetup, 'model'> & { readonly model?: Partial<ExecutionModel> } = {},
): WatchedExchange {
  const { model, ...others } = setup;
  const watched = new WatchedExchange(gridOf(), candlesOf([flat(100), ...candles]), {
    ...others,
    model: modelOf(model),
  });
  for (let i = 0; i <= candles.length; i++) {
    watched.exchange.match(i);
    for (const [k, { at = 0, ...order }] of orders.entries()) {
      if (at === i) watched.send(orderOf({ occasion: i + 1, attempt: k + 1, ...order }), i);
    }
  }
  return watched;
}
