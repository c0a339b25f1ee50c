import { afterEach, expect, test, vi } from 'vitest';
import { BoundaryFeed } from '#adapters/market-data/feed.ts';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import type { Bot } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { BINANCE, BYBIT, genericModel } from '#core/margin/models.ts';
import { formatDecimal, type Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { composeBacktest } from '#server/compose.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { feesOf, instrumentOf } from '#tests/builders/instruments.ts';
import { tiersOf } from '#tests/builders/margin.ts';

/** A replay that passes over quiet candles must not pass over funding or a liquidation. */
const COUNT = 4_000;
const EIGHT_HOURS = 8 * 3_600_000;
const CANDLES = generateCandles(COUNT, 7);
const SYMBOL = 'BTC/USDT' as MarketSymbol;
const FUNDING = Array.from({ length: 40 }, (_, k) => ({
  at: (CANDLES.openTimeOf(0) + k * (EIGHT_HOURS / 8) + (k % 3) * 30_000) as EpochMs,
  rate: (BigInt((k % 5) - 2) * 10n ** 8n) as Ratio,
}));
const RULES = {
  capital: 20_000_000,
  entry: { long: ['sma(5)', 'crosses-above', 'sma(20)'], short: ['sma(5)', 'crosses-below', 'sma(20)'] },
  maxTradeCandles: 500,
  onOpposite: 'ignore',
};

afterEach(() => vi.restoreAllMocks());

async function told(bot: Bot, model: typeof BYBIT, most: number) {
  const { skip } = BoundaryFeed.prototype;
  vi.spyOn(BoundaryFeed.prototype, 'skip').mockImplementation(function (this: BoundaryFeed, count) {
    return skip.call(this, Math.min(most, count));
  });
  const { account, contracts, run } = composeBacktest({
    bot,
    series: [new ReplaySource(instrumentOf({ tick: '0.25', lot: '0.001' }), CANDLES)],
    fees: feesOf('0.00055'),
    margin: {
      model,
      dailyInterest: 0n as Ratio,
      contracts: new Map([[SYMBOL, { tiers: tiersOf(['1000000000', '0.005', '125']), funding: FUNDING }]]),
    },
  });
  await run();
  vi.restoreAllMocks();
  const { book } = account.runs[0]!;
  const { trades } = book;
  const reasons = Array.from({ length: trades.length }, (_, k) => trades.exitReason(k));
  return {
    reasons,
    fills: Array.from({ length: book.fills.length }, (_, k) => [
      book.fills.at(k),
      book.fills.leg(k),
      book.fills.price(k),
    ]),
    carries: book.carries,
    equity: [...account.equity.values.subarray(0, account.boundaries)],
    finalEquity: formatDecimal(account.exactEquity()),
    wallet: formatDecimal(contracts.get(SYMBOL)!.account.wallet),
  };
}

test.each([
  { name: 'isolated at Bybit', model: BYBIT, file: { leverage: 100 } },
  { name: 'cross at Binance', model: BINANCE, file: { leverage: 100, marginMode: 'cross', capital: 1_200 } },
  {
    name: 'closed at the market',
    model: genericModel(),
    file: { leverage: 100, brackets: { stop: { percent: 0.8 } } },
  },
])('$name: candle by candle and in leaps', async ({ model, file }) => {
  const bot = botOf({ ...RULES, ...file });
  const leaping = await told(bot, model, Number.POSITIVE_INFINITY);
  expect(await told(bot, model, 0)).toEqual(leaping);
  expect(leaping.reasons).toContain('liquidation');
  expect(leaping.carries.length).toBeGreaterThan(2);
});
