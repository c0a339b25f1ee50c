import type { Candles } from '#core/candles.ts';
import type { Grid, GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import { Exchange, type ExchangeSetup, type SavedExchange } from '#core/matching/matching.ts';
import type { Order, OrderChange, OrderState, RiskApproved } from '#core/orders.ts';
import type { CancelAnswer, Capabilities, SubmitAnswer, Venue } from '#ports/venue.ts';

interface Market {
  readonly exchange: Exchange;
  readonly candles: Candles;
}

const ALL: Capabilities = {
  attachedStop: 'each-fill',
  levelsFromFill: true,
  trailingStop: true,
  shorting: true,
  fractional: true,
  leverage: true,
};

/**
 * The simulated venue: one core exchange for each symbol, behind the Venue port. It answers at once and its answers
 * are final, so nothing is ever unknown here.
 */
export class SimulatedVenue implements Venue {
  readonly name = 'the simulated venue';
  readonly capabilities = ALL;
  private readonly markets = new Map<MarketSymbol, Market>();

  open(symbol: MarketSymbol, grid: Grid, candles: Candles, setup: ExchangeSetup = {}): void {
    this.markets.set(symbol, { exchange: new Exchange(grid, candles, setup), candles });
  }

  /** Puts back what a market held before a restart. */
  restore(symbol: MarketSymbol, saved: SavedExchange): void {
    this.exchange(symbol).restore(saved);
  }

  /** The exchange of a symbol, for the feed to run its closed candles through. */
  exchange(symbol: MarketSymbol): Exchange {
    return this.market(symbol).exchange;
  }

  listen(symbol: MarketSymbol, listener: FillListener): void {
    this.exchange(symbol).listen(listener);
  }

  submit(order: RiskApproved<Order>): SubmitAnswer {
    const market = this.market(order.intent.owner.symbol);
    return market.exchange.accept(order, market.candles.length - 1);
  }

  amend(order: Order, change: OrderChange): SubmitAnswer {
    return this.market(order.intent.owner.symbol).exchange.amend(order, change);
  }

  cancel(order: Order, why: string): CancelAnswer {
    const canceled = this.market(order.intent.owner.symbol).exchange.cancel(order, why);
    return canceled ? { kind: 'canceled' } : { kind: 'not-working' };
  }

  find(order: Order): OrderState | undefined {
    return this.market(order.intent.owner.symbol).exchange.orderById(order.clientOrderId)?.state;
  }

  position(symbol: MarketSymbol): GridQuantity {
    return this.market(symbol).exchange.position;
  }

  private market(symbol: MarketSymbol): Market {
    const market = this.markets.get(symbol);
    if (!market)
      throw new Error(
        `The simulated venue has no market "${symbol}": it trades ${[...this.markets.keys()].join(', ')}`,
      );
    return market;
  }
}
