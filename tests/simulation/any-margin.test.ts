import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { ReplayMarket, ReplaySource } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { unrealizedPnl } from '#core/margin/position.ts';
import { candleTape } from '#core/matching/tape.ts';
import { formatDecimal, money } from '#core/money.ts';
import { Resampled } from '#core/resample.ts';
import { composeBacktest, PAPER_FEES } from '#server/compose.ts';
import { anyMarginCase, INSTRUMENTS } from '#tests/builders/any-margin.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const HOUR = 3_600_000;

function marketOf(walks: readonly Candles[]): ReplayMarket {
  const recordings = walks.map((candles, k) => ({ instrument: INSTRUMENTS[k]!, candles }));
  return new ReplayMarket('replay:any', recordings);
}

/** The same hours inside candles of two. */
function marketInside(walks: readonly Candles[]): ReplayMarket {
  const recordings = walks.map((fine, k) => {
    const coarse = new Resampled(fine, '2h');
    for (let i = 0; i < fine.length; i++) coarse.take(i);
    return { instrument: INSTRUMENTS[k]!, candles: coarse.candles, inside: candleTape(fine) };
  });
  return new ReplayMarket('replay:any', recordings);
}

const asItIs = (bot: Bot): Bot => bot;
const everyHour = (bot: Bot): Bot => ({ ...bot, timeframe: '2h', intervalMs: HOUR });

test.each([
  { when: 'at closes', change: asItIs, open: marketOf },
  { when: 'between closes too', change: everyHour, open: marketInside },
])(
  'whatever stands on margin and is decided $when, killed at any commit it ends where a calm run does',
  {
    timeout: 600_000,
  },
  async ({ change, open }) => {
    let carried = 0;
    let liquidated = 0;
    await fc.assert(
      fc.asyncProperty(anyMarginCase, fc.array(fc.nat(), { minLength: 2, maxLength: 2 }), async (any, commits) => {
        const { walks, margin } = any;
        const bot = change(any.bot);
        const calm = new MemoryStore();
        const commit = vi.spyOn(calm, 'commit');
        await runToEnd(calm, open(walks), bot, {}, margin);
        const expected = await everythingIn(calm);
        carried += expected.carries.length;
        liquidated += expected.trades.filter(({ exitReason }) => exitReason === 'liquidation').length;
        for (const one of commits) {
          const store = new MemoryStore();
          const killedAfter = 1 + (one % (commit.mock.calls.length - 1));
          const dying = runToEnd(dyingStore(store, killedAfter), open(walks), bot, {}, margin);
          await expect(dying).rejects.toThrow('killed');
          await runToEnd(store, open(walks), bot, {}, margin);
          expect(await everythingIn(store), `killed after commit ${killedAfter}`).toEqual(expected);
        }
      }),
      { numRuns: PROPERTY_RUNS / 5 },
    );
    expect(carried).toBeGreaterThan(10);
    expect(liquidated).toBeGreaterThan(0);
  },
);

test('whatever stands on margin, paper trading fills and pays what a backtest does, and nothing falls below 0', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyMarginCase, async ({ bot, walks, margin }) => {
      const store = new MemoryStore();
      await runToEnd(store, marketOf(walks), bot, {}, margin);
      const series = walks.map((candles, k) => new ReplaySource(INSTRUMENTS[k]!, candles));
      const { account, contracts, run } = composeBacktest({ bot, series, fees: PAPER_FEES, margin });
      await run();
      const fills = await store.fills({});
      const carries = await store.carries({ botId: (await store.bots())[0]!.id });
      for (const { book, owner, grid } of account.runs) {
        const ofSymbol = fills.filter(({ symbol }) => symbol === owner.symbol);
        expect(ofSymbol.map(({ price, fee, covered }) => [price, fee, covered ?? '0'])).toEqual(
          Array.from({ length: book.fills.length }, (_, k) => [
            formatDecimal(grid.exactPrice(book.fills.price(k))),
            formatDecimal(book.feeOf(k)),
            formatDecimal(book.coveredOf(k)),
          ]),
        );
        const paid = carries.filter(({ symbol }) => symbol === owner.symbol).map(({ amount }) => amount);
        expect(paid).toEqual(book.carries.map(({ amount }) => formatDecimal(amount)));
        const { ledger } = book;
        const even =
          ledger.cash() + ledger.tradingCost() + ledger.fees() + ledger.funding() + ledger.interest() + ledger.kept();
        expect(even).toBe(0n);
      }
      for (let k = 0; k < account.boundaries; k++) expect(account.equity.values[k]!).toBeGreaterThanOrEqual(-1e-6);
      const wallet = [...contracts.values()][0]!.account.wallet;
      const { equity, open } = account.figures();
      const gained = account.runs.reduce((sum, { owner, grid, candles }) => {
        const mark = grid.exactPrice(grid.priceOf(candles.close.values[candles.length - 1]!));
        return sum + unrealizedPnl(contracts.get(owner.symbol)!.account.position, mark);
      }, 0n);
      expect(wallet + gained).toBe(equity);
      if (open === 0) expect(wallet).toBeGreaterThanOrEqual(0n);
      const snapshots = (await everythingIn(store)).snapshots;
      expect(money(snapshots.at(-1)!.equity)).toBe(equity);
    }),
    { numRuns: PROPERTY_RUNS / 5 },
  );
});
