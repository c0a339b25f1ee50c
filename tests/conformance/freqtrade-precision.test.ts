import { describe, expect, test } from 'vitest';
import { decimalOf } from '#core/money.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { readCases } from './cases.ts';
import type { CaseTables } from './freqtrade-tables.ts';
import { rowsOf } from './freqtrade-tables.ts';

/** The second spelling is ccxt's number for the first. */
type PrecisionMode = 'DECIMAL_PLACES' | 'SIGNIFICANT_DIGITS' | 'TICK_SIZE' | 2 | 3 | 4;

interface AmountRow {
  readonly amount: number;
  readonly precision_mode: PrecisionMode;
  readonly precision: number;
  readonly expected: number;
}

interface PriceRow extends Omit<AmountRow, 'amount'> {
  readonly price: number;
  readonly rounding_mode: 'ROUND' | 'ROUND_UP' | 'ROUND_DOWN' | 'TRUNCATE';
}

/** The step that a precision means for a value: ours are always steps. */
function stepOf(mode: PrecisionMode, precision: number, value: number): string {
  if (mode === 'TICK_SIZE' || mode === 4) return decimalOf(precision);
  const isPlaces = mode === 'DECIMAL_PLACES' || mode === 2;
  return decimalOf(Number(`1e${isPlaces ? -precision : Math.floor(Math.log10(value)) + 1 - precision}`));
}

const recorded = readCases<CaseTables>("freqtrade's precision", 'freqtrade_tables.json');
const rows = <Row>(table: string) => (recorded ? rowsOf<Row>({ source: 'freqtrade', cases: recorded }, table) : []);

describe.runIf(recorded)("freqtrade's precision", () => {
  test.each(rows<AmountRow>('amount_to_precision'))(
    'the quantity $amount by $precision_mode $precision is $expected',
    ({ amount, precision_mode, precision, expected }) => {
      const grid = gridOf({ lot: stepOf(precision_mode, precision, amount) });
      expect(grid.quantityNumber(grid.toLot(amount))).toBe(expected);
    },
  );

  /** A contract is a part of a coin: the lot is that of the contracts, in coins. */
  test.each(rows<AmountRow & { readonly contract_size: number }>('amount_to_contract_precision'))(
    'the quantity $amount in contracts of $contract_size by $precision_mode $precision is $expected',
    ({ amount, precision_mode, precision, contract_size, expected }) => {
      const contracts = amount / contract_size;
      const lot = Number(stepOf(precision_mode, precision, contracts)) * contract_size;
      const grid = gridOf({ lot: decimalOf(lot) });
      expect(grid.quantityNumber(grid.toLot(amount))).toBe(expected);
    },
  );

  /** Prices that we compute move to the tick in a stated direction; a candle's price is taken as the nearest. */
  test.each(rows<PriceRow>('price_to_precision'))(
    'the price $price by $precision_mode $precision is $expected with $rounding_mode',
    ({ price, precision_mode, precision, rounding_mode, expected }) => {
      const grid = gridOf({ tick: stepOf(precision_mode, precision, price) });
      const direction = rounding_mode === 'ROUND_UP' ? 'up' : 'down';
      const rounded = rounding_mode === 'ROUND' ? grid.priceOf(price) : grid.toTick(price, direction);
      expect(grid.priceNumber(rounded)).toBe(expected);
    },
  );
});
