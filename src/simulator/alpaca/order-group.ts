import type { AccountId, BotId } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import type { Grid } from '#core/grid.ts';
import { DEFAULT_EXECUTION, type ExecutionModel } from '#core/matching/execution-model.ts';
import { type FillListener, takesAt } from '#core/matching/matcher.ts';
import { Exchange } from '#core/matching/matching.ts';
import { type Money, money, type Price, type Quantity, toNumber } from '#core/money.ts';
import { type Leg, Order, type OrderOwner, ownerPrefix } from '#core/orders.ts';
import { approvedBefore } from '#core/risk.ts';
import type { EpochMs } from '#core/time.ts';
import type { Conditions } from '../conditions.ts';
import { coreRequest, isStop } from './core-request.ts';
import type { AlpacaOrder } from './order.ts';
import type { Steps } from './order-rules.ts';
import { mayTradeIn } from './sessions.ts';

const CENT = money('0.01');

/** Who hears what becomes of the orders of a group, in the order it happens. */
export interface GroupListener {
  /** @param at The open of the candle it happened in; the close, for the closing auction. */
  onFill(order: AlpacaOrder, quantity: Quantity, price: Price, at: EpochMs): void;
  /** The exchange took an order out: it does not rest, or the other one of its pair filled. */
  onCanceled(order: AlpacaOrder): void;
  /** The exchange does not take an order that was taken here. */
  onRejected(order: AlpacaOrder): void;
  /** A leg that was held works from now on. */
  onWoken(leg: AlpacaOrder): void;
}

/**
 * An order alone, or an entry with its legs, on a core exchange of its own: orders of one account do not meet each other.
 *
 * An order is on the exchange only while it may trade: outside of its hours it is taken away, and put back with what is
 * left of it. Legs go there once the entry is filled completely, in the same candle: a stop may be hit in it, and a
 * target trades from the next one on where the entry filled inside.
 */
export class OrderGroup {
  private parent: AlpacaOrder;
  private readonly grid: Grid;
  private readonly candles: Candles;
  private readonly exchange: Exchange;
  private readonly owner: OrderOwner;
  private readonly listener: GroupListener;
  private readonly onExchange = new Map<Order, AlpacaOrder>();
  /** Rises with every round of core orders: their identity. */
  private occasion = 0;

  constructor(parent: AlpacaOrder, grid: Grid, conditions: Conditions, listener: GroupListener) {
    this.parent = parent;
    this.grid = grid;
    this.listener = listener;
    this.candles = parent.made.asset.series.candles;
    const model: ExecutionModel = {
      ...DEFAULT_EXECUTION,
      get volumeShare() {
        return conditions.volumeShare;
      },
    };
    this.owner = ownerOf(parent);
    this.exchange = new Exchange(grid, this.candles, { model });
    this.exchange.listen(this.hear((i) => this.candles.openTimeOf(i)));
  }

  get orders(): readonly AlpacaOrder[] {
    return [this.parent, ...this.parent.legs];
  }

  /** What its prices and quantities lie on. */
  get steps(): Steps {
    return this.grid.instrument;
  }

  get isOver(): boolean {
    return this.orders.every((order) => !order.isOpen);
  }

  /** Puts on the exchange what may trade in the candle `i`, takes away what may not, and trades what is possible. */
  match(i: number): void {
    const openTime = this.candles.openTimeOf(i);
    const entering: AlpacaOrder[] = [];
    for (const order of this.orders) {
      const isThere = this.isThere(order);
      const belongs = order.isWorking && mayTradeIn(order.made, openTime);
      if (isThere && !belongs) this.leave(order);
      if (!isThere && belongs) entering.push(order);
    }
    for (const order of entering) this.measure(order, i);
    if (entering.length > 0) this.enter(entering, i - 1);
    this.exchange.match(i);
    for (const order of this.orders) this.follow(order, this.candles.high.values[i]!, this.candles.low.values[i]!);
  }

  /** Trades what is for the closing auction at the close of candle `i`; what cannot is left. */
  close(i: number): void {
    const { parent, grid, candles } = this;
    const auction = new Exchange(grid, candles, { model: { ...DEFAULT_EXECUTION, signalActs: 'this-close' } });
    this.occasion += 1;
    const order = this.coreOrder(parent, 'entry');
    if (order === undefined || !takesAt(order, grid.priceOf(candles.close.values[i]!))) return;
    auction.listen(this.hear((k) => candles.closeTimeAt(k)));
    const traded = new Order(order.intent, {
      ...coreRequest(parent, 'entry', grid)!,
      type: 'market',
      price: undefined,
    });
    this.onExchange.set(traded, parent);
    traded.submitted();
    auction.accept(approvedBefore(traded), i);
    this.onExchange.delete(traded);
  }

  /** Puts an order in the place of another one. A pair goes back to the exchange together. */
  replace(old: AlpacaOrder, next: AlpacaOrder): void {
    const { sibling, parent } = old;
    this.leave(old);
    if (sibling !== undefined) this.leave(sibling);
    if (parent === undefined) {
      this.parent = next;
      next.legs = old.legs;
      for (const leg of next.legs) leg.parent = next;
    } else {
      next.parent = parent;
      parent.legs = parent.legs.map((leg) => (leg === old ? next : leg));
    }
  }

  /** Takes an order away; it may come back. */
  leave(order: AlpacaOrder): void {
    for (const [core, one] of this.onExchange) {
      if (one !== order) continue;
      this.onExchange.delete(core);
      this.exchange.cancel(core, 'it is taken away');
    }
  }

  private isThere(order: AlpacaOrder): boolean {
    return this.onExchange.values().some((one) => one === order);
  }

  /** How much an order by notional comes to at the candle's open: a cent of it is kept back, as recorded. */
  private measure(order: AlpacaOrder, i: number): void {
    const { notional } = order.made;
    if (notional === undefined || order.quantity !== undefined) return;
    const { grid } = this;
    const at = order.limitPrice ?? grid.exactPrice(grid.priceOf(this.candles.open.values[i]!));
    order.quantity = grid.exactQuantity(grid.toLot(toNumber((notional - CENT) as Money) / toNumber(at)));
  }

  /** Legs that enter together are a pair: one cancels the other. @param last The last candle that is over. */
  private enter(orders: readonly AlpacaOrder[], last: number, targetLast = last): void {
    this.occasion += 1;
    const isPair = orders.length > 1;
    // A stop queues before its target, as core numbers them.
    for (const order of orders.toSorted((a, b) => Number(isStop(b)) - Number(isStop(a)))) {
      const leg = isPair || order.parent !== undefined ? (isStop(order) ? 'stop' : 'target') : 'entry';
      if (!isPair) this.occasion += 1;
      const core = this.coreOrder(order, leg);
      if (core === undefined) continue;
      this.onExchange.set(core, order);
      core.submitted();
      const answer = this.exchange.accept(approvedBefore(core), leg === 'target' ? targetLast : last);
      if (answer.kind === 'rejected') {
        this.onExchange.delete(core);
        this.listener.onRejected(order);
        continue;
      }
      const close = this.candles.close.values[Math.max(0, last)]!;
      this.follow(order, close, close);
    }
  }

  /** Wakes the legs of an entry that has filled in candle `i`. */
  private wake(i: number): void {
    const { parent } = this;
    const held = parent.legs.filter(({ status }) => status === 'held');
    if (held.length === 0) return;
    for (const leg of held) this.listener.onWoken(leg);
    this.enter(held, i - 1, this.isFilledAtOpen(i) ? i - 1 : i);
  }

  /** As core has it: a limit fills at an open that lies beyond it, and inside the candle at one that only meets it. */
  private isFilledAtOpen(i: number): boolean {
    const { made, limitPrice } = this.parent;
    if (limitPrice === undefined) return true;
    const open = this.candles.open.values[i]!;
    return made.side === 'buy' ? open < toNumber(limitPrice) : open > toNumber(limitPrice);
  }

  private hear(timeOf: (i: number) => EpochMs): FillListener {
    return {
      onOrder: (core) => this.ended(core),
      onFill: (execution) => this.filled(execution, timeOf(execution.index)),
    };
  }

  private filled({ order: core, price: at, quantity, index }: Execution, time: EpochMs): void {
    const order = this.onExchange.get(core);
    if (order === undefined) return;
    const { grid } = this;
    if (!core.isWorking) this.onExchange.delete(core);
    const size = grid.exactQuantity(Math.abs(quantity) as typeof quantity);
    this.listener.onFill(order, size, grid.exactPrice(at), time);
    if (order === this.parent && order.status === 'filled') this.wake(index);
  }

  private ended(core: Order): void {
    const order = this.onExchange.get(core);
    if (order === undefined || core.state.kind !== 'canceled') return;
    this.onExchange.delete(core);
    this.listener.onCanceled(order);
  }

  /** Takes over what the exchange moved: a trailing stop's trigger. @param high The highest price since it was asked last. */
  private follow(order: AlpacaOrder, high: number, low: number): void {
    const core = this.onExchange.entries().find(([, one]) => one === order)?.[0];
    if (core === undefined) return;
    if (core.progress?.triggered) order.isTriggered = true;
    if (core.type !== 'trailing-stop') return;
    if (core.price !== undefined) order.stopPrice = this.grid.exactPrice(core.price);
    const best = this.grid.exactPrice(this.grid.priceOf(core.side === 'sell' ? high : low));
    const mark = order.highWaterMark;
    if (mark === undefined || (core.side === 'sell' ? best > mark : best < mark)) order.highWaterMark = best;
  }

  private coreOrder(order: AlpacaOrder, leg: Leg): Order | undefined {
    const request = coreRequest(order, leg, this.grid);
    return request && new Order({ owner: this.owner, occasion: this.occasion as EpochMs }, request);
  }
}

function ownerOf({ made }: AlpacaOrder): OrderOwner {
  const { series } = made.asset;
  return {
    accountId: 'alpaca' as AccountId,
    botId: made.id as BotId,
    symbol: series.symbol,
    timeframe: series.timeframe,
    prefix: ownerPrefix('alpaca', made.id, series.symbol, series.timeframe),
  };
}
