import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { formatDecimal } from './money.ts';

/** The part of an order that an instrument's filters look at. */
export interface Filtered {
  readonly quantity: GridQuantity;
  readonly price: GridPrice | undefined;
  readonly limit?: GridPrice | undefined;
  readonly effect: 'open' | 'reduce-only';
}

/**
 * Why the instrument's filters refuse an order, or undefined: quantity on the lot and not under the minimum, price on
 * the tick, notional not under the minimum. Our own gate and the exchange both ask, each for itself.
 *
 * @param reference The price that the notional is reckoned with: the limit, or the last close for a market order.
 */
export function filterRefusal(grid: Grid, order: Filtered, reference: GridPrice): string | undefined {
  const { quantity, price, limit, effect } = order;
  if (!(quantity > 0) || quantity % grid.lot !== 0 || quantity < grid.minQuantity)
    return quantityRefusal(grid, quantity);
  if (price !== undefined && price % grid.tick !== 0) return tickRefusal(grid, 'price', price);
  if (limit !== undefined && limit % grid.tick !== 0) return tickRefusal(grid, 'limit', limit);
  if (effect === 'open' && reference * quantity < grid.minNotional) {
    const { minNotional, quote } = grid.instrument;
    const notional = formatDecimal(grid.notional(reference, quantity));
    return refusal(grid, 'notional', `>= ${formatDecimal(minNotional)} ${quote}`, `${notional} ${quote}`);
  }
  return undefined;
}

function tickRefusal(grid: Grid, what: string, price: GridPrice): string {
  const rule = `a multiple of ${formatDecimal(grid.instrument.tick)}`;
  return refusal(grid, what, rule, formatDecimal(grid.exactPrice(price)));
}

function quantityRefusal(grid: Grid, quantity: GridQuantity): string {
  const { lot, minQuantity } = grid.instrument;
  const rule = `a multiple of ${formatDecimal(lot)} and at least ${formatDecimal(minQuantity)}`;
  return refusal(grid, 'quantity', rule, String(grid.quantityNumber(quantity)));
}

function refusal(grid: Grid, what: string, rule: string, value: string): string {
  return `Cannot place order on "${grid.instrument.symbol}" as its ${what} must be ${rule}: current value is ${value}`;
}
