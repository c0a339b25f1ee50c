import { z } from 'zod';
import {
  DECIMALS,
  decimalOf,
  type Money,
  money,
  type Price,
  price,
  type Quantity,
  quantity,
  type Ratio,
  ratio,
} from '#core/money.ts';
import {
  ALPACA_CLIENT_ORDER_ID_MAX,
  ALPACA_ORDER_CLASSES,
  ALPACA_ORDER_TYPES,
  ALPACA_POSITION_INTENTS,
  ALPACA_QUANTITY_DECIMALS,
  ALPACA_SIDES,
  ALPACA_TIMES_IN_FORCE,
  type AlpacaOrderClass,
  type AlpacaOrderType,
  type AlpacaPositionIntent,
  type AlpacaSide,
  type AlpacaTimeInForce,
} from '#protocols/alpaca.ts';
import { Refusal } from './refusal.ts';

/** What a client asks for, with exact numbers. */
export interface OrderTerms {
  readonly symbol: string;
  readonly side: AlpacaSide;
  readonly type: AlpacaOrderType;
  readonly timeInForce: AlpacaTimeInForce;
  /** One of the two. */
  readonly quantity: Quantity | undefined;
  readonly notional: Money | undefined;
  readonly limitPrice: Price | undefined;
  readonly stopPrice: Price | undefined;
  /** One of the two for a trailing stop: quote per base, or percent. */
  readonly trailPrice: Price | undefined;
  readonly trailPercent: Ratio | undefined;
  readonly extendedHours: boolean;
  readonly clientOrderId: string | undefined;
  readonly orderClass: Exclude<AlpacaOrderClass, 'mleg'>;
  readonly takeProfit: Price | undefined;
  readonly stopLoss: StopLoss | undefined;
  /** What the client takes it for. */
  readonly positionIntent: AlpacaPositionIntent | undefined;
}

export interface StopLoss {
  readonly stopPrice: Price;
  readonly limitPrice: Price | undefined;
}

/** A number, as text or as a JSON number; nothing, null and "" are the same. */
function decimal<Exact>(read: (text: string) => Exact) {
  return z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value, context): Exact | undefined => {
      if (value === null || value === undefined || value === '') return undefined;
      try {
        return read(typeof value === 'number' ? decimalOf(value) : value);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      context.addIssue({ code: 'custom', message: 'is no decimal' });
      return z.NEVER;
    });
}

/** The same, above zero. */
function positive<Exact extends bigint>(read: (text: string) => Exact) {
  return decimal(read).refine((value) => value === undefined || value > 0n);
}

const text = z.string().nullish();

const Body = z.object({
  symbol: z.string().min(1),
  side: z.enum(ALPACA_SIDES),
  type: z.enum(ALPACA_ORDER_TYPES),
  time_in_force: z.enum(ALPACA_TIMES_IN_FORCE),
  qty: decimal(quantity),
  notional: decimal(money),
  limit_price: decimal(price),
  stop_price: decimal(price),
  trail_price: positive(price),
  trail_percent: positive(ratio),
  extended_hours: z.boolean().nullish(),
  client_order_id: text,
  order_class: z.enum(ALPACA_ORDER_CLASSES).nullish(),
  take_profit: z.object({ limit_price: positive(price) }).nullish(),
  stop_loss: z.object({ stop_price: positive(price), limit_price: positive(price) }).nullish(),
  position_intent: z.enum(ALPACA_POSITION_INTENTS).nullish(),
});

const Change = z.object({
  qty: positive(quantity),
  limit_price: positive(price),
  stop_price: positive(price),
  trail: positive(ratio),
  time_in_force: z.enum(ALPACA_TIMES_IN_FORCE).nullish(),
  client_order_id: text,
});

/** What a replacement changes; what is left out stays. */
export interface OrderReplacement {
  readonly quantity: Quantity | undefined;
  readonly limitPrice: Price | undefined;
  readonly stopPrice: Price | undefined;
  /** Quote per base, or percent: as the order has it. */
  readonly trail: Ratio | undefined;
  readonly timeInForce: AlpacaTimeInForce | undefined;
  readonly clientOrderId: string | undefined;
}

/** Reads the body of `POST /v2/orders`: each field for itself, and whether those that belong together are there. */
export function readOrder(body: unknown): OrderTerms | Refusal {
  const read = Body.safeParse(body);
  if (!read.success) return invalid(messageOf(read.error));
  const terms = termsOf(read.data);
  if (terms instanceof Refusal) return terms;
  const why = amountProblem(terms) ?? priceProblem(terms);
  return why === undefined ? terms : invalid(why);
}

/** Reads the body of `PATCH /v2/orders/ID`. */
export function readReplacement(body: unknown): OrderReplacement | Refusal {
  const read = Change.safeParse(body);
  if (!read.success) return invalid(messageOf(read.error));
  const { qty, limit_price, stop_price, trail, time_in_force, client_order_id } = read.data;
  const idProblem = clientIdProblem(client_order_id ?? undefined);
  if (idProblem !== undefined) return invalid(idProblem);
  return {
    quantity: qty,
    limitPrice: limit_price,
    stopPrice: stop_price,
    trail,
    timeInForce: time_in_force ?? undefined,
    clientOrderId: client_order_id || undefined,
  };
}

function termsOf(body: z.output<typeof Body>): OrderTerms | Refusal {
  const { order_class: orderClass } = body;
  if (orderClass === 'mleg') return new Refusal('unprocessable', 'mleg orders are only allowed for options trading');
  const stop = body.stop_loss?.stop_price;
  return {
    symbol: body.symbol,
    side: body.side,
    type: body.type,
    timeInForce: body.time_in_force,
    quantity: body.qty,
    notional: body.notional,
    limitPrice: body.limit_price,
    stopPrice: body.stop_price,
    trailPrice: body.trail_price,
    trailPercent: body.trail_percent,
    extendedHours: body.extended_hours ?? false,
    positionIntent: body.position_intent ?? undefined,
    clientOrderId: body.client_order_id || undefined,
    orderClass: orderClass === 'simple' ? '' : (orderClass ?? ''),
    takeProfit: body.take_profit?.limit_price,
    stopLoss: stop === undefined ? undefined : { stopPrice: stop, limitPrice: body.stop_loss?.limit_price },
  };
}

function amountProblem(terms: OrderTerms): string | undefined {
  const { quantity: units, notional, clientOrderId } = terms;
  if (units !== undefined && notional !== undefined) return 'only one of qty or notional is accepted';
  if (units === undefined && notional === undefined) return 'qty or notional is required';
  if (units !== undefined && units <= 0n) return 'qty must be > 0';
  if (notional !== undefined && notional <= 0n) return 'notional must be > 0';
  if (units !== undefined && units % 10n ** BigInt(DECIMALS - ALPACA_QUANTITY_DECIMALS) !== 0n)
    return `qty must have no more than ${ALPACA_QUANTITY_DECIMALS} decimal places`;
  return clientIdProblem(clientOrderId);
}

function clientIdProblem(id: string | undefined): string | undefined {
  return id !== undefined && id.length > ALPACA_CLIENT_ORDER_ID_MAX
    ? `client_order_id must be no more than ${ALPACA_CLIENT_ORDER_ID_MAX} characters`
    : undefined;
}

/** Which prices an order of its type must have, and must not. */
function priceProblem(terms: OrderTerms): string | undefined {
  const { type, stopPrice, trailPrice, trailPercent } = terms;
  // The limit of an OCO is its take-profit.
  const limitPrice = terms.limitPrice ?? (terms.orderClass === 'oco' ? terms.takeProfit : undefined);
  if (limitPrice !== undefined && limitPrice <= 0n) return 'limit price must be > 0';
  if (stopPrice !== undefined && stopPrice <= 0n) return 'stop price must be > 0';
  switch (type) {
    case 'market':
      return limitPrice !== undefined || stopPrice !== undefined
        ? 'market orders require no stop or limit price'
        : undefined;
    case 'limit':
      if (limitPrice === undefined) return 'limit orders require a limit price';
      return stopPrice === undefined ? undefined : 'limit orders require only a limit price';
    case 'stop':
      if (stopPrice === undefined) return 'stop orders require a stop price';
      return limitPrice === undefined ? undefined : 'stop orders require only a stop price';
    case 'stop_limit':
      return stopPrice === undefined || limitPrice === undefined
        ? 'stop limit orders require both stop and limit price'
        : undefined;
    case 'trailing_stop':
      return (trailPrice === undefined) === (trailPercent === undefined)
        ? 'trailing stop orders must specify one of trail_price or trail_percent'
        : undefined;
  }
}

function messageOf({ issues }: z.ZodError): string {
  const [first] = issues;
  const where = first?.path.join('.') ?? '';
  return where === '' ? 'request body format is invalid' : `invalid ${where}`;
}

function invalid(message: string): Refusal {
  return new Refusal('invalid', message);
}
