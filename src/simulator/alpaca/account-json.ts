import { formatDecimal, type Money, ONE } from '#core/money.ts';
import { sessionBefore } from '#core/sessions/calendar.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { lastDayPrice, marketPrice } from './account-figures.ts';
import { availableOf } from './account-rules.ts';
import { positionSymbol } from './assets.ts';
import type { Desk } from './desk.ts';
import { notionalOf, type Position } from './holdings.ts';
import { rounded } from './order-json.ts';
import { newYorkDate } from './stamps.ts';

const MONEY_DECIMALS = 6;
const FRACTION_DECIMALS = 5;

/** Answers `GET /v2/account`. The fields of the day-trading rule are gone since July 2026. */
export function accountJson(desk: Desk, id: string): Readonly<Record<string, unknown>> {
  const { figures, setup, now } = desk;
  const last = money(desk.lastEquity);
  const yesterday = sessionBefore(US_STOCKS, US_STOCKS.sessionAt(now));
  return {
    account_blocked: false,
    account_number: id.slice(0, 8).toUpperCase(),
    accrued_fees: '0',
    admin_configurations: {},
    balance_asof: newYorkDate(yesterday.open),
    buying_power: money(figures.buyingPower),
    cash: money(figures.cash),
    created_at: '2024-01-02T15:00:00Z',
    crypto_status: 'ACTIVE',
    crypto_tier: 1,
    currency: 'USD',
    effective_buying_power: money(figures.buyingPower),
    equity: money(figures.equity),
    id,
    initial_margin: money(figures.initialMargin),
    intraday_adjustments: '0',
    last_equity: last,
    last_maintenance_margin: '0',
    long_market_value: money(figures.longValue),
    maintenance_margin: money(figures.maintenanceMargin),
    multiplier: String(figures.multiplier),
    non_marginable_buying_power: money(figures.nonMarginableBuyingPower),
    options_approved_level: 0,
    options_buying_power: '0',
    options_trading_level: 0,
    pending_reg_taf_fees: '0',
    portfolio_value: money(figures.equity),
    position_market_value: money((figures.longValue + figures.shortValue) as Money),
    regt_buying_power: money(figures.regtBuyingPower),
    short_market_value: money(figures.shortValue),
    shorting_enabled: figures.multiplier > 1n,
    sma: '0',
    status: 'ACTIVE',
    trade_suspended_by_user: false,
    trading_blocked: !setup.permissions.trade,
    transfers_blocked: false,
    user_configurations: null,
  };
}

/** A row of `GET /v2/positions`. */
export function positionJson(position: Position, desk: Desk): Readonly<Record<string, unknown>> {
  const { asset, quantity, cost, openedAt } = position;
  const { now } = desk;
  const current = marketPrice(asset, now);
  const value = notionalOf(current, quantity);
  const before = lastDayPrice(asset, now);
  const gain = value - cost;
  const isOfToday = newYorkDate(openedAt) === newYorkDate(now);
  const gainToday = isOfToday ? gain : value - notionalOf(before, quantity);
  const base = isOfToday ? cost : notionalOf(before, quantity);
  const sign = quantity < 0n ? -1n : 1n;
  return {
    asset_class: asset.settings.class,
    asset_id: asset.id,
    asset_marginable: asset.settings.marginable,
    avg_entry_price: rounded((cost * ONE) / quantity, MONEY_DECIMALS),
    change_today: fraction(current - before, before),
    cost_basis: money(cost),
    current_price: formatDecimal(current),
    exchange: asset.settings.exchange,
    lastday_price: formatDecimal(before),
    market_value: money(value),
    qty: formatDecimal(quantity),
    qty_available: formatDecimal(sign * availableOf(asset, desk)),
    side: quantity < 0n ? 'short' : 'long',
    symbol: positionSymbol(asset.symbol),
    unrealized_intraday_pl: money(gainToday as Money),
    unrealized_intraday_plpc: fraction(gainToday, base),
    unrealized_pl: money(gain as Money),
    unrealized_plpc: fraction(gain, cost),
  };
}

function money(value: Money): string {
  return rounded(value, MONEY_DECIMALS);
}

/** A part of the size of a whole. */
function fraction(part: bigint, whole: bigint): string {
  const size = whole < 0n ? -whole : whole;
  return size === 0n ? '0' : rounded((part * ONE) / size, FRACTION_DECIMALS);
}
