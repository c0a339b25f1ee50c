import { type Money, money, ONE, type Price, type Quantity } from '#core/money.ts';
import { ALPACA_MARGIN_EQUITY, type AlpacaSide } from '#protocols/alpaca.ts';
import { type Asset, gridOf, lastPrice } from './assets.ts';
import { type Holdings, notionalOf } from './holdings.ts';
import type { AlpacaOrder } from './order.ts';
import { newYorkDate, newYorkTime } from './stamps.ts';

/** What a short sale is reckoned with beyond the price: 3 %. */
const SHORT_MARGIN = { times: 103n, of: 100n };
/** Parts of the value of positions that must be covered: to open them, and to keep them. */
const INITIAL = { times: 50n, of: 100n };
const MAINTENANCE = { times: 30n, of: 100n };

const DAY_MS = 86_400_000;

/** An account in figures, in USD. */
export interface AccountFigures {
  readonly cash: Money;
  readonly longValue: Money;
  /** Negative. */
  readonly shortValue: Money;
  readonly equity: Money;
  readonly initialMargin: Money;
  readonly maintenanceMargin: Money;
  /** What open orders of an opening kind hold back, of stocks on margin and of what has none. */
  readonly multiplier: bigint;
  readonly buyingPower: Money;
  readonly regtBuyingPower: Money;
  readonly nonMarginableBuyingPower: Money;
}

/** The price where the market of an asset is. @param now Market time. */
export function marketPrice(asset: Asset, now: number): Price {
  const last = lastPrice(asset, now);
  const grid = gridOf(asset, false, last);
  return grid.exactPrice(grid.priceOf(last));
}

/** Where it was when the day before ended; where its prices begin when there is none. */
export function lastDayPrice(asset: Asset, now: number): Price {
  const { candles } = asset.series;
  const isCrypto = asset.settings.class === 'crypto';
  const dayBegan = isCrypto ? now - (now % DAY_MS) : newYorkTime(newYorkDate(now), '00:00');
  const i = candles.indexAt(dayBegan - 1);
  const { grid, value } = { grid: gridOf(asset, false, lastPrice(asset, now)), value: candles.close.values[i] };
  return grid.exactPrice(grid.priceOf(value ?? candles.open.values[0]!));
}

/**
 * Reckons an account. On margin it buys up to four times its equity within a day and twice overnight; with less than
 * 2,000 USD, or where its setup gives it no leverage, it buys for its cash.
 * @param leverage The most that the account's own setup allows.
 */
export function accountFigures(
  holdings: Holdings,
  open: readonly AlpacaOrder[],
  leverage: bigint,
  now: number,
): AccountFigures {
  const values = holdings.positions.map(({ asset, quantity }) => notionalOf(marketPrice(asset, now), quantity));
  const longValue = sum(values.filter((value) => value > 0n));
  const shortValue = sum(values.filter((value) => value < 0n));
  const { cash } = holdings;
  const equity = (cash + longValue + shortValue) as Money;
  const gross = longValue - shortValue;
  const isOnMargin = equity >= money(ALPACA_MARGIN_EQUITY) && leverage > 1n;
  const multiplier = !isOnMargin ? 1n : leverage < 4n ? leverage : 4n;
  const holds = open.map((order) => ({ order, hold: holdOf(order, now) }));
  const held = sum(holds.map(({ hold }) => hold));
  const heldInFull = sum(
    holds.filter(({ order }) => isPaidInFull(order.made.asset, order.made.quantity)).map(({ hold }) => hold),
  );
  // What is paid in full counts as often as an account multiplies.
  const bound = held - heldInFull + heldInFull * multiplier;
  const free = (times: bigint) => atLeastZero((isOnMargin ? equity * times - gross : cash) - bound);
  return {
    cash: (cash - heldInFull) as Money,
    longValue,
    shortValue,
    equity,
    initialMargin: part(gross, INITIAL),
    maintenanceMargin: part(gross, MAINTENANCE),
    multiplier,
    buyingPower: free(multiplier),
    regtBuyingPower: free(multiplier < 2n ? multiplier : 2n),
    nonMarginableBuyingPower: atLeastZero((isOnMargin ? least(cash, equity - part(gross, INITIAL)) : cash) - held),
  };
}

/** What an open order holds back: nothing where it only closes. */
function holdOf(order: AlpacaOrder, now: number): Money {
  const { made } = order;
  if (!order.isWorking || made.positionIntent.endsWith('to_close')) return 0n as Money;
  if (made.notional !== undefined) return (made.notional - order.cost) as Money;
  const { limitPrice, stopPrice } = order;
  return costOf({ side: made.side, limitPrice, stopPrice }, order.remaining, marketPrice(made.asset, now));
}

/** What an order comes to, as buying power is asked for: a buy its own price, a short sale at least 3 % more than the market. */
export function costOf(
  {
    side,
    limitPrice,
    stopPrice,
  }: { readonly side: AlpacaSide; limitPrice?: Price | undefined; stopPrice?: Price | undefined },
  quantity: Quantity,
  market: Price,
): Money {
  const own = limitPrice ?? stopPrice;
  if (side === 'buy') return notionalOf(own ?? market, quantity);
  const raised = ((market * SHORT_MARGIN.times) / SHORT_MARGIN.of) as Price;
  return notionalOf(own !== undefined && own > raised ? own : raised, quantity);
}

/** Coins, and parts of a share, are not bought on margin. */
export function isPaidInFull(asset: Asset, quantity: Quantity | undefined): boolean {
  return asset.settings.class === 'crypto' || quantity === undefined || quantity % ONE !== 0n;
}

function part(value: bigint, { times, of }: { readonly times: bigint; readonly of: bigint }): Money {
  return ((value * times) / of) as Money;
}

function sum(values: readonly bigint[]): Money {
  return values.reduce((total, value) => total + value, 0n) as Money;
}

function atLeastZero(value: bigint): Money {
  return (value > 0n ? value : 0n) as Money;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
