import { describe, expect, test } from 'vitest';
import { readCases } from './cases.ts';
import { allRowsOf, type CaseTables, LEFT_OUT, rowsOf } from './freqtrade-tables.ts';

/** The suites of this folder, by the tables that they run. */
const COMPARED = [
  'liquidation_price_generic',
  'liquidation_price_binance',
  'maintenance_ratio_and_amount',
  'funding_fee_single',
  'funding_fees_over_time',
  'stake_amount_with_leverage',
  'open_trade_value',
  'close_trade_price',
  'trade_profit',
  'trade_calc_profit',
  'borrow_interest',
  'amount_to_precision',
  'amount_to_contract_precision',
  'price_to_precision',
  'cagr',
  'max_drawdown_abs',
];

/** Tables of freqtrade's that are not compared, by the reason. */
const NOT_COMPARED: Readonly<Record<string, readonly string[]>> = {
  'the markets that it looks its values up in are not among the cases': ['max_leverage_margin'],
  'it gives the conditions and no result': ['order_contracts_to_amount'],
  'ours has no order book: it fills by candles, or by trades': [
    'dry_run_market_fill_vs_orderbook',
    'dry_run_limit_fill',
  ],
  'orders of ours take their price from candles and fills, not from a ticker': [
    'entry_rate_pricing',
    'exit_rate_pricing',
  ],
  "it names another library's units of time": ['timeframe_resample'],
  'a step is given with each market; nothing derives one from a price': ['price_one_pip'],
};

const recorded = readCases<CaseTables>("freqtrade's tables", 'freqtrade_tables.json');

describe.runIf(recorded)("freqtrade's tables", () => {
  test('each is compared, or there is a reason why not', () => {
    const known = [...COMPARED, ...Object.values(NOT_COMPARED).flat()];
    expect(known.toSorted()).toEqual(Object.keys(recorded!.tables).toSorted());
  });

  const source = { source: 'freqtrade', cases: recorded! };

  test('each that is compared has rows', () => {
    expect(COMPARED.filter((table) => rowsOf(source, table).length === 0)).toEqual([]);
  });

  test.each(LEFT_OUT)('of $table $rows rows are left out: $why', ({ table, rows, is }) => {
    expect(allRowsOf(source, table).filter(is)).toHaveLength(rows);
  });
});
