import { formatDecimal } from '#core/money.ts';
import type { AlpacaOrder } from './order.ts';
import type { Nanos } from './stamps.ts';
import { utcText } from './stamps.ts';

/** Decimals of an average price. */
const AVERAGE_DECIMALS = 9;

export type OrderJson = Readonly<Record<string, unknown>>;

/** An order as Alpaca answers it, its keys in the order of the alphabet. @param legs Those that are shown in it. */
export function orderJson(order: AlpacaOrder, legs: readonly OrderJson[] = []): OrderJson {
  const { made, filled } = order;
  const { asset, replaces, expiresAt } = made;
  const average = order.averagePrice;
  return {
    asset_class: asset.settings.class,
    asset_id: asset.id,
    canceled_at: textOf(order.canceledAt),
    client_order_id: made.clientOrderId,
    created_at: utcText(made.createdAt),
    expired_at: textOf(order.expiredAt),
    expires_at: expiresAt === undefined ? null : utcText(BigInt(expiresAt) * 1_000_000n),
    extended_hours: made.extendedHours,
    failed_at: textOf(order.failedAt),
    filled_at: textOf(order.filledAt),
    filled_avg_price: average === undefined ? null : rounded(average, AVERAGE_DECIMALS),
    filled_qty: formatDecimal(filled),
    hwm: decimal(order.highWaterMark),
    id: order.id,
    legs: legs.length > 0 ? legs : null,
    limit_price: decimal(order.limitPrice),
    notional: decimal(made.notional),
    order_class: made.orderClass,
    order_type: made.type,
    position_intent: made.positionIntent,
    // An order by notional never says how much it came to but in what has filled.
    qty: made.notional === undefined ? decimal(order.quantity) : null,
    replaced_at: textOf(order.replacedAt),
    replaced_by: order.replacedBy?.id ?? null,
    replaces: replaces?.id ?? null,
    side: made.side,
    source: null,
    status: order.status,
    stop_price: decimal(order.stopPrice),
    submitted_at: utcText(made.createdAt),
    subtag: null,
    symbol: asset.symbol,
    time_in_force: made.timeInForce,
    trail_percent: decimal(made.trailPercent),
    trail_price: decimal(made.trailPrice),
    type: made.type,
    updated_at: utcText(order.updatedAt),
  };
}

/** A decimal rounded to the nearest, half away from zero. */
export function rounded(value: bigint, decimals: number): string {
  const unit = 10n ** BigInt(12 - decimals);
  const half = value < 0n ? -unit / 2n : unit / 2n;
  return formatDecimal(((value + half) / unit) * unit);
}

function decimal(value: bigint | undefined): string | null {
  return value === undefined ? null : formatDecimal(value);
}

function textOf(at: Nanos | undefined): string | null {
  return at === undefined ? null : utcText(at);
}
