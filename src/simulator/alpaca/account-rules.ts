import { formatDecimal, type Money, money, type Price, type Quantity } from '#core/money.ts';
import { ALPACA_MARGIN_EQUITY, ALPACA_MIN_NOTIONAL, type AlpacaPositionIntent } from '#protocols/alpaca.ts';
import { accountFigures, costOf, isPaidInFull } from './account-figures.ts';
import type { Asset } from './assets.ts';
import type { Holdings } from './holdings.ts';
import type { AlpacaOrder } from './order.ts';
import { isFractional, minimumRefusal } from './order-rules.ts';
import type { OrderTerms } from './order-terms.ts';
import { Refusal } from './refusal.ts';

/** What the rules of an account look at. */
export interface AccountState {
  readonly holdings: Holdings;
  /** All that is open, held legs too. */
  readonly open: readonly AlpacaOrder[];
  /** The most that the account's setup allows. */
  readonly leverage: bigint;
  /** Market time. */
  readonly now: number;
}

/** Whether an order opens or closes: no order does both. */
export function intentOf({ side }: Pick<OrderTerms, 'side'>, held: Quantity): AlpacaPositionIntent {
  if (side === 'buy') return held < 0n ? 'buy_to_close' : 'buy_to_open';
  return held > 0n ? 'sell_to_close' : 'sell_to_open';
}

/** What an account may not do with an order that is right in itself. @param market Where the market is. */
export function accountRefusal(
  terms: OrderTerms,
  asset: Asset,
  market: Price,
  account: AccountState,
): Refusal | undefined {
  const held = account.holdings.quantity(asset);
  const intent = intentOf(terms, held);
  const isClosing = intent.endsWith('to_close');
  const { positionIntent = intent } = terms;
  if (positionIntent !== intent)
    return new Refusal('unprocessable', `position intent mismatch, inferred: ${intent}, specified: ${positionIntent}`);
  if (terms.orderClass === 'oco' && !isClosing) return new Refusal('unprocessable', 'oco orders must be exit orders');
  if (terms.orderClass !== '' && terms.orderClass !== 'oco' && isClosing)
    return new Refusal('unprocessable', `${terms.orderClass} orders must be entry orders`);
  if (isClosing) return quantityRefusal(terms, asset, market, account) ?? washRefusal(terms, asset, account);
  return (
    minimum(terms, asset, market) ??
    (intent === 'sell_to_open' ? shortRefusal(terms, asset, account) : undefined) ??
    washRefusal(terms, asset, account) ??
    fundsRefusal(terms, asset, market, account)
  );
}

/** How much of a position open orders do not hold; a pair holds it once. Positive for a short too. */
export function availableOf(asset: Asset, { holdings, open }: Pick<AccountState, 'holdings' | 'open'>): Quantity {
  return (absolute(holdings.quantity(asset)) - heldForOrders(asset, open)) as Quantity;
}

function quantityRefusal(terms: OrderTerms, asset: Asset, market: Price, account: AccountState): Refusal | undefined {
  const { holdings, open } = account;
  const existing = absolute(holdings.quantity(asset));
  const available = availableOf(asset, account);
  const requested = terms.quantity ?? (terms.notional! * money('1')) / market;
  if (requested <= available) return undefined;
  const figures = { available: formatDecimal(available), symbol: asset.symbol };
  const asked = `(requested: ${formatDecimal(requested)}, available: ${formatDecimal(available)})`;
  if (asset.settings.class === 'crypto') {
    const [base = ''] = asset.symbol.split('/');
    return new Refusal('forbidden', `insufficient balance for ${base} ${asked}`, {
      ...figures,
      balance: formatDecimal(existing),
      symbol: base,
    });
  }
  return new Refusal('forbidden', `insufficient qty available for order ${asked}`, {
    ...figures,
    existing_qty: formatDecimal(existing),
    held_for_orders: formatDecimal(heldForOrders(asset, open)),
  });
}

function heldForOrders(asset: Asset, open: readonly AlpacaOrder[]): bigint {
  const closing = open.filter(
    ({ made, isWorking }) => made.asset === asset && isWorking && made.positionIntent.endsWith('to_close'),
  );
  // The leg of a pair that came second holds what the first one holds.
  const counted = closing.filter(({ sibling, made }) => !sibling?.isWorking || sibling.made.number > made.number);
  return counted.reduce((total, { remaining }) => total + remaining, 0n);
}

function minimum(terms: OrderTerms, asset: Asset, market: Price): Refusal | undefined {
  const { class: kind } = asset.settings;
  if (kind === 'us_equity' && !isFractional(terms)) return undefined;
  return minimumRefusal(costOfTerms(terms, market), ALPACA_MIN_NOTIONAL[kind]);
}

function shortRefusal(terms: OrderTerms, asset: Asset, account: AccountState): Refusal | undefined {
  const { settings, symbol } = asset;
  if (settings.class === 'crypto') {
    const [base = ''] = symbol.split('/');
    const requested = formatDecimal(terms.quantity ?? 0n);
    return new Refusal('forbidden', `insufficient balance for ${base} (requested: ${requested}, available: 0)`, {
      available: '0',
      balance: '0',
      symbol: base,
    });
  }
  if (isFractional(terms)) return new Refusal('unprocessable', 'fractional orders cannot be sold short');
  if (!settings.shortable || !settings.easy_to_borrow)
    return new Refusal('unprocessable', `asset "${symbol}" cannot be sold short`);
  const { equity, multiplier } = accountFigures(account.holdings, account.open, account.leverage, account.now);
  return multiplier === 1n || equity < money(ALPACA_MARGIN_EQUITY)
    ? new Refusal('forbidden', 'account is not allowed to short')
    : undefined;
}

/** Orders of one account that could trade with each other; those with legs are let through. */
function washRefusal(terms: OrderTerms, asset: Asset, { open }: AccountState): Refusal | undefined {
  if (terms.orderClass !== '') return undefined;
  const opposite = open.find(
    ({ made, isWorking, limitPrice }) =>
      made.asset === asset && isWorking && made.side !== terms.side && mayMeet(terms, made.type, limitPrice),
  );
  if (opposite === undefined) return undefined;
  const isLimit = opposite.made.type === 'limit' || opposite.made.type === 'stop_limit';
  return new Refusal('forbidden', 'potential wash trade detected. use complex orders', {
    existing_order_id: opposite.id,
    reject_reason: `opposite side ${isLimit ? 'limit' : 'market/stop'} order exists`,
  });
}

/** Two limits that do not cross never meet; anything else might. */
function mayMeet(terms: OrderTerms, type: AlpacaOrder['made']['type'], limit: Price | undefined): boolean {
  const isBounded = (one: string) => one === 'limit' || one === 'stop_limit';
  if (!isBounded(terms.type) || !isBounded(type) || terms.limitPrice === undefined || limit === undefined) return true;
  return terms.side === 'buy' ? terms.limitPrice >= limit : terms.limitPrice <= limit;
}

function fundsRefusal(
  terms: OrderTerms,
  asset: Asset,
  market: Price,
  { holdings, open, leverage, now }: AccountState,
): Refusal | undefined {
  const figures = accountFigures(holdings, open, leverage, now);
  const cost = costOfTerms(terms, market);
  const power = isPaidInFull(asset, terms.quantity) ? figures.nonMarginableBuyingPower : figures.buyingPower;
  if (cost <= power) return undefined;
  if (asset.settings.class === 'crypto') {
    const asked = `(requested: ${formatDecimal(cost)}, available: ${formatDecimal(power)})`;
    return new Refusal('forbidden', `insufficient balance for USD ${asked}`, {
      available: formatDecimal(power),
      balance: formatDecimal(holdings.cash),
      symbol: 'USD',
    });
  }
  return new Refusal('forbidden', 'insufficient buying power', {
    buying_power: formatDecimal(power),
    cost_basis: formatDecimal(cost),
  });
}

function costOfTerms(terms: OrderTerms, market: Price): Money {
  if (terms.notional !== undefined) return terms.notional;
  return costOf(terms, terms.quantity!, market);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
