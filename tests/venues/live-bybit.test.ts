import { expect, test } from 'vitest';
import type { Bot, MarketSymbol } from '#core/bots.ts';
import { Candles } from '#core/candles.ts';
import { SeededMarket } from '#core/market.ts';
import type { EpochMs } from '#core/time.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { recordedPrices } from '#simulator/price-streams.ts';
import { backtestOf } from '#tests/builders/backtests.ts';
import { openBybit } from '#tests/builders/bybit-exchange.ts';
import { LiveRun } from './live-run.ts';

const HISTORY = 60;
const START = Date.UTC(2026, 0, 5) as EpochMs;

const BOT = {
  name: 'Live',
  kind: 'indicator-rules',
  capital: '5000',
  symbols: ['BTC/USDT'],
  timeframe: '5m',
  warmupCandles: HISTORY,
  entry: { long: ['sma(5)', 'crosses-above', 'sma(13)'], short: ['sma(5)', 'crosses-below', 'sma(13)'] },
  exit: { long: ['rsi(7)', '>', 75], short: ['rsi(7)', '<', 25] },
  brackets: { stop: { percent: 0.4 }, target: { percent: 0.6 }, anchor: 'signal' },
  sizing: { quantity: '0.02' },
};

function seeded(count: number, seed = 7): Candles {
  const market = new SeededMarket({ seed, startPrice: 60_000, tick: '0.1', lot: '0.001', timeframe: '5m', startTime: START });
  const candles = new Candles('5m');
  for (let k = 0; k < count; k++) candles.append(market.next());
  return candles;
}

test('a bot on Bybit fills as its backtest does', async () => {
  const candles = seeded(200);
  const prices = recordedPrices('BTC/USDT' as MarketSymbol, candles);
  const simulator = await openBybit([prices], { history: HISTORY, pace: 'lock-step' });
  const live = new LiveRun(simulator, BOT);
  const t = setInterval(() => console.log(simulator.line.now, simulator.line.isEnded, live.said, simulator.journal.list().slice(-7).map((e: any) => `${e.at} ${e.route} ${e.query.slice(-30)}`)), 3000);
  await live.run();
  clearInterval(t);
  const bot: Bot = readBotFile(JSON.stringify(BOT));
  const rules = { tick: '0.1', lot: '0.001', minQuantity: '0.001', minNotional: '5' };
  const { fills } = await backtestOf(bot, candles, rules);
  const filled = (await live.fills()).map((row) => [row.executedAt, row.side, row.quantity, row.price]);
  console.log(fills.length, filled.length, live.said, filled.slice(0, 6), fills.slice(0, 6));
  expect(filled.length).toBeGreaterThan(10);
}, 60_000);
