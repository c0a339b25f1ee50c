import { expect, test } from 'vitest';
import { ReplayMarket, ReplaySource } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { Candles } from '#core/candles.ts';
import { formatDecimal, toNumber } from '#core/money.ts';
import { REASONS, reasonOf } from '#core/signals.ts';
import type { Account } from '#engine/account.ts';
import { analysisOf } from '#engine/account-analysis.ts';
import { statisticsInputOf, statisticsOf } from '#engine/account-statistics.ts';
import { PAPER_FEES, runBacktest } from '#server/compose.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { runToEnd } from '#tests/simulation/stored-run.ts';

/** Three markets whose candles do not begin and end together, one of them with holes: 21,000 candles in all. */
const COUNT = 7_500;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const RECORDINGS = [
  recording('BTC/USDT', 1, (i) => i < COUNT - 400),
  recording('ETH/USDT', 2, (i) => i >= 700),
  recording('SOL/USDT', 3, (i) => i % 97 !== 5 && (i < 3_000 || i >= 3_300)),
];

function recording(symbol: string, seed: number, isThere: (i: number) => boolean) {
  const all = generateCandles(COUNT, seed);
  const candles = new Candles('1m');
  for (let i = 0; i < COUNT; i++) if (isThere(i)) candles.append(all.at(i));
  return { instrument: instrumentOf({ symbol, tick: '0.25', lot: '0.001' }), candles };
}

function sources() {
  return RECORDINGS.map(({ instrument, candles }) => new ReplaySource(instrument, candles));
}

const RULES = {
  symbols: SYMBOLS,
  capital: 100_000,
  entry: { long: ['sma(5)', 'crosses-above', 'sma(20)'], short: ['sma(5)', 'crosses-below', 'sma(20)'] },
  brackets: { stop: { atrMultiple: 3, period: 14 }, target: { riskMultiple: 2 } },
  sizing: { percentOfCapital: 30 },
  maxConcurrentTrades: 2,
};
const BOTS = [
  { name: 'single', bot: botOf({ ...RULES, onOpposite: 'close' }) },
  { name: 'reversing', bot: botOf({ ...RULES, onOpposite: 'reverse' }) },
  {
    name: 'stacking',
    bot: botOf({
      ...RULES,
      entry: { long: ['sma(5)', '>', 'sma(20)'], short: ['sma(5)', '<', 'sma(20)'] },
      onSame: 'stack',
      sizing: { percentOfCapital: 10 },
      filter: { repeatAfterCandles: 5 },
    }),
  },
];

/** In the order in which a boundary brings them: by candle, then by symbol. */
function fillsOf({ runs }: Account) {
  const rows = runs.flatMap(({ book: { fills, grid }, owner }) =>
    Array.from({ length: fills.length }, (_, k) => ({
      symbol: owner.symbol as string,
      executedAt: fills.at(k),
      side: fills.quantity(k) > 0 ? 'buy' : 'sell',
      quantity: Math.abs(grid.quantityNumber(fills.quantity(k))),
      price: grid.priceNumber(fills.price(k)),
    })),
  );
  return rows.sort((a, b) => a.executedAt - b.executedAt);
}

test.each(BOTS)('$name: a backtest fills what paper trading of a replay fills', async ({ bot }) => {
  const account = await runBacktest({ bot, series: sources(), fees: PAPER_FEES });
  const store = new MemoryStore();
  await runToEnd(store, new ReplayMarket('replay:three', RECORDINGS), bot);
  const paper = (await store.fills({})).map(({ symbol, executedAt, side, quantity, price }) => {
    return { symbol, executedAt, side, quantity: Number(quantity), price: Number(price) };
  });
  expect(paper).toEqual(fillsOf(account));
  expect(new Set(paper.map(({ symbol }) => symbol)).size).toBe(3);
  expect(paper.length).toBeGreaterThan(300);
  const { rows: cycles } = await store.cycles({}, { limit: 1_000 });
  for (const { symbol, occasion, why } of cycles) {
    const { candles, reasons } = account.runs.find(({ owner }) => owner.symbol === symbol)!;
    expect(why).toBe(reasonOf(reasons[candles.indexClosedAt(occasion)]!).why);
  }
  const skipped = account.runs.some(({ reasons }) => reasons.includes(REASONS.noSlot.code));
  expect(skipped).toBe(true);
});

/** Where positions and cash stand at a moment, from the fills alone. */
function equityAt(account: Account, closeTime: number): number {
  let equity = toNumber(account.startingBalance);
  for (const { book, candles, grid } of account.runs) {
    const last = candles.indexClosedAt(closeTime);
    if (last < 0) continue;
    for (let k = 0; k < book.fills.length; k++) {
      if (book.fills.at(k) >= closeTime) continue;
      const units = grid.quantityNumber(book.fills.quantity(k));
      equity += units * (candles.close.values[last]! - grid.priceNumber(book.fills.price(k)));
      equity -= toNumber(book.feeOf(k));
    }
  }
  return equity;
}

test('the statistics are those of the whole account', async () => {
  const { bot } = BOTS[0]!;
  const account = await runBacktest({ bot, series: sources(), fees: PAPER_FEES });
  const { curve, trades } = statisticsInputOf(account);
  // A boundary wherever one of them closes: every minute, as BTC and ETH together have no hole.
  expect(curve.length).toBe(COUNT);
  expect(curve.startTime).toBe(RECORDINGS[0]!.candles.openTimeOf(0));
  for (let i = 0; i < COUNT; i += 250) {
    expect(curve.openTime[i]).toBe(curve.startTime + i * curve.durationMs);
    expect(curve.equity[i]).toBeCloseTo(equityAt(account, curve.openTime[i]! + curve.durationMs), 4);
  }
  expect([...trades.entryTime]).toEqual([...trades.entryTime].sort((a, b) => a - b));

  const statistics = statisticsOf(account);
  const { breakdowns, tradeExcursions, trades: all } = analysisOf(account, statistics);
  expect(breakdowns.symbol.map(({ group }) => group)).toEqual(SYMBOLS);
  expect(breakdowns.symbol.reduce((sum, { n }) => sum + n, 0)).toBe(statistics.trades);
  const sum = breakdowns.symbol.reduce((total, { pnl }) => total + pnl, 0);
  expect(sum).toBeCloseTo(
    [...trades.pnl].reduce((a, b) => a + b, 0),
    6,
  );
  // A trade's own symbol: an excursion of its own candles, no less than what its exit says.
  for (const [n, { run, k }] of all.entries()) {
    const { quantity, entryPrice, exitPrice, closed } = run.book.trades;
    if (k >= closed || Number.isNaN(tradeExcursions.mfe.quote[n]!)) continue;
    const gained = (Math.sign(quantity[k]!) * (exitPrice[k]! - entryPrice[k]!)) / entryPrice[k]!;
    expect(tradeExcursions.mfe.fraction[n]).toBeGreaterThanOrEqual(gained - 1e-12);
    expect(tradeExcursions.mae.fraction[n]).toBeGreaterThanOrEqual(-gained - 1e-12);
  }

  // Minutes in which any of the three had a position, counted one by one.
  let minutes = 0;
  const spans = all.map(({ run: { book, candles }, k }) => {
    const exit = k < book.trades.closed ? candles.openTimeAt(book.trades.exitIndex[k]!) : Number.POSITIVE_INFINITY;
    return [candles.openTimeAt(book.trades.entryIndex[k]!), exit] as const;
  });
  for (let i = 0; i < COUNT; i++) {
    const at = curve.openTime[i]!;
    if (spans.some(([from, to]) => from <= at && at < to)) minutes += 1;
  }
  expect(statistics.exposure).toBeCloseTo(minutes / COUNT, 12);
  expect(statistics.fees).toBeCloseTo(Number(formatDecimal(account.figures().fees)), 6);
});
