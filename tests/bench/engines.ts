import { readFileSync } from 'node:fs';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import { BYBIT } from '#core/margin/models.ts';
import { money, price, quantity, ratio, toNumber } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { statisticsOf } from '#engine/account-statistics.ts';
import type { MarginSetup } from '#server/accounts/contracts.ts';
import { type ComposedBacktest, composeBacktest, PAPER_FEES } from '#server/compose.ts';
import { tiersOf } from '#tests/builders/margin.ts';
import { bareLoop, smaCross } from './bare-loop.ts';
import { generateCandles } from './generator.ts';
import { type Contestant, type Measurement, measure } from './measure.ts';
import { runYardstick, type YardstickResult } from './yardstick.ts';

const SEED = 20260101;
const COUNT = 1_000_000;
/** The engine is some forty functions: it takes V8 that many runs until none of them is compiled again. */
const WARM_UPS = 20;
const FUNDING_EVERY_MS = 8 * 3_600_000;
const SWEEP_COUNT = 100_000;
const SWEEP_WARMUP = 120;

/** What the runs must come to: a benchmark of something else is worth nothing. */
const EXPECTED = {
  W1q: { trades: 18_608, finalEquity: 9_597_803.691 },
  W2: { trades: 23_980, finalEquity: 9_376_468.226907987 },
  W2m: { trades: 25_271, finalEquity: 9_371_954.653125 },
} as const;

const INSTRUMENT: Instrument = {
  symbol: 'BTC/USDT' as MarketSymbol,
  base: 'BTC',
  quote: 'USDT',
  tick: price('0.25'),
  lot: quantity('1'),
  minQuantity: quantity('1'),
  minNotional: money('0'),
  calendar: 'always',
};

/** Our engine with everything in (ledger, equity curve, trade log, sizing, statistics), the bare loop and the yardstick. */
export async function measureEngines(): Promise<Measurement[]> {
  const candles = generateCandles(COUNT, SEED);
  const results: Measurement[] = [];
  for (const [workload, file] of [
    ['W1q', 'sma-cross'],
    ['W2', 'rsi-atr-brackets'],
  ] as const) {
    const check = checked(workload);
    results.push(
      ...(await measure(
        workload,
        COUNT,
        [
          autotrader(candles, botOf(file), check),
          { engine: 'bare loop', prepare: () => () => check(bareLoop(workload, candles, COUNT)) },
          { engine: 'yardstick', prepare: () => () => check(runYardstick(workload, candles, COUNT)) },
        ],
        WARM_UPS,
      )),
    );
  }
  return [...results, ...(await measureMargin(candles)), ...(await measureSweep())];
}

/** W2m: W2 at 10x on isolated margin, with funding every eight hours and a stop that trails. Nobody else has it. */
async function measureMargin(candles: Candles): Promise<Measurement[]> {
  const file = JSON.parse(readFileSync('examples/rsi-atr-brackets.json', 'utf8'));
  const brackets = { ...file.brackets, rounding: 'toward-entry', trail: { atrMultiple: 2, period: 14 } };
  const bot = readBotFile(JSON.stringify({ ...file, timeframe: '1m', brackets, leverage: 10 }));
  const margin: MarginSetup = {
    model: BYBIT,
    dailyInterest: ratio('0'),
    contracts: new Map([
      [INSTRUMENT.symbol, { tiers: tiersOf(['1000000000', '0.005', '100']), funding: fundingOver(candles) }],
    ]),
  };
  return measure('W2m', COUNT, [autotrader(candles, bot, checked('W2m'), margin)], WARM_UPS);
}

function fundingOver(candles: Candles): FundingEvent[] {
  const first = candles.openTimeAt(0) + FUNDING_EVERY_MS - (candles.openTimeAt(0) % FUNDING_EVERY_MS);
  const end = candles.closeTimeAt(COUNT - 1);
  const rate = ratio('0.0001');
  return Array.from({ length: Math.ceil((end - first) / FUNDING_EVERY_MS) }, (_, k) => ({
    at: (first + k * FUNDING_EVERY_MS) as EpochMs,
    rate,
  }));
}

/** W3: a hundred pairs of averages, one after the other on one thread. */
async function measureSweep(): Promise<Measurement[]> {
  const candles = generateCandles(SWEEP_COUNT, SEED);
  const pairs = sweepPairs();
  const base = botOf('sma-cross');
  return measure('W3', SWEEP_COUNT * pairs.length, [
    {
      engine: 'autotrader',
      prepare: () => async () => {
        for (const [fast, slow] of pairs) {
          const { account, run } = composed(candles, withPeriods(base, fast, slow));
          await run();
          statisticsOf(account);
        }
      },
    },
    {
      engine: 'bare loop',
      prepare: () => () => {
        for (const [fast, slow] of pairs) smaCross(candles, SWEEP_COUNT, fast, slow, SWEEP_WARMUP);
      },
    },
  ]);
}

function autotrader(
  candles: Candles,
  bot: Bot,
  check: (result: YardstickResult) => void,
  margin?: MarginSetup,
): Contestant {
  // The last finished run stays alive: with all of its objects collected, V8 would throw away the code it compiled for them.
  let last: ComposedBacktest | undefined;
  return {
    engine: 'autotrader',
    prepare: () => {
      const backtest = composed(candles, bot, margin);
      return async () => {
        await backtest.run();
        statisticsOf(backtest.account);
        const { equity, total } = backtest.account.figures();
        check({ trades: total, finalEquity: toNumber(equity) });
        last = backtest;
        return last;
      };
    },
  };
}

function composed(recorded: Candles, bot: Bot, margin?: MarginSetup): ComposedBacktest {
  const series = [new ReplaySource(INSTRUMENT, recorded)];
  return composeBacktest({ bot, series, fees: PAPER_FEES, margin });
}

function botOf(name: string): Bot {
  const file = JSON.parse(readFileSync(`examples/${name}.json`, 'utf8'));
  return readBotFile(JSON.stringify({ ...file, timeframe: '1m' }));
}

function withPeriods(bot: Bot, fast: number, slow: number): Bot {
  const text = JSON.stringify(bot, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  const changed = text
    .replaceAll('"parameters":[10]', `"parameters":[${fast}]`)
    .replaceAll('"parameters":[30]', `"parameters":[${slow}]`);
  const revived = JSON.parse(changed, (_, value) => (/^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value));
  return { ...revived, warmupCandles: SWEEP_WARMUP };
}

function sweepPairs(): (readonly [fast: number, slow: number])[] {
  const fasts = Array.from({ length: 10 }, (_, k) => 5 + 2 * k);
  const slows = Array.from({ length: 10 }, (_, k) => 30 + 10 * k);
  return fasts.flatMap((fast) => slows.map((slow) => [fast, slow] as const));
}

function checked(workload: keyof typeof EXPECTED): (result: YardstickResult) => void {
  const { trades, finalEquity } = EXPECTED[workload];
  return (result) => {
    if (result.trades === trades && Math.abs(result.finalEquity / finalEquity - 1) < 1e-9) return;
    throw new Error(
      `${workload} came to ${JSON.stringify(result)} where it must come to ${JSON.stringify(EXPECTED[workload])}`,
    );
  };
}
