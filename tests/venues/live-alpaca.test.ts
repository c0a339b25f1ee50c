import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readBotFile } from '#contract/bot-file.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { seededChance } from '#core/random.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { readCandleFile } from '#server/files/candle-files.ts';
import { recordedPrices } from '#simulator/price-streams.ts';
import { openAlpaca, SHORT_DAY_CLOSE, SHORT_DAY_OPEN } from '#tests/builders/alpaca-exchange.ts';
import { backtestOf } from '#tests/builders/backtests.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { LiveRun } from './live-run.ts';

const SPY = fileURLToPath(
  new URL('../../../shared/data/stocks/us_SPY_1m_2025-07_extended-hours.csv.gz', import.meta.url),
);
const HISTORY = 60;
const DAYS_MS = 5 * 86_400_000;

const BOT = {
  name: 'Shares',
  kind: 'indicator-rules',
  capital: '20000',
  symbols: ['SPY/USD'],
  timeframe: '1m',
  warmupCandles: HISTORY,
  entry: { long: ['sma(3)', 'crosses-above', 'sma(8)'], short: ['sma(3)', 'crosses-below', 'sma(8)'] },
  exit: { long: ['rsi(5)', '>', 80], short: ['rsi(5)', '<', 20] },
  brackets: { stop: { percent: 0.05 }, target: { percent: 0.08 }, anchor: 'signal' },
  sizing: { quantity: '10' },
  // The last candle of a session calls for nothing: what came of it would be sent while the market is closed.
  tradingWindow: { start: '09:30', end: '12:55', zone: 'America/New_York' },
};

const RULES = { symbol: 'SPY/USD', tick: '0.01', lot: '1', minQuantity: '1', minNotional: '1' };

/** The short day with what comes before it, and the first hour of the session after it. */
function aroundTheShortDay(all: Candles): Candles {
  const from = all.indexAt(SHORT_DAY_OPEN) - HISTORY;
  const candles = new Candles('1m', undefined, 0, US_STOCKS);
  for (let i = from; i < all.length && all.openTimeAt(i) < SHORT_DAY_OPEN + DAYS_MS; i++) {
    if (candles.length < HISTORY + 270) candles.append(all.at(i));
  }
  return candles;
}

/** Time, side, quantity and price of each fill of the bot's backtest. */
async function tested(candles: Candles): Promise<(string | number)[][]> {
  const { fills } = await backtestOf(readBotFile(JSON.stringify(BOT)), candles, RULES);
  return fills.map(([at, , , quantity, price]) => [
    Number(at),
    Number(quantity) > 0 ? 'buy' : 'sell',
    Math.abs(Number(quantity)),
    Number(price) / 100,
  ]);
}

async function filled(live: LiveRun): Promise<(string | number)[][]> {
  return (await live.fills()).map((row) => [row.executedAt, row.side, Number(row.quantity), Number(row.price)]);
}

async function run(candles: Candles): Promise<LiveRun> {
  const prices = recordedPrices('SPY/USD' as MarketSymbol, candles);
  const { simulator, service } = await openAlpaca([prices], { history: HISTORY, pace: 'lock-step' });
  service.conditions.rateLimits = false;
  const live = new LiveRun(simulator, BOT, 'alpaca');
  await live.run();
  return live;
}

async function expectTheSame(candles: Candles): Promise<void> {
  const live = await run(candles);
  const wanted = await tested(candles);
  expect(wanted.length).toBeGreaterThan(15);
  expect(wanted.some(([at]) => Number(at) > SHORT_DAY_CLOSE)).toBe(true);
  expect(await filled(live)).toEqual(wanted);
  expect(live.said).toEqual([]);
}

test('a bot on Alpaca fills as its backtest does: SPY on July 3rd, 2025, over the early close', async ({ skip }) => {
  if (!existsSync(SPY)) skip(`there is no ${SPY}`);
  const { candles } = await readCandleFile(SPY, { calendar: US_STOCKS, allowGaps: true });
  await expectTheSame(aroundTheShortDay(candles));
});

test('a bot on Alpaca fills as its backtest does: invented minutes', async () => {
  const chance = seededChance(3);
  let last = 600;
  const cents = (value: number) => Math.round(value * 100) / 100;
  const candles = stockCandles('2025-07-02', '2025-07-07', '1m', () => {
    const open = last;
    const close = cents(open + (chance.next() - 0.5) * 0.6);
    last = close;
    const high = cents(Math.max(open, close) + chance.next() * 0.2);
    return [open, high, cents(Math.min(open, close) - chance.next() * 0.2), close, 1000];
  });
  await expectTheSame(aroundTheShortDay(candles));
});
