import type { Grid } from '#core/grid.ts';
import { type Money, money, ONE, type Price, type Quantity, toNumber } from '#core/money.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs } from '#core/time.ts';
import { ALPACA_DUPLICATE_MESSAGE } from '#protocols/alpaca.ts';
import type { AccountSetup } from '../accounts.ts';
import type { MarketSeries } from '../market-series.ts';
import { type AccountFigures, accountFigures, marketPrice } from './account-figures.ts';
import { type AccountState, accountRefusal, intentOf } from './account-rules.ts';
import { type Asset, type Assets, gridOf, lastPrice } from './assets.ts';
import { Holdings } from './holdings.ts';
import type { AlpacaOrder } from './order.ts';
import { OrderGroup } from './order-group.ts';
import { type OrderJson, orderJson } from './order-json.ts';
import { type LifeWorld, OrderLife } from './order-life.ts';
import { makeOrder } from './order-making.ts';
import { OrderRegister } from './order-register.ts';
import { replacedTerms } from './order-replacing.ts';
import { isFractional, legsRefusal, type Steps, stepsRefusal, stopRefusal, termsRefusal } from './order-rules.ts';
import type { OrderReplacement, OrderTerms } from './order-terms.ts';
import { Refusal } from './refusal.ts';
import { expiryOf, mayTradeIn } from './sessions.ts';

/** The most that an account at Alpaca multiplies its equity by. */
const MOST_LEVERAGE = 4n;

/** The orders of one account: takes them, and sees them through. */
export class Desk {
  readonly id: string;
  readonly setup: AccountSetup;
  readonly holdings: Holdings;
  readonly life: OrderLife;
  readonly assets: Assets;
  readonly orders = new OrderRegister();
  /** What the account was worth at the close of the last session. */
  lastEquity: Money;
  private dayEnds: EpochMs;
  private readonly world: LifeWorld;
  private readonly groups = new Map<AlpacaOrder, OrderGroup>();
  private count = 0;

  constructor(setup: AccountSetup, assets: Assets, world: LifeWorld) {
    this.id = world.makeId();
    this.setup = setup;
    this.assets = assets;
    this.world = world;
    this.holdings = new Holdings(money(setup.balance));
    this.life = new OrderLife(world, this.holdings);
    this.lastEquity = this.holdings.cash;
    this.dayEnds = US_STOCKS.sessionAt(world.now()).close;
  }

  get now(): EpochMs {
    return this.world.now();
  }

  /** All that is not over, held legs too; oldest first. */
  get open(): readonly AlpacaOrder[] {
    return this.orders.open;
  }

  get figures(): AccountFigures {
    return accountFigures(this.holdings, this.open, this.leverage, this.now);
  }

  /** Takes an order. @returns How it looks at first: what becomes of it at once is told later. */
  submit(terms: OrderTerms): OrderJson | Refusal {
    if (this.isUsed(terms.clientOrderId)) return new Refusal('invalid', ALPACA_DUPLICATE_MESSAGE);
    const asset = this.assets.find(terms.symbol);
    if (asset === undefined) return new Refusal('unprocessable', `asset "${terms.symbol}" not found`);
    const market = marketPrice(asset, this.now);
    const refused = this.refusal(terms, asset, market) ?? accountRefusal(terms, asset, market, this.stateWithout());
    if (refused !== undefined) return refused;
    const order = this.make(terms, asset);
    const answer = orderJson(
      order,
      order.legs.map((leg) => orderJson(leg)),
    );
    this.groups.set(order, new OrderGroup(order, orderGrid(order, this.now), this.world.conditions, this.life));
    this.orders.add(order);
    this.life.made(order);
    this.matchRunning(asset.series);
    return answer;
  }

  /** Replaces an open order by a new one. */
  replace(old: AlpacaOrder, change: OrderReplacement): OrderJson | Refusal {
    if (this.isUsed(change.clientOrderId)) return new Refusal('invalid', ALPACA_DUPLICATE_MESSAGE);
    const terms = replacedTerms(old, change);
    if (terms instanceof Refusal) return terms;
    const { asset } = old.made;
    const market = marketPrice(asset, this.now);
    const left = { ...terms, quantity: (terms.quantity! - old.filled) as Quantity };
    const group = this.groupOf(old);
    const refused =
      termsRefusal(terms, asset, stepsOf(terms, asset, this.now), this.now) ??
      stepsRefusal(terms, group.steps) ??
      (old.status === 'held' ? undefined : stopRefusal(terms, market)) ??
      (old.status === 'held' ? undefined : accountRefusal(left, asset, market, this.stateWithout(old)));
    if (refused !== undefined) return refused;
    const next = this.make(terms, asset, old);
    group.replace(old, next);
    this.life.replaced(old, next);
    const answer = orderJson(next);
    this.orders.add(next);
    this.life.made(next);
    this.matchRunning(asset.series);
    return answer;
  }

  /** Cancels an open order, and what goes with it. */
  cancel(order: AlpacaOrder): Refusal | undefined {
    if (!order.isOpen) return new Refusal('unprocessable', `order is already in "${order.status}" state`);
    const group = this.groupOf(order);
    for (const one of group.orders) {
      if (!one.isOpen) continue;
      group.leave(one);
      this.life.end(one, 'canceled');
    }
    return undefined;
  }

  /**
   * Trades what has come since at the price where the running candle stands. What rests already waits for the whole candle,
   * so that what happens inside it is decided once.
   */
  matchRunning(series: MarketSeries): void {
    const isRunning = series.openTime <= this.now;
    const i = series.candles.length;
    const taken = this.acknowledge(series, isRunning ? series.candles.openTimeOf(i) : this.now);
    // What a candle's volume allows is decided once, when the candle is whole.
    if (taken.length === 0 || !isRunning || this.world.conditions.volumeShare !== undefined) return;
    for (const group of new Set(taken.map((order) => this.groupOf(order)))) group.match(i);
    this.forget();
  }

  /** Trades what candle `i` makes possible. */
  match(series: MarketSeries, i: number): void {
    const openTime = series.candles.openTimeOf(i);
    this.expire(openTime);
    this.acknowledge(series, openTime);
    for (const group of this.groupsOf(series)) group.match(i);
    this.forget();
  }

  /** Market time has moved on: days may have ended, and markets opened. */
  moved(): void {
    this.expire(this.now);
    for (const { series } of this.assets.all) this.matchRunning(series);
    if (this.now < this.dayEnds) return;
    this.lastEquity = this.figures.equity;
    this.dayEnds = US_STOCKS.sessionAt(this.now).close;
  }

  /** Ends what is over by then; what is for the closing auction trades in it first. */
  private expire(at: EpochMs): void {
    for (const order of this.open) {
      const { expiresAt, timeInForce, asset } = order.made;
      if (expiresAt === undefined || expiresAt > at) continue;
      const group = this.groupOf(order);
      if (timeInForce === 'cls') group.close(asset.series.candles.indexAt(expiresAt - 1));
      if (!order.isOpen) continue;
      group.leave(order);
      const stamp = this.life.stamps.at(expiresAt);
      this.life.end(order, timeInForce === 'gtc' || order.status === 'held' ? 'canceled' : 'expired', stamp);
    }
    this.forget();
  }

  private get leverage(): bigint {
    const asked = BigInt(Math.floor(Number(this.setup.leverage)));
    return asked < MOST_LEVERAGE ? asked : MOST_LEVERAGE;
  }

  private refusal(terms: OrderTerms, asset: Asset, market: Price): Refusal | undefined {
    if (!this.setup.permissions.trade) return new Refusal('forbidden', 'account is not authorized to trade');
    const hasStop = terms.stopLoss !== undefined || (terms.type !== 'market' && terms.type !== 'limit');
    if (hasStop && this.world.conditions.rejectStops)
      return new Refusal('unprocessable', 'stop orders are not accepted at this time');
    return (
      termsRefusal(terms, asset, stepsOf(terms, asset, this.now), this.now) ??
      stopRefusal(terms, market) ??
      legsRefusal(terms, market)
    );
  }

  /** @param without An order that is about to be replaced. */
  private stateWithout(without?: AlpacaOrder): AccountState {
    const pair = without?.sibling;
    const open = this.open.filter((order) => order !== without && order !== pair);
    return { holdings: this.holdings, open, leverage: this.leverage, now: this.now };
  }

  private make(terms: OrderTerms, asset: Asset, replaces?: AlpacaOrder): AlpacaOrder {
    const hours = { asset, timeInForce: terms.timeInForce, extendedHours: terms.extendedHours };
    return makeOrder(terms, {
      asset,
      intent: replaces?.made.positionIntent ?? intentOf(terms, this.holdings.quantity(asset)),
      status: replaces?.status === 'held' ? 'held' : mayTradeIn(hours, this.now) ? 'pending_new' : 'accepted',
      createdAt: this.life.stamps.next(),
      expiresAt: expiryOf(hours, this.now),
      replaces,
      makeId: () => this.world.makeId(),
      nextNumber: () => {
        this.count += 1;
        return this.count;
      },
    });
  }

  private isUsed(clientOrderId: string | undefined): boolean {
    return clientOrderId !== undefined && this.orders.findByClientId(clientOrderId) !== undefined;
  }

  private groupOf(order: AlpacaOrder): OrderGroup {
    return this.groups.values().find(({ orders }) => orders.includes(order))!;
  }

  private groupsOf(series: MarketSeries): readonly OrderGroup[] {
    return this.groups
      .values()
      .filter(({ orders }) => orders[0]!.made.asset.series === series)
      .toArray();
  }

  /** Tells of orders that may trade in a candle which opens then, and have not been taken yet. */
  private acknowledge(series: MarketSeries, openTime: EpochMs): readonly AlpacaOrder[] {
    const coming = this.open.filter(({ status, made }) => {
      const isNew = status === 'pending_new' || status === 'accepted';
      return isNew && made.asset.series === series && mayTradeIn(made, openTime);
    });
    for (const order of coming) this.life.taken(order);
    return coming;
  }

  /** Legs of an entry that never filled end with it; groups that are over are forgotten. */
  private forget(): void {
    for (const [key, group] of this.groups) {
      const [parent, ...legs] = group.orders;
      if (!parent!.isOpen && parent!.status !== 'filled' && parent!.made.orderClass !== 'oco')
        for (const leg of legs) if (leg.status === 'held') this.life.end(leg, 'canceled');
      if (group.isOver) this.groups.delete(key);
    }
  }
}

function stepsOf(terms: OrderTerms, asset: Asset, now: number): Steps {
  return gridOf(asset, !isFractional(terms), lastPrice(asset, now)).instrument;
}

/** The numbers of an order and its legs: below a dollar prices are finer, be it the market's or their own. */
function orderGrid({ made, legs }: AlpacaOrder, now: number): Grid {
  const { asset, quantity } = made;
  const prices = [made, ...legs.map((leg) => leg.made)].flatMap((one) => [one.limitPrice, one.stopPrice]);
  const known = prices.filter((price) => price !== undefined).map(toNumber);
  const isWhole = asset.settings.class === 'us_equity' && quantity !== undefined && quantity % ONE === 0n;
  return gridOf(asset, isWhole, Math.min(lastPrice(asset, now), ...known));
}
