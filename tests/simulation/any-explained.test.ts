import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import { formatDecimal } from '#core/money.ts';
import { resultOf } from '#server/cli/backtest-result.ts';
import { explainTrade } from '#server/cli/explain-trade.ts';
import { composeBacktest, PAPER_FEES } from '#server/compose.ts';
import { anyMarginCase, INSTRUMENTS } from '#tests/builders/any-margin.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';

test('whatever stands on margin, every trade can be told, and the last balance is the account’s', {
  timeout: 600_000,
}, async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(anyMarginCase, async ({ bot, walks, margin }) => {
      const series = walks.map((candles, k) => new ReplaySource(INSTRUMENTS[k]!, candles));
      const { account, contracts, order, run } = composeBacktest({ bot, series, fees: PAPER_FEES, margin });
      await run();
      const texts = walks.map((candles) => ({
        candles,
        priceTick: '1',
        quantityLot: '0.001',
        gaps: [],
        wicks: [],
        outside: { 'pre-market': 0, 'post-market': 0, closed: 0 },
      }));
      const result = resultOf(bot, texts, account, order(), { contracts, setup: margin });
      const last = order().at(-1);
      for (const [n, { run: of, k }] of result.analysis.trades.entries()) {
        const text = explainTrade(result, n + 1);
        told += 1;
        const isLast = of === last && k === of.book.trades.length - 1 && k < of.book.trades.closed;
        const wallet = formatDecimal([...contracts.values()][0]!.account.wallet);
        if (isLast) expect(text.trim().split('\n').at(-1)!.trim()).toMatch(new RegExp(`^Balance after +${wallet}$`));
      }
    }),
    { numRuns: PROPERTY_RUNS / 10 },
  );
  expect(told).toBeGreaterThan(20);
});
