import { describe, expect, test } from 'vitest';
import { fundingHeld, fundingPayment } from '#core/margin/funding.ts';
import { decimalOf, type Money, price, quantity, ratio, toNumber } from '#core/money.ts';
import { epochMs } from '#core/time.ts';
import { type CaseSource, caseSources, rowsOf } from './freqtrade-tables.ts';

interface SingleRow {
  readonly size: number;
  readonly funding_rate: number;
  readonly mark_price: number;
  readonly funding_fee: number;
}

interface OverTimeRow {
  readonly rate_start: number;
  readonly rate_end: number;
  readonly d1: string;
  readonly d2: string;
  readonly amount: number;
  readonly expected_fees: number;
}

const timeOf = (text: string) => epochMs(Date.parse(`${text.replace(' ', 'T')}Z`));

/** The mark price of an event is the open of its hour's candle. */
function marksOf({ cases }: CaseSource) {
  return new Map(cases.fixtures.mark_ohlcv.map(([openTime, open]) => [openTime, price(decimalOf(open!))]));
}

describe.each(caseSources("freqtrade's funding fees"))('$source funding', (source) => {
  test.each(rowsOf<SingleRow>(source, 'funding_fee_single'))(
    'a short of $size at $mark_price receives $funding_fee',
    ({ size, funding_rate, mark_price, funding_fee }) => {
      const mark = price(decimalOf(mark_price));
      const payment = fundingPayment(quantity(decimalOf(-size)), mark, ratio(decimalOf(funding_rate)));
      expect(toNumber(payment)).toBeCloseTo(funding_fee, 12);
    },
  );

  test.each(rowsOf<OverTimeRow>(source, 'funding_fees_over_time'))(
    'a short of $amount from $d1 to $d2 receives $expected_fees',
    ({ rate_start, rate_end, d1, d2, amount, expected_fees }) => {
      const marks = marksOf(source);
      const events = source.cases.fixtures.funding_rate_history_octohourly
        .slice(rate_start, rate_end)
        .map(({ timestamp, fundingRate }) => ({ at: epochMs(timestamp), rate: ratio(decimalOf(fundingRate)) }));
      const received = fundingHeld(events, timeOf(d1), timeOf(d2)).reduce(
        (sum, { at, rate }) => sum + fundingPayment(quantity(decimalOf(-amount)), marks.get(at)!, rate),
        0n,
      );
      expect(toNumber(received as Money)).toBeCloseTo(expected_fees, 9);
    },
  );
});
