import { describe, expect, test } from 'vitest';
import { type EquityCurve, readEquity } from '#core/statistics/equity-curve.ts';
import { statistics } from '#core/statistics/statistics.ts';
import { epochMs } from '#core/time.ts';
import { readCases } from './cases.ts';
import { type CaseTables, rowsOf } from './freqtrade-tables.ts';

const DAY = 86_400_000;

interface StatisticsTables extends CaseTables {
  readonly fixtures: CaseTables['fixtures'] & {
    readonly max_drawdown_series: {
      readonly profits: readonly number[];
      readonly starting_balance: number;
      readonly expected: { readonly relative_account_drawdown: number };
    };
  };
}

/** Candles of one length, one equity each. */
function curveOf(startEquity: number, equities: readonly number[], durationMs = DAY): EquityCurve {
  return {
    length: equities.length,
    startTime: epochMs(0),
    startEquity,
    openTime: Float64Array.from(equities, (_, k) => k * durationMs),
    durationMs,
    equity: Float64Array.from(equities),
  };
}

function balancesOf(start: number, profits: readonly number[]): number[] {
  let balance = start;
  return profits.map((profit) => {
    balance += profit;
    return balance;
  });
}

const recorded = readCases<StatisticsTables>("freqtrade's statistics", 'freqtrade_tables.json');
const rows = <Row>(table: string) => (recorded ? rowsOf<Row>({ source: 'freqtrade', cases: recorded }, table) : []);

describe.runIf(recorded)("freqtrade's statistics", () => {
  /** Its year has 365 days, ours 365.25: so many of its days are as many years as this many of ours. */
  test.each(rows<{ start: number; end: number; days: number; expected: number }>('cagr'))(
    'from $start to $end in $days days is $expected a year',
    ({ start, end, days, expected }) => {
      const none = new Float64Array();
      const { cagr } = statistics({
        curve: curveOf(start, [end], (days / 365) * 365.25 * DAY),
        trades: { length: 0, entryTime: none, exitTime: none, pnl: none, r: none },
        fees: 0,
        daysPerYear: 365,
      });
      expect(cagr).toBeCloseTo(expected, 4);
    },
  );

  interface DrawdownRow {
    readonly profits: readonly number[];
    readonly highd: number;
    readonly lowdays: number;
    readonly result_rel: number;
  }

  /** The deepest fall as a fraction of its peak, which it calls relative. */
  test.each(rows<DrawdownRow>('max_drawdown_abs'))(
    'the deepest fall of $profits is $result_rel',
    ({ profits, highd, lowdays, result_rel }) => {
      const { drawdown } = readEquity(curveOf(1000, balancesOf(1000, profits)));
      expect(drawdown.fraction).toBeCloseTo(result_rel, 6);
      // A candle's equity is that of its close; a peak that is reached twice counts from the later one.
      expect(drawdown.peakTime).toBe((highd + 1) * DAY);
      expect(drawdown.troughTime).toBe((lowdays + 1) * DAY);
    },
  );

  /** Given to 8 decimals, cut off. */
  test('the deepest fall of a series of trades', () => {
    const { profits, starting_balance, expected } = recorded!.fixtures.max_drawdown_series;
    const { drawdown } = readEquity(curveOf(starting_balance, balancesOf(starting_balance, profits)));
    expect(drawdown.fraction - expected.relative_account_drawdown).toBeGreaterThanOrEqual(0);
    expect(drawdown.fraction - expected.relative_account_drawdown).toBeLessThan(1e-8);
  });
});
