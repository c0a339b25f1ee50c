import type { AccountId, BotId } from '#core/bots.ts';
import type { BracketPlan } from '#core/brackets.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { Order, type OrderOwner, type OrderRequest, ownerPrefix, type RiskApproved } from '#core/orders.ts';
import { approvedBefore } from '#core/risk.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';

/** What identifies an owner, as plain text. */
export interface OwnerText {
  readonly account?: string;
  readonly bot?: string;
  readonly symbol?: string;
  readonly timeframe?: Timeframe;
}

export function ownerOf({ account = 'paper', bot = 'bot', symbol = 'BTC/USDT', timeframe = '1m' }: OwnerText = {}) {
  return {
    accountId: account as AccountId,
    botId: bot as BotId,
    symbol: symbol as MarketSymbol,
    timeframe,
    prefix: ownerPrefix(account, bot, symbol, timeframe),
  } satisfies OrderOwner;
}

const OWNER = ownerOf();

/** What an order asks for as a test writes it, in grid units; what is left out makes it a market entry that buys 1. */
export interface RequestText extends Partial<Omit<OrderRequest, 'price' | 'limit' | 'quantity'>> {
  readonly price?: number;
  readonly limit?: number;
  readonly quantity?: number;
}

export function requestOf(text: RequestText = {}): OrderRequest {
  const { leg = 'entry' } = text;
  return {
    leg,
    side: text.side ?? 'buy',
    type: text.type ?? 'market',
    quantity: (text.quantity ?? 1) as GridQuantity,
    price: text.price as GridPrice | undefined,
    limit: text.limit as GridPrice | undefined,
    trail: text.trail,
    postOnly: text.postOnly,
    timeInForce: text.timeInForce ?? 'gtc',
    effect: text.effect ?? (leg === 'entry' ? 'open' : 'reduce-only'),
    attached: text.attached,
  };
}

/** One that was called for at `occasion`, when nothing else matters a number that tells it apart. */
export interface OrderText extends RequestText {
  readonly owner?: OrderOwner;
  readonly occasion?: number;
  readonly attempt?: number;
}

export function orderOf({ owner = OWNER, occasion = 1, attempt, ...request }: OrderText = {}): RiskApproved<Order> {
  return approvedBefore(new Order({ owner, occasion: occasion as EpochMs }, requestOf(request), attempt));
}

/** A stop and a target at levels known when the order is sent. */
export function levels(stop: number, target?: number): BracketPlan {
  return { kind: 'levels', levels: { stop: stop as GridPrice, target: target as GridPrice | undefined } };
}

/** A stop and a target at distances from the fill, in quote per base. */
export function distances(
  stop: number,
  target?: number,
  rounding: 'toward-entry' | 'none' = 'toward-entry',
): BracketPlan {
  return { kind: 'distances', stop, target, rounding };
}
