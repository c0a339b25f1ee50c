import { describe, expect, test } from 'vitest';
import { liquidationPrice, type MarginTerms } from '#core/margin/liquidation.ts';
import { BINANCE, BYBIT_ENTRY, genericModel, type MarginModel } from '#core/margin/models.ts';
import { FLAT, increased, unrealizedPnl } from '#core/margin/position.ts';
import { type MaintenanceLine, MarginTiers, maintenanceMargin } from '#core/margin/tiers.ts';
import { decimalOf, type Money, money, price, quantity, ratio, toNumber } from '#core/money.ts';
import { caseSources, type LeverageTierRow, rowsOf } from './freqtrade-tables.ts';

interface GenericRow {
  readonly liquidation_buffer: number;
  readonly exchange_name: string;
  readonly margin_mode: 'isolated';
  readonly is_short: boolean;
  readonly leverage: number;
  readonly open_rate: number;
  readonly amount: number;
  readonly expected_liq: number;
}

interface OtherPosition {
  readonly pair: string;
  readonly open_rate: number;
  readonly amount: number;
  readonly mark_price: number;
  readonly mm_ratio: number;
  readonly maintenance_amt: number;
}

interface BinanceRow {
  readonly pair: string;
  readonly margin_mode: 'isolated' | 'cross';
  readonly wallet_balance: number;
  readonly maintenance_amt: number;
  readonly amount: number;
  readonly open_rate: number;
  readonly open_trades: readonly OtherPosition[];
  readonly mm_ratio: number;
  readonly expected: number;
}

/**
 * What the rows' conditions are for each venue: 1 % of maintenance, an amount of 0.01 that only Binance's formula knows
 * there, a taker's fee of 0.06 % where it counts, and Bybit as it was before September 2025.
 */
const VENUES: Readonly<
  Record<string, { readonly model: MarginModel; readonly amount: number; readonly taker: number }>
> = {
  binance: { model: BINANCE, amount: 0.01, taker: 0 },
  bybit: { model: BYBIT_ENTRY, amount: 0, taker: 0.0006 },
  gate: { model: genericModel(), amount: 0, taker: 0.0006 },
};

const lineOf = (rate: number, amount: number): MaintenanceLine => ({
  maintenanceRate: ratio(decimalOf(rate)),
  maintenanceAmount: money(decimalOf(amount)),
});
const positionOf = (units: number, entry: number) =>
  increased(FLAT, quantity(decimalOf(units)), price(decimalOf(entry)));

const TERMS = { leverage: ratio('5'), takerRate: ratio('0'), tick: price('0.000000000001') };

/** ADA's and ZEC's tables; AAVE's has a hole from 1 to 10 million and is used by no row. */
const tiersOf = (rows: readonly LeverageTierRow[]) =>
  new MarginTiers(
    rows.map(({ minNotional, maxNotional, maintenanceMarginRate, maxLeverage, maintAmt }) => ({
      floor: money(decimalOf(minNotional)),
      cap: money(decimalOf(maxNotional)),
      ...lineOf(maintenanceMarginRate, maintAmt),
      maxLeverage: ratio(decimalOf(maxLeverage)),
    })),
  );

describe.each(caseSources("freqtrade's liquidation prices"))('$source liquidation', (source) => {
  test.each(rowsOf<GenericRow>(source, 'liquidation_price_generic'))(
    '$exchange_name short=$is_short $leverage x from $open_rate is $expected_liq',
    (row) => {
      const { model, amount, taker } = VENUES[row.exchange_name]!;
      const position = positionOf(row.is_short ? -row.amount : row.amount, row.open_rate);
      const terms: MarginTerms = {
        ...TERMS,
        model: { ...model, buffer: ratio(decimalOf(row.liquidation_buffer)) },
        marginMode: row.margin_mode,
        leverage: ratio(decimalOf(row.leverage)),
        takerRate: ratio(decimalOf(taker)),
        tiers: [lineOf(0.01, amount)],
      };
      const margin = money(((row.amount * row.open_rate) / row.leverage).toFixed(12));
      expect(toNumber(liquidationPrice(position, margin, terms)!)).toBeCloseTo(row.expected_liq, 9);
    },
  );

  test.each(rowsOf<BinanceRow>(source, 'liquidation_price_binance'))(
    'Binance $margin_mode $pair of $amount is $expected',
    (row) => {
      let collateral: bigint = money(decimalOf(row.wallet_balance));
      for (const other of row.open_trades.filter(({ pair }) => pair !== row.pair)) {
        const mark = price(decimalOf(other.mark_price));
        const position = positionOf(other.amount, other.open_rate);
        const marked = increased(FLAT, position.quantity, mark).cost;
        collateral += unrealizedPnl(position, mark);
        collateral -= maintenanceMargin(marked, [lineOf(other.mm_ratio, other.maintenance_amt)]);
      }
      const position = positionOf(row.amount, row.open_rate);
      const terms: MarginTerms = {
        ...TERMS,
        model: BINANCE,
        marginMode: row.margin_mode,
        tiers: [lineOf(row.mm_ratio, row.maintenance_amt)],
      };
      expect(toNumber(liquidationPrice(position, collateral as Money, terms)!)).toBeCloseTo(row.expected, 2);
    },
  );

  test.each(
    rowsOf<{ pair: string; value: number; mmr: number; maintAmt: number }>(source, 'maintenance_ratio_and_amount'),
  )('$pair of $value is in the tier of $mmr and $maintAmt', ({ pair, value, mmr, maintAmt }) => {
    const tier = tiersOf(source.cases.fixtures.leverage_tiers[pair]!).at(money(decimalOf(value)));
    expect(tier).toMatchObject(lineOf(mmr, maintAmt));
  });
});
