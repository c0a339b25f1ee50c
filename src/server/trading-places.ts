import type { Patience } from '#adapters/calls/patience.ts';
import type { Matching } from '#adapters/market-data/feed.ts';
import type { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import { SimulatedVenue } from '#adapters/venues/simulated.ts';
import type { Candles } from '#core/candles.ts';
import type { Grid } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ExchangeSetup } from '#core/matching/matching.ts';
import { resendUnsent } from '#engine/execute.ts';
import type { RestoredRun } from '#engine/restore.ts';
import type { Venue } from '#ports/venue.ts';

/** Where a bot's orders go, and what trades there as a candle closes. */
export interface TradingPlace {
  readonly venue: Venue;
  open(symbol: MarketSymbol, grid: Grid, candles: Candles): Matching;
  /** Goes on from what is stored: from nothing for a bot that never ran. What may not have left is looked up, and sent. */
  resume(restored: readonly RestoredRun[]): Promise<void>;
}

/** The exchange inside: candles trade as they close, and it has no memory but the store. */
export class SimulatedPlace implements TradingPlace {
  readonly venue = new SimulatedVenue();
  private readonly setupOf: (symbol: MarketSymbol, candles: Candles) => ExchangeSetup;

  constructor(setupOf: (symbol: MarketSymbol, candles: Candles) => ExchangeSetup) {
    this.setupOf = setupOf;
  }

  open(symbol: MarketSymbol, grid: Grid, candles: Candles): Matching {
    this.venue.open(symbol, grid, candles, this.setupOf(symbol, candles));
    return this.venue.exchange(symbol);
  }

  async resume(restored: readonly RestoredRun[]): Promise<void> {
    for (const { run, venue: saved } of restored) this.venue.restore(run.owner.symbol, saved);
    for (const { run, unsent } of restored) await resendUnsent(run, unsent, this.venue);
  }
}

/** Somebody else's venue trades by itself, and a closing candle does nothing there. */
const TRADES_BY_ITSELF: Matching = {
  match: () => undefined,
  matchUntil: () => undefined,
  quietUntil: (from) => from,
};

/** A live account: it is asked what happened before anything goes on, and waited for while it does not answer. */
export class LivePlace implements TradingPlace {
  readonly venue: BrokerVenue;
  private readonly patience: Patience;
  private readonly abort: AbortSignal;

  constructor(venue: BrokerVenue, { patience, abort }: { readonly patience: Patience; readonly abort: AbortSignal }) {
    this.venue = venue;
    this.patience = patience;
    this.abort = abort;
  }

  open(symbol: MarketSymbol, grid: Grid, candles: Candles): Matching {
    this.venue.open(symbol, grid, candles);
    return TRADES_BY_ITSELF;
  }

  async resume(restored: readonly RestoredRun[]): Promise<void> {
    for (const { run, orders, fills } of restored) {
      const fundedAt = run.book.carries.map(({ at }) => at);
      this.venue.resume(run.owner.symbol, { orders, fills, fundedAt, position: run.book.position });
    }
    const { venue, patience, abort } = this;
    await patience.until(() => venue.start(), abort);
    for (const { run, unsent } of restored)
      for (const order of unsent) await patience.until(() => resendUnsent(run, [order], venue), abort);
  }
}
