import { unreachable } from '../brand.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import type { SideColumns } from './tape.ts';

/** What an order pays beyond the price it meets, for taking from the book. */
export type Slippage =
  | { readonly kind: 'none' }
  /** A fixed part of the price, in basis points: at least 0. */
  | { readonly kind: 'fixed'; readonly bps: number }
  /**
   * The square-root law of market impact: `coefficient` x volatility x sqrt(quantity / volume), both of the `rows` before
   * the fill. The coefficient is of the order of 1.
   *
   * @see Tóth et al. (2011), "Anomalous Price Impact and the Critical Nature of Liquidity in Financial Markets", Physical
   *   Review X 1, 021006, equation 1; Almgren, Thum, Hauptmann and Li (2005), "Direct Estimation of Equity Market Impact".
   */
  | { readonly kind: 'square-root'; readonly coefficient: number; readonly rows: number };

/**
 * The price at which a taker fills: never better than `price`, on the tick on the side that is worse for the order, and
 * not beyond its limit.
 *
 * @param columns What the order's side of the market meets. @param row The row of the fill.
 * @param limit The worst price that the order takes; undefined without one.
 */
export function slipped(
  slippage: Slippage,
  grid: Grid,
  side: 'buy' | 'sell',
  price: GridPrice,
  quantity: GridQuantity,
  columns: SideColumns,
  row: number,
  limit: GridPrice | undefined,
): GridPrice {
  const fraction = slippageFraction(slippage, grid.quantityNumber(quantity), columns, row);
  if (!(fraction > 0)) return price;
  const sign = side === 'buy' ? 1 : -1;
  const asked = grid.toTick(grid.priceNumber(price) * (1 + sign * fraction), side === 'buy' ? 'up' : 'down');
  if (side === 'buy') return Math.max(price, Math.min(asked, limit ?? asked)) as GridPrice;
  return Math.min(price, Math.max(asked, limit ?? grid.tick)) as GridPrice;
}

/** A fraction of the price, at least 0. @param quantity Base units, above 0. */
export function slippageFraction(slippage: Slippage, quantity: number, columns: SideColumns, row: number): number {
  switch (slippage.kind) {
    case 'none':
      return 0;
    case 'fixed':
      return slippage.bps / 10_000;
    case 'square-root': {
      const { volatility, volume } = recent(columns, row, slippage.rows);
      return volume > 0 ? slippage.coefficient * volatility * Math.sqrt(quantity / volume) : 0;
    }
    default:
      return unreachable(slippage);
  }
}

/**
 * Volatility and mean volume of one row, from the `count` rows before `row`; from `row` itself where it is the first.
 * @see Parkinson (1980), "The Extreme Value Method for Estimating the Variance of the Rate of Return", Journal of Business
 *   53(1): the variance is the mean of ln(high / low)^2 / (4 ln 2).
 */
function recent({ high, low, volume }: SideColumns, row: number, count: number) {
  const to = Math.max(row, 1);
  const from = Math.max(0, to - count);
  let ranges = 0;
  let volumes = 0;
  for (let i = from; i < to; i++) {
    ranges += Math.log(high.values[i]! / low.values[i]!) ** 2;
    volumes += volume.values[i]!;
  }
  const rows = to - from;
  return { volatility: Math.sqrt(ranges / rows / (4 * Math.LN2)), volume: volumes / rows };
}
