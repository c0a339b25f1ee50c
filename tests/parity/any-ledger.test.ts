import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import { divideUp } from '#core/grid.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { PAPER_FEES, runBacktest } from '#server/compose.ts';
import { anyBot, anyWalk } from '#tests/builders/any-bot.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';

const TIMEFRAME = '1h';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const INSTRUMENTS = SYMBOLS.map((symbol) => instrumentOf({ symbol, lot: '0.001' }));
const COUNT = 30;
const ONE = 10n ** 12n;

/** What the fills of a symbol moved and left, reckoned without our ledger: whole prices, thousandths of units, 0.1 %. */
function fromFills({ book: { fills } }: SymbolRun): { readonly cash: bigint; readonly thousandths: bigint } {
  let cash = 0n;
  let thousandths = 0n;
  for (let k = 0; k < fills.length; k++) {
    const quantity = BigInt(fills.quantity(k));
    const notional = (BigInt(fills.price(k)) * quantity * ONE) / 1_000n;
    cash -= notional + divideUp(notional < 0n ? -notional : notional, 1_000n);
    thousandths += quantity;
  }
  return { cash, thousandths };
}

test('whatever the bots and the candles, nothing is made and nothing is lost', { timeout: 600_000 }, async () => {
  const walks = fc.tuple(...SYMBOLS.map(() => anyWalk(COUNT, TIMEFRAME)));
  let fills = 0;
  await fc.assert(
    fc.asyncProperty(anyBot(SYMBOLS, TIMEFRAME), walks, async (bot, candles) => {
      const onGrid =
        bot.brackets === undefined ? bot : { ...bot, brackets: { ...bot.brackets, rounding: 'toward-entry' as const } };
      const series = candles.map((one, k) => new ReplaySource(INSTRUMENTS[k]!, one));
      const account = await runBacktest({ bot: onGrid, series, fees: PAPER_FEES });
      let equity = account.startingBalance as bigint;
      let pnl = 0n;
      for (const run of account.runs) {
        const { book, grid } = run;
        const { ledger, trades } = book;
        const { cash, thousandths } = fromFills(run);
        const last = BigInt(run.candles.close.values[run.candles.length - 1]!);
        expect(ledger.cash()).toBe(cash);
        expect(ledger.cash() + ledger.tradingCost() + ledger.fees()).toBe(0n);
        expect(BigInt(book.position)).toBe(thousandths);
        equity += cash + (last * thousandths * ONE) / 1_000n;
        const mark = grid.priceOf(Number(last));
        for (let k = 0; k < trades.length; k++) pnl += book.pnlOf(k, k < trades.closed ? undefined : mark);
        fills += book.fills.length;
      }
      expect(account.exactEquity()).toBe(equity);
      expect(account.startingBalance + pnl).toBe(equity);
    }),
    { numRuns: PROPERTY_RUNS },
  );
  expect(fills).toBeGreaterThan(PROPERTY_RUNS);
});
