import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { SeededMarket } from '#core/market.ts';
import type { EpochMs } from '#core/time.ts';
import type { FaultRule } from '#simulator/faults.ts';
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
  const market = new SeededMarket({
    seed,
    startPrice: 60_000,
    tick: '0.1',
    lot: '0.001',
    timeframe: '5m',
    startTime: START,
  });
  const candles = new Candles('5m');
  for (let k = 0; k < count; k++) candles.append(market.next());
  return candles;
}

const RULES = { tick: '0.1', lot: '0.001', minQuantity: '0.001', minNotional: '5' };

/** Time, side, quantity and price of each fill of the bot's backtest. */
async function tested(candles: Candles): Promise<(string | number)[][]> {
  const { fills } = await backtestOf(readBotFile(JSON.stringify(BOT)), candles, RULES);
  return fills.map(([at, , , quantity, price]) => {
    const signed = Number(quantity);
    return [Number(at), signed > 0 ? 'buy' : 'sell', Math.abs(signed) / 1000, Number(price) / 10];
  });
}

async function filled(live: LiveRun): Promise<(string | number)[][]> {
  return (await live.fills()).map((row) => [row.executedAt, row.side, Number(row.quantity), Number(row.price)]);
}

async function openTwin(candles: Candles) {
  const prices = recordedPrices('BTC/USDT' as MarketSymbol, candles);
  return openBybit([prices], { history: HISTORY, pace: 'lock-step' });
}

test('a bot on Bybit fills as its backtest does', async () => {
  const candles = seeded(200);
  const live = new LiveRun(await openTwin(candles), BOT);
  await live.run();
  const wanted = await tested(candles);
  expect(wanted.length).toBeGreaterThan(15);
  expect(await filled(live)).toEqual(wanted);
  expect(live.said).toEqual([]);
});

/** What the account is told of, or is not told of, and what becomes of it. */
const FAULTS: readonly { readonly name: string; readonly rule: Omit<FaultRule, 'service'> }[] = [
  {
    name: 'every third order is taken, and its answer lost',
    rule: { route: 'POST /v5/order/create', fault: { kind: 'drop-reply' }, probability: 0.35 },
  },
  {
    name: 'some answers are an error of the server after acting',
    rule: {
      route: 'POST /v5/order/create',
      fault: { kind: 'answer', status: 500, body: 'oops', acts: true },
      probability: 0.35,
    },
  },
  { name: 'the private stream is mute', rule: { route: 'STREAM /v5/private *order*', fault: { kind: 'mute' } } },
  {
    name: 'the private stream says all twice',
    rule: { route: 'STREAM /v5/private *order*', fault: { kind: 'duplicate' } },
  },
  {
    name: 'the private stream is out of order',
    rule: { route: 'STREAM /v5/private *order*', fault: { kind: 'reorder' }, probability: 0.5 },
  },
  {
    name: 'the private stream breaks now and then',
    rule: { route: 'STREAM /v5/private *order*', fault: { kind: 'disconnect' }, probability: 0.1 },
  },
  { name: 'reads fail now and then', rule: { route: 'GET /v5/*', fault: { kind: 'drop-reply' }, probability: 0.05 } },
];

test.each(FAULTS)('and when $name', { timeout: 120_000 }, async ({ rule }) => {
  const candles = seeded(110);
  const simulator = await openTwin(candles);
  const live = new LiveRun(simulator, BOT);
  simulator.faults.set({ service: 'bybit', ...rule });
  // What an account hears of its orders and of its fills are two topics.
  if (rule.route.endsWith('order*'))
    simulator.faults.set({ service: 'bybit', ...rule, route: 'STREAM /v5/private *execution*' });
  await live.run();
  expect(await filled(live)).toEqual(await tested(candles));
  const ids = (await live.fills()).map(({ venueTradeId }) => venueTradeId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ended and started again, it goes on with what it holds', { timeout: 120_000 }, async () => {
  const candles = seeded(200);
  const simulator = await openTwin(candles);
  const live = new LiveRun(simulator, BOT);
  let starts = 0;
  while (!simulator.line.isEnded && starts < 20) {
    const until = simulator.line.now + 12 * candles.durationMs;
    const running = live.run();
    starts += 1;
    while (simulator.line.now < until && !simulator.line.isEnded)
      await systemClock.sleep(1, new AbortController().signal);
    if (!simulator.line.isEnded) live.kill();
    await running;
  }
  expect(starts).toBeGreaterThan(8);
  expect(await filled(live)).toEqual(await tested(candles));
});
