import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Candles } from '#core/candles.ts';
import { type Money, money, price, quantity } from '#core/money.ts';
import { Account } from '#engine/account.ts';
import type { FillRow, TradeRow } from '#ports/store.ts';
import { anyBot, anyWalk } from '#tests/builders/any-bot.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { dyingStore, everythingIn, runToEnd } from './stored-run.ts';

const TIMEFRAME = '1h';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const COUNT = 50;
const ONE = 10n ** 12n;

const anyWalks = fc.tuple(...SYMBOLS.map(() => anyWalk(COUNT, TIMEFRAME)));
const anyLimits = fc.record(
  { maxConcurrentTrades: fc.integer({ min: 1, max: 3 }), dailyLossPercent: fc.constantFrom(2, 20) },
  { requiredKeys: [] },
);
/** Not yet bots that both stack and reverse: a restart takes what was added to a trade for a signal to reverse it. */
const restartable = anyBot(SYMBOLS, TIMEFRAME).filter(
  ({ onSame, onOpposite }) => onSame !== 'stack' || onOpposite !== 'reverse',
);

function marketOf(walks: readonly Candles[]): ReplayMarket {
  return new ReplayMarket(
    'replay:any',
    SYMBOLS.map((symbol, k) => ({ instrument: instrumentOf({ symbol, lot: '0.001' }), candles: walks[k]! })),
  );
}

afterEach(() => vi.restoreAllMocks());

test('whatever the bot and its limits, killed at any commit it ends where a calm run does', async () => {
  const anyCommits = fc.array(fc.nat(), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(restartable, anyWalks, anyLimits, anyCommits, async (bot, walks, limits, commits) => {
      const calm = new MemoryStore();
      const commit = vi.spyOn(calm, 'commit');
      await runToEnd(calm, marketOf(walks), bot, limits);
      const expected = await everythingIn(calm);
      for (const any of commits) {
        const store = new MemoryStore();
        const killedAfter = 1 + (any % (commit.mock.calls.length - 1));
        const dying = dyingStore(store, killedAfter);
        await expect(runToEnd(dying, marketOf(walks), bot, limits)).rejects.toThrow('killed');
        await runToEnd(store, marketOf(walks), bot, limits);
        expect(await everythingIn(store), `killed after commit ${killedAfter}`).toEqual(expected);
      }
    }),
    { numRuns: PROPERTY_RUNS / 20 },
  );
});

test('whatever the bot, its stops cover its position at every close, and its slots and entries are kept', async () => {
  const { mark } = Account.prototype;
  let closes = 0;
  vi.spyOn(Account.prototype, 'mark').mockImplementation(function (this: Account) {
    mark.call(this);
    const open = this.runs.filter(({ book }) => book.position !== 0);
    const { maxConcurrentTrades, maxEntries } = this.runs[0]!.bot;
    expect(open.length).toBeLessThanOrEqual(Math.min(maxConcurrentTrades, this.limits.maxConcurrentTrades ?? 3));
    for (const run of open) {
      expect(run.hasWorkingStop).toBe(true);
      expect(run.book.entries).toBeLessThanOrEqual(maxEntries);
      closes += 1;
    }
  });
  await fc.assert(
    fc.asyncProperty(anyBot(SYMBOLS, TIMEFRAME), anyWalks, anyLimits, async (bot, walks, limits) => {
      await runToEnd(new MemoryStore(), marketOf(walks), bot, limits);
    }),
    { numRuns: PROPERTY_RUNS / 10 },
  );
  expect(closes).toBeGreaterThan(100);
});

/** Cash that a fill moved. */
function cashOf({ side, quantity: units, price: level, fee }: FillRow): bigint {
  const notional = (quantity(units) * price(level)) / ONE;
  return (side === 'buy' ? -notional : notional) - money(fee);
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

test('whatever the bot, equity and the P&L of every trade are the sums of its fills, to the last unit', async () => {
  await fc.assert(
    fc.asyncProperty(anyBot(SYMBOLS, TIMEFRAME), anyWalks, async (bot, walks) => {
      const store = new MemoryStore();
      await runToEnd(store, marketOf(walks), bot);
      const { fills, snapshots, trades } = await everythingIn(store);
      const base = SYMBOLS.map((symbol) =>
        sumOf(
          fills
            .filter((fill) => fill.symbol === symbol)
            .map((fill) => (fill.side === 'buy' ? 1n : -1n) * quantity(fill.quantity)),
        ),
      );
      const open = sumOf(base.map((held, k) => held * BigInt(walks[k]!.close.values[walks[k]!.length - 1]!)));
      const last = snapshots.at(-1)!;
      expect(money(last.equity)).toBe(bot.capital + sumOf(fills.map(cashOf)) + open);
      const closed = trades.filter(({ status }) => status === 'closed');
      expect(closed.map(pnlOf).sort()).toEqual(SYMBOLS.flatMap((symbol) => roundTrips(fills, symbol)).sort());
    }),
    { numRuns: PROPERTY_RUNS / 10 },
  );
});

function pnlOf({ symbol, pnl }: Pick<TradeRow, 'symbol' | 'pnl'>): string {
  return `${symbol} ${money(pnl!)}`;
}

/** What each stretch from flat to flat brought, from the fills alone. */
function roundTrips(fills: readonly FillRow[], symbol: string): string[] {
  const results: string[] = [];
  let held = 0n;
  let cash = 0n;
  for (const fill of fills) {
    if (fill.symbol !== symbol) continue;
    held += (fill.side === 'buy' ? 1n : -1n) * quantity(fill.quantity);
    cash += cashOf(fill);
    if (held !== 0n) continue;
    results.push(`${symbol} ${cash as Money}`);
    cash = 0n;
  }
  return results;
}
