import type { VirtualClock } from '#adapters/clock/virtual.ts';
import type { WireOrder } from '#adapters/venues/broker.ts';
import { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import { Grid, type GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { DEFAULT_EXECUTION } from '#core/matching/execution-model.ts';
import { Exchange } from '#core/matching/matching.ts';
import { candleTape } from '#core/matching/tape.ts';
import type { Money } from '#core/money.ts';
import { Order, type OrderChange, type OrderRequest } from '#core/orders.ts';
import type { Chance } from '#core/random.ts';
import { approvedBefore } from '#core/risk.ts';
import type { EpochMs } from '#core/time.ts';
import type { FillReport, OrderReport, SubmitAnswer } from '#ports/venue.ts';
import { feesOf, instrumentOf } from '#tests/builders/instruments.ts';
import { ownerOf } from '#tests/builders/orders.ts';

/** Listings show what happened at most this much later. */
const MOST_LAG_MS = 1_500;

/** What an account tells: at once to its stream, and later in its listings. */
export interface Told<What> {
  readonly what: What;
  readonly visibleAt: number;
}

interface Placed {
  readonly venueOrderId: string;
  readonly clientOrderId: string | undefined;
  readonly attachedTo: OrderReport['attachedTo'];
  readonly core: Order;
  readonly reports: Told<OrderReport>[];
}

export const INSTRUMENT = instrumentOf({ tick: '0.25', lot: '0.001' });
export const FEES = feesOf();
const OWNER = ownerOf({ account: 'venue', bot: 'venue' });

/** An account at somebody else's venue, of one symbol: the truth that books are held against. Minutes trade as they end. */
export class ScriptedAccount {
  readonly symbol = INSTRUMENT.symbol as MarketSymbol;
  readonly placed: Placed[] = [];
  readonly fills: Told<FillReport>[] = [];
  readonly positions: Told<GridQuantity>[] = [];
  /** Client order ids of what was taken, in the order in which it came. */
  readonly taken: string[] = [];
  rejectsStops = false;
  /** Hears the news as it happens. */
  hear: { onOrder(report: OrderReport): void; onFill(fill: FillReport): void } | undefined;
  readonly grid = new Grid(INSTRUMENT, FEES, 'free');
  private readonly clock: VirtualClock;
  private readonly chance: Chance;
  private readonly candles: Candles;
  private readonly exchange: Exchange;
  private readonly carriesStops: boolean;
  private readonly byCore = new Map<Order, Placed>();
  private orders = 0;

  /** @param carriesStops Whether the stop of an entry lives from its fill on; otherwise it is not kept. */
  constructor(clock: VirtualClock, chance: Chance, minutes: Candles, carriesStops: boolean, volumeShare?: number) {
    this.clock = clock;
    this.chance = chance;
    this.candles = Candles.replayOf(minutes, 0);
    this.carriesStops = carriesStops;
    const model = { ...DEFAULT_EXECUTION, ...(volumeShare !== undefined && { volumeShare }) };
    this.exchange = new Exchange(this.grid, this.candles, { model, inside: candleTape(minutes) });
    this.exchange.listen({ onOrder: (order) => this.onOrder(order), onFill: (fill) => this.onFill(fill) });
    this.positions.push({ what: 0 as GridQuantity, visibleAt: 0 });
  }

  /** The next minute is over. */
  minute(): void {
    this.exchange.match(this.candles.closeNext());
  }

  get position(): GridQuantity {
    return this.exchange.position;
  }

  /** What working stops would close of the position. */
  get stopped(): number {
    const closes = this.position > 0 ? 'sell' : 'buy';
    const stops = this.working().filter(({ core }) => core.type === 'stop' && core.side === closes);
    return stops.reduce((sum, { core }) => sum + core.remaining, 0);
  }

  working(): Placed[] {
    return this.placed.filter(({ core }) => core.isWorking);
  }

  place(wire: WireOrder): { readonly refusal: string } | Placed {
    const { grid } = this;
    if (wire.type === 'stop' && this.rejectsStops) return { refusal: 'stops are not taken now' };
    const quantity = grid.gridQuantity(wire.quantity);
    const attached =
      wire.stop === undefined || !this.carriesStops
        ? undefined
        : ({
            kind: 'levels',
            levels: {
              stop: grid.gridPrice(wire.stop),
              target: wire.target === undefined ? undefined : grid.gridPrice(wire.target),
            },
          } as const);
    const request: OrderRequest = {
      leg: wire.reduceOnly ? 'exit' : 'entry',
      side: wire.side,
      type: wire.type,
      quantity,
      price: wire.price === undefined ? undefined : grid.gridPrice(wire.price),
      limit: undefined,
      postOnly: wire.postOnly,
      timeInForce: 'gtc',
      effect: wire.reduceOnly ? 'reduce-only' : 'open',
      attached,
    };
    this.orders += 1;
    const core = new Order({ owner: OWNER, occasion: this.orders as EpochMs }, request);
    const placed = this.keep(core, wire.clientOrderId);
    core.submitted();
    const answer = this.exchange.accept(approvedBefore(core), this.candles.length - 1);
    if (answer.kind === 'rejected') {
      this.placed.pop();
      return { refusal: answer.why };
    }
    this.taken.push(wire.clientOrderId);
    return placed;
  }

  amend({ core }: Placed, change: OrderChange): SubmitAnswer {
    return this.exchange.amend(core, change);
  }

  cancel({ core }: Placed): boolean {
    return this.exchange.cancel(core, 'CancelByUser');
  }

  /** What the owner does by hand, in lots: positive buys. */
  trade(lots: number): void {
    const side = lots > 0 ? 'buy' : 'sell';
    const request = { leg: 'entry', side, type: 'market', quantity: Math.abs(lots) as GridQuantity } as const;
    this.orders += 1;
    const core = new Order(
      { owner: OWNER, occasion: this.orders as EpochMs },
      { ...request, price: undefined, timeInForce: 'gtc', effect: 'open', attached: undefined },
    );
    this.keep(core, undefined);
    core.submitted();
    this.exchange.accept(approvedBefore(core), this.candles.length - 1);
  }

  private keep(core: Order, clientOrderId: string | undefined, attachedTo?: OrderReport['attachedTo']): Placed {
    const placed = { venueOrderId: `v${this.placed.length + 1}`, clientOrderId, attachedTo, core, reports: [] };
    this.placed.push(placed);
    this.byCore.set(core, placed);
    return placed;
  }

  /** A stop or target that the exchange made shares the intent of its entry. */
  private placedOf(core: Order): Placed {
    const known = this.byCore.get(core);
    if (known !== undefined) return known;
    const entry = this.placed.find((one) => one.core.intent === core.intent)!;
    return this.keep(core, undefined, { clientOrderId: entry.clientOrderId!, leg: core.leg });
  }

  private onOrder(core: Order): void {
    const placed = this.placedOf(core);
    const { state } = core;
    const report: OrderReport = {
      venueOrderId: placed.venueOrderId,
      clientOrderId: placed.clientOrderId,
      attachedTo: placed.attachedTo,
      symbol: this.symbol,
      side: core.side,
      type: core.leg === 'target' ? 'take-profit' : core.type,
      quantity: this.grid.exactQuantity(core.quantity),
      price: core.price === undefined ? undefined : this.grid.exactPrice(core.price),
      filled: this.grid.exactQuantity(core.filled),
      state: state.kind === 'open' || state.kind === 'filled' ? state.kind : 'canceled',
      why: 'why' in state ? state.why : '',
      updatedAt: this.clock.wall(),
    };
    placed.reports.push({ what: report, visibleAt: this.visibleAt() });
    this.hear?.onOrder(report);
  }

  private onFill({ order, price, quantity, liquidity, venueTradeId }: Execution): void {
    const { venueOrderId, clientOrderId } = this.placedOf(order);
    const { grid } = this;
    const size = Math.abs(quantity) as GridQuantity;
    const fill: FillReport = {
      venueTradeId: `t${venueTradeId}`,
      venueOrderId,
      clientOrderId,
      symbol: this.symbol,
      side: quantity > 0 ? 'buy' : 'sell',
      price: grid.exactPrice(price),
      quantity: grid.exactQuantity(size),
      fee: grid.fee(price, quantity, liquidity) as Money,
      liquidity,
      executedAt: this.clock.wall(),
      kind: 'trade',
    };
    this.fills.push({ what: fill, visibleAt: this.visibleAt() });
    this.positions.push({ what: this.position, visibleAt: this.visibleAt() });
    this.onOrder(order);
    this.hear?.onFill(fill);
  }

  private visibleAt(): number {
    return this.clock.wall() + this.chance.next() * MOST_LAG_MS;
  }
}
