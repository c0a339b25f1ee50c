import { formatDecimal, money, ONE, type Price, price, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { Asset } from './assets.ts';
import type { OrderTerms } from './order-terms.ts';
import { Refusal } from './refusal.ts';
import { auctionRefusal } from './sessions.ts';

const CENT = price('0.01');
const DOLLAR = price('1');
const LEAST_TRAIL_PERCENT = ratio('0.1');
const WHOLE_PERCENT = ratio('100');

/** The steps that an asset's prices and quantities lie on. */
export interface Steps {
  readonly tick: Price;
  readonly lot: bigint;
}

/** What Alpaca takes by an asset's kind and the clock, whoever asks. @returns undefined when it takes it. */
export function termsRefusal(terms: OrderTerms, asset: Asset, steps: Steps, now: EpochMs): Refusal | undefined {
  const { settings, symbol } = asset;
  if (!settings.tradable) return unprocessable(`asset "${symbol}" is not tradable`);
  if (settings.class === 'crypto') return cryptoRefusal(terms, steps);
  return (
    incrementRefusal(terms, (value) => value % (value >= DOLLAR ? CENT : CENT / 100n) === 0n) ??
    (isFractional(terms) ? fractionRefusal(terms, asset) : undefined) ??
    hoursRefusal(terms, now) ??
    classRefusal(terms)
  );
}

/** A replacement goes on with the steps of the order that it replaces. */
export function stepsRefusal(terms: OrderTerms, { tick, lot }: Steps): Refusal | undefined {
  if ((terms.quantity ?? 0n) % lot !== 0n) return unprocessable(`qty must be a multiple of ${formatDecimal(lot)}`);
  return incrementRefusal(terms, (value) => value % tick === 0n);
}

/** Whether it is for a part of a share. */
export function isFractional({ quantity, notional }: OrderTerms): boolean {
  return notional !== undefined || (quantity ?? 0n) % ONE !== 0n;
}

/** How far legs must lie from the price they count from. @param market Where the market is. */
export function legsRefusal(terms: OrderTerms, market: Price): Refusal | undefined {
  const { orderClass, side, takeProfit, stopLoss } = terms;
  if (orderClass === '') return undefined;
  const isBuy = side === 'buy';
  const base = orderClass === 'oco' ? market : (terms.limitPrice ?? market);
  // An OCO closes: its legs lie on the other side of the market than those of an entry of its side.
  const isLong = (orderClass === 'oco') !== isBuy;
  const refuse = (rule: string) => unprocessable(rule, { base_price: formatDecimal(base) });
  if (takeProfit !== undefined && stopLoss !== undefined && takeProfit > stopLoss.stopPrice !== isLong)
    return unprocessable(`take_profit.limit_price must be ${isLong ? '>' : '<'} stop_loss.stop_price`);
  if (takeProfit !== undefined && orderClass !== 'oco' && !isBeyond(takeProfit, base, isLong))
    return refuse(`take_profit.limit_price must be ${isLong ? '>= base_price + 0.01' : '<= base_price - 0.01'}`);
  if (stopLoss !== undefined && !isBeyond(stopLoss.stopPrice, base, !isLong))
    return refuse(`stop_loss.stop_price must be ${isLong ? '<= base_price - 0.01' : '>= base_price + 0.01'}`);
  return undefined;
}

/** A stop that the market has passed already. */
export function stopRefusal({ type, side, stopPrice }: OrderTerms, market: Price): Refusal | undefined {
  if ((type !== 'stop' && type !== 'stop_limit') || stopPrice === undefined) return undefined;
  const isPassed = side === 'sell' ? stopPrice >= market : stopPrice <= market;
  const rule = `stop price must be ${side === 'sell' ? 'less' : 'greater'} than current price`;
  return isPassed ? unprocessable(rule, { market_price: formatDecimal(market) }) : undefined;
}

function isBeyond(level: Price, base: Price, isAbove: boolean): boolean {
  return isAbove ? level >= base + CENT : level <= base - CENT;
}

function cryptoRefusal(terms: OrderTerms, steps: Steps): Refusal | undefined {
  const { type, timeInForce, orderClass } = terms;
  if (orderClass !== '')
    return unprocessable(`crypto orders not allowed for advanced order_class: ${terms.orderClass}`);
  if (type === 'stop' || type === 'trailing_stop') return new Refusal('invalid', 'invalid order type for crypto order');
  const isImmediate = timeInForce === 'ioc' && type !== 'stop_limit';
  if (timeInForce !== 'gtc' && !isImmediate) return unprocessable('invalid crypto time_in_force');
  return stepsRefusal(terms, steps);
}

/** Each price must lie on its increment: of shares a cent, and a hundredth of one below a dollar. */
function incrementRefusal(terms: OrderTerms, isOnIncrement: (value: Price) => boolean): Refusal | undefined {
  const { takeProfit, stopLoss } = terms;
  const prices: readonly (readonly [string, Price | undefined])[] = [
    ['limit_price', terms.limitPrice],
    ['stop_price', terms.stopPrice],
    ['take_profit.limit_price', takeProfit],
    ['stop_loss.stop_price', stopLoss?.stopPrice],
    ['stop_loss.limit_price', stopLoss?.limitPrice],
  ];
  const off = prices.find(([, value]) => value !== undefined && !isOnIncrement(value));
  return (
    off &&
    unprocessable(
      `invalid ${off[0]} ${formatDecimal(off[1]!)}. sub-penny increment does not fulfill minimum pricing criteria`,
    )
  );
}

function fractionRefusal({ timeInForce, orderClass, type }: OrderTerms, asset: Asset): Refusal | undefined {
  if (!asset.settings.fractionable) return new Refusal('forbidden', `asset "${asset.symbol}" is not fractionable`);
  if (timeInForce !== 'day') return unprocessable('fractional orders must be DAY orders');
  if (orderClass !== '') return unprocessable('fractional orders must be simple orders');
  return type === 'trailing_stop' ? unprocessable('fractional orders cannot be trailing stop orders') : undefined;
}

/** Which types go with which time in force, in which hours. */
function hoursRefusal(terms: OrderTerms, now: EpochMs): Refusal | undefined {
  const { type, timeInForce, extendedHours, trailPercent } = terms;
  if (extendedHours && (type !== 'limit' || timeInForce !== 'day' || terms.orderClass !== ''))
    return unprocessable('extended hours order must be DAY limit orders');
  const isResting = timeInForce === 'day' || timeInForce === 'gtc';
  if (type === 'trailing_stop') {
    if (!isResting) return unprocessable('trailing stop orders must be DAY or GTC orders');
    if (trailPercent === undefined) return undefined;
    if (trailPercent < LEAST_TRAIL_PERCENT)
      return new Refusal('invalid', 'trail_percent must be greater than or equal to 0.1');
    return trailPercent < WHOLE_PERCENT ? undefined : new Refusal('invalid', 'trail_percent must be less than 100');
  }
  if (!isResting && type !== 'market' && type !== 'limit') return new Refusal('invalid', 'invalid time_in_force');
  const isAuction = timeInForce === 'opg' || timeInForce === 'cls';
  const late = isAuction ? auctionRefusal(timeInForce, now) : undefined;
  return late === undefined ? undefined : new Refusal('forbidden', late);
}

/** Which legs an order's class must have. */
function classRefusal({ orderClass, type, timeInForce, takeProfit, stopLoss }: OrderTerms): Refusal | undefined {
  if (orderClass === '') {
    const hasLegs = takeProfit !== undefined || stopLoss !== undefined;
    return hasLegs ? new Refusal('invalid', 'simple orders cannot have take_profit or stop_loss') : undefined;
  }
  if (timeInForce !== 'day' && timeInForce !== 'gtc')
    return unprocessable(`${orderClass} orders must be DAY or GTC orders`);
  if (orderClass === 'oco' && type !== 'limit') return unprocessable('oco orders must be limit orders');
  if (orderClass === 'bracket' && type !== 'market' && type !== 'limit')
    return unprocessable('bracket orders must be market or limit orders');
  if (orderClass === 'oto') {
    const isOne = (takeProfit === undefined) !== (stopLoss === undefined);
    return isOne ? undefined : new Refusal('invalid', 'oto orders require one of take_profit or stop_loss');
  }
  if (takeProfit === undefined) return new Refusal('invalid', `${orderClass} orders require take_profit.limit_price`);
  return stopLoss === undefined
    ? new Refusal('invalid', `${orderClass} orders require stop_loss.stop_price`)
    : undefined;
}

function unprocessable(message: string, fields: Readonly<Record<string, unknown>> = {}): Refusal {
  return new Refusal('unprocessable', message, fields);
}

/** Under this an order is not taken, in USD. */
export function minimumRefusal(cost: bigint, least: string): Refusal | undefined {
  return cost < money(least)
    ? new Refusal('forbidden', `cost basis must be >= minimal amount of order ${least}`)
    : undefined;
}
