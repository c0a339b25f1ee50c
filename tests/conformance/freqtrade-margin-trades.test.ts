import { describe, expect, test } from 'vitest';
import { binanceInterest, type InterestModel, krakenInterest } from '#core/margin/interest.ts';
import { initialMargin } from '#core/margin/liquidation.ts';
import { closeValue, type Deal, openValue, returnOnMargin, tradeProfit } from '#core/margin/trade-value.ts';
import { decimalOf, type Money, money, price, type Quantity, quantity, ratio, toNumber } from '#core/money.ts';
import { caseSources, rowsOf } from './freqtrade-tables.ts';

/** What every row shares: 30 ADA, held for ten minutes at 0.05 %, where a margin account borrowed. */
const AMOUNT = 30;
const OPEN_RATE = 2;
const OPEN_FEE = 0.0025;
const INTEREST_RATE = ratio('0.0005');

const INTEREST: Readonly<Record<string, InterestModel>> = { binance: binanceInterest, kraken: krakenInterest };
const HELD_MS: Readonly<Record<string, number>> = {
  ten_mins: 600_000,
  five_hours: 5 * 3_600_000,
  twentyfive_hours: 25 * 3_600_000,
};

interface TradeRow {
  readonly exchange: string;
  readonly trading_mode: 'spot' | 'margin' | 'futures';
  readonly is_short: boolean;
  readonly lev: number;
  readonly funding_fees: number;
}

interface Rates {
  readonly open: number;
  readonly close: number;
  readonly feeOpen: number;
  readonly feeClose: number;
}

const dealOf = (is_short: boolean, rate: number, fee: number): Deal => ({
  direction: is_short ? 'short' : 'long',
  quantity: quantity(String(AMOUNT)),
  price: price(decimalOf(rate)),
  feeRate: ratio(decimalOf(fee)),
});

/** On a margin account a long borrows what its margin does not cover and owes the interest in the quote currency; a short
 * borrows the coins and buys back the interest with them. */
function valuesOf(row: TradeRow, { open, close, feeOpen, feeClose }: Rates) {
  const opening = dealOf(row.is_short, open, feeOpen);
  const closing = dealOf(row.is_short, close, feeClose);
  const leverage = ratio(decimalOf(row.lev));
  const funding = money(decimalOf(row.funding_fees));
  const opened = openValue(opening);
  const interestOn = <Amount extends Money | Quantity>(borrowed: Amount) =>
    row.trading_mode === 'margin'
      ? INTEREST[row.exchange]!(borrowed, INTEREST_RATE, HELD_MS.ten_mins!)
      : (0n as Amount);
  if (row.is_short) {
    const bought = (closing.quantity + interestOn(opening.quantity)) as Quantity;
    return { opened, closed: closeValue({ ...closing, quantity: bought }, funding), leverage };
  }
  const notional = openValue({ ...opening, feeRate: ratio('0') });
  const borrowed = (notional - initialMargin(notional, leverage)) as Money;
  return { opened, closed: closeValue(closing, (funding - interestOn(borrowed)) as Money), leverage };
}

describe.each(caseSources("freqtrade's trades on margin"))('$source trades on margin', (source) => {
  test.each(rowsOf<{ is_short: boolean; fee_rate: number; result: number }>(source, 'open_trade_value'))(
    'opening short=$is_short with a fee of $fee_rate moves $result',
    ({ is_short, fee_rate, result }) => {
      expect(toNumber(openValue(dealOf(is_short, OPEN_RATE, fee_rate)))).toBeCloseTo(result, 8);
    },
  );

  test.each(
    rowsOf<TradeRow & { open_rate: number; close_rate: number; fee_rate: number; result: number }>(
      source,
      'close_trade_price',
    ),
  )('closing $exchange $trading_mode short=$is_short $lev x at $close_rate moves $result', (row) => {
    const rates = { open: row.open_rate, close: row.close_rate, feeOpen: row.fee_rate, feeClose: row.fee_rate };
    expect(toNumber(valuesOf(row, rates).closed)).toBeCloseTo(row.result, 8);
  });

  test.each(
    rowsOf<TradeRow & { open_value: number; close_value: number; profit: number; profit_ratio: number }>(
      source,
      'trade_profit',
    ),
  )('$exchange $trading_mode short=$is_short $lev x with $funding_fees brings $profit', (row) => {
    const [open, close] = row.is_short ? [2.2, 2] : [2, 2.2];
    const { opened, closed, leverage } = valuesOf(row, { open, close, feeOpen: OPEN_FEE, feeClose: OPEN_FEE });
    const profit = tradeProfit(row.is_short ? 'short' : 'long', opened, closed);
    expect(toNumber(opened)).toBeCloseTo(row.open_value, 8);
    expect(toNumber(closed)).toBeCloseTo(row.close_value, 8);
    expect(toNumber(profit)).toBeCloseTo(row.profit, 8);
    expect(returnOnMargin(profit, opened, leverage)).toBeCloseTo(row.profit_ratio, 7);
  });

  /** Profits are given to 7 decimals, some of them cut off. */
  test.each(
    rowsOf<TradeRow & { close_rate: number; fee_close: number; profit: number; profit_ratio: number }>(
      source,
      'trade_calc_profit',
    ),
  )('$exchange $trading_mode short=$is_short $lev x closed at $close_rate brings $profit', (row) => {
    const rates = { open: OPEN_RATE, close: row.close_rate, feeOpen: OPEN_FEE, feeClose: row.fee_close };
    const { opened, closed, leverage } = valuesOf(row, rates);
    const profit = tradeProfit(row.is_short ? 'short' : 'long', opened, closed);
    expect(Math.abs(toNumber(profit) - row.profit)).toBeLessThan(1.1e-6);
    expect(returnOnMargin(profit, opened, leverage)).toBeCloseTo(row.profit_ratio, 6);
  });

  test.each(
    rowsOf<{ exchange: string; interest_rate: number; hours: string; expected: number }>(source, 'borrow_interest'),
  )('$exchange asks $expected for 60 over $hours', ({ exchange, interest_rate, hours, expected }) => {
    const interest = INTEREST[exchange]!(money('60'), ratio(decimalOf(interest_rate)), HELD_MS[hours]!);
    expect(toNumber(interest)).toBeCloseTo(expected, 12);
  });

  test.each(
    rowsOf<{ stake_amount: number; leverage: number; min_stake_with_lev: number }>(
      source,
      'stake_amount_with_leverage',
    ),
  )('$stake_amount at $leverage x takes $min_stake_with_lev', ({ stake_amount, leverage, min_stake_with_lev }) => {
    const margin = initialMargin(money(decimalOf(stake_amount)), ratio(decimalOf(leverage)));
    expect(toNumber(margin)).toBe(min_stake_with_lev);
  });
});
