import { type Ratio, ratio } from '../money.ts';

/**
 * How a venue reckons with margin, as the few choices in which venues differ. Everything else is one equation:
 * a position is liquidated where collateral + unrealised P&L = maintenance margin.
 */
export interface MarginModel {
  readonly name: 'bybit' | 'bybit-entry' | 'binance' | 'generic';
  /** The notional that the maintenance margin is a share of: at the mark price, or what was paid at entry. */
  readonly maintenanceOn: 'mark' | 'entry';
  /**
   * The fee of closing, and where it counts:
   * - `at-bankruptcy`: the taker's fee of closing at the bankruptcy price. An isolated position locks it beside its
   *   margin and owes it beside the maintenance margin, so it cancels; in cross margin it is owed of the mark value.
   * - `at-liquidation`: the taker's fee of closing at the liquidation price is part of the maintenance margin.
   * - `none`: it is not reckoned with.
   */
  readonly closingFee: 'at-bankruptcy' | 'at-liquidation' | 'none';
  /** Fraction of the way from the liquidation price to the entry at which we close already; 0 for the venue's price. */
  readonly buffer: Ratio;
  /**
   * Who closes: `taken-over` hands the position to the venue at its bankruptcy price, and all that backs it is lost;
   * `closed` is an order at the liquidation price, with the taker's fee.
   */
  readonly liquidation: 'taken-over' | 'closed';
}

const NO_BUFFER = ratio('0');

/**
 * Bybit, linear contracts, since 2 September 2025: margins on the mark price in cross margin, maintenance on the mark
 * price everywhere, and the mark at the liquidation price settles at the bankruptcy price.
 * The closing fee in cross margin follows the isolated one with the mark for the entry: not confirmed by a record.
 * @see Bybit help centre, "Liquidation Price Calculation under Isolated Mode (Unified Trading Account)", and "New Margin
 *   Calculation".
 */
export const BYBIT: MarginModel = {
  name: 'bybit',
  maintenanceOn: 'mark',
  closingFee: 'at-bankruptcy',
  buffer: NO_BUFFER,
  liquidation: 'taken-over',
};

/**
 * Bybit before 2 September 2025: maintenance on the entry value, so that an isolated long of 50x at 20,000 with 0.5 %
 * is liquidated at 20,000 - (400 - 100) = 19,700. For recordings from before that day.
 * @see Bybit help centre, "Liquidation Price (USDT Contract)", until 2025.
 */
export const BYBIT_ENTRY: MarginModel = { ...BYBIT, name: 'bybit-entry', maintenanceOn: 'entry' };

/**
 * Binance USDⓈ-M, one-way mode: (WB - TMM + UPNL + cum - side x quantity x entry) / (quantity x MMR - side x quantity).
 * Binance tells no formula for what its liquidation leaves, so nothing is.
 * @see Binance FAQ b3c689c1f50a44cabb3a84e663b81d93, "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts".
 */
export const BINANCE: MarginModel = {
  name: 'binance',
  maintenanceOn: 'mark',
  closingFee: 'none',
  buffer: NO_BUFFER,
  liquidation: 'taken-over',
};

/**
 * A venue of which nothing else is known, as other platforms and several venues reckon:
 * (entry -/+ margin per unit) / (1 -/+ (maintenance rate + taker fee)), then a buffer towards the entry.
 * @see Phemex help centre, "Liq price for USDT-M", for one venue with this form.
 */
export function genericModel(buffer: Ratio = NO_BUFFER): MarginModel {
  return { name: 'generic', maintenanceOn: 'mark', closingFee: 'at-liquidation', buffer, liquidation: 'closed' };
}

/** Every model by its name; `generic` without a buffer. */
export const MARGIN_MODELS: Readonly<Record<MarginModel['name'], MarginModel>> = {
  bybit: BYBIT,
  'bybit-entry': BYBIT_ENTRY,
  binance: BINANCE,
  generic: genericModel(),
};
