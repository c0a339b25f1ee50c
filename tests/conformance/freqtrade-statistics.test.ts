import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readEquity } from '#core/statistics/equity-curve.ts';
import { compoundGrowth } from '#core/statistics/ratios.ts';
import type { EpochMs } from '#core/time.ts';

/** The workshop's cases lie beside the repository; a path is meant from the repository's folder. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = resolve(ROOT, process.env.AUTOTRADER_CASES ?? '../shared/data/cases');
const FILE = join(CASES, 'freqtrade_tables.json');

interface CagrRow {
  readonly start: number;
  readonly end: number;
  readonly days: number;
  readonly expected: number;
}
interface DrawdownRow {
  readonly profits: readonly number[];
  /** Whether the drawdown is the deepest as a fraction, or as an amount. */
  readonly relative: boolean;
  /** Trades at whose ends the peak and the trough were. */
  readonly highd: number;
  readonly lowdays: number;
  readonly result: number;
  readonly result_rel: number;
}
interface Tables {
  readonly tables: {
    readonly cagr: { readonly tables: readonly [{ readonly rows: readonly CagrRow[] }] };
    readonly max_drawdown_abs: { readonly tables: readonly [{ readonly rows: readonly DrawdownRow[] }] };
  };
  readonly fixtures: {
    readonly max_drawdown_series: {
      readonly profits: readonly number[];
      readonly starting_balance: number;
      readonly expected: { readonly drawdown_abs: number; readonly relative_account_drawdown: number };
    };
  };
}

const isThere = existsSync(FILE);
const content = isThere ? (JSON.parse(readFileSync(FILE, 'utf8')) as Tables) : undefined;

/** Its year has 365 days, where that of a run has 365.25: growth per year is told how many years there were. */
const DAYS_PER_YEAR = 365;
/** What the doc of the table says it starts with. */
const STARTING_BALANCE = 1_000;
/** Trades one after the other: a point of the curve each, one a minute. */
const MINUTE_MS = 60_000;

function drawdownOf(profits: readonly number[], startEquity: number) {
  let sum = startEquity;
  const equity = Float64Array.from(profits, (profit) => (sum += profit));
  const { drawdown } = readEquity({
    length: profits.length,
    startTime: 0 as EpochMs,
    startEquity,
    openTime: Float64Array.from(profits, (_, k) => k * MINUTE_MS),
    durationMs: MINUTE_MS,
    equity,
  });
  const tradeAt = (time: number) => time / MINUTE_MS - 1;
  const equityAt = (time: number) => (time === 0 ? startEquity : equity[tradeAt(time)]!);
  return {
    fraction: drawdown.fraction,
    amount: equityAt(drawdown.peakTime) - equityAt(drawdown.troughTime),
    peak: tradeAt(drawdown.peakTime),
    trough: tradeAt(drawdown.troughTime),
  };
}

test.runIf(!isThere)("freqtrade's statistics are not compared", ({ skip }) => {
  skip(`there is no ${FILE}: set AUTOTRADER_CASES to the folder that holds it`);
});

describe.runIf(isThere)("freqtrade's statistics", () => {
  if (!content) return;
  const { tables, fixtures } = content;

  test.each(tables.cagr.tables[0].rows)('growth per year from $start to $end in $days days', (row) => {
    const { start, end, days, expected } = row;
    expect(Math.abs(compoundGrowth(end / start, days / DAYS_PER_YEAR)! - expected)).toBeLessThanOrEqual(0.5e-4 + 1e-9);
  });

  test.each(tables.max_drawdown_abs.tables[0].rows.filter(({ relative }) => relative))(
    'the deepest drawdown of $profits as a fraction',
    ({ profits, highd, lowdays, result, result_rel }) => {
      expect(drawdownOf(profits, STARTING_BALANCE)).toEqual({
        fraction: result_rel,
        amount: result,
        peak: highd,
        trough: lowdays,
      });
    },
  );

  test('one row asks for the drawdown that is deepest as an amount, where ours is the deepest as a fraction', () => {
    const rest = tables.max_drawdown_abs.tables[0].rows.filter(({ relative }) => !relative);
    expect(rest).toHaveLength(1);
    for (const { profits, result_rel } of rest) {
      expect(drawdownOf(profits, STARTING_BALANCE).fraction).toBeGreaterThan(result_rel);
    }
  });

  test('the drawdown of a series of trades', () => {
    const { profits, starting_balance, expected } = fixtures.max_drawdown_series;
    const { fraction, amount } = drawdownOf(profits, starting_balance);
    // Its eighth digit is cut off rather than rounded.
    expect(Math.abs(fraction - expected.relative_account_drawdown)).toBeLessThan(1e-8);
    expect(amount).toBeCloseTo(expected.drawdown_abs, 9);
  });
});
