import { describe, expect, test } from 'vitest';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import { BYBIT } from '#core/margin/models.ts';
import { SeededMarket } from '#core/market.ts';
import { formatDecimal, type Ratio, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { runBacktest } from '#server/compose.ts';
import { readFundingFile } from '#server/files/funding-file.ts';
import { recordedPrices } from '#simulator/price-streams.ts';
import { openBybit } from '#tests/builders/bybit-exchange.ts';
import { feesOf, instrumentOf } from '#tests/builders/instruments.ts';
import { tiersOf } from '#tests/builders/margin.ts';
import { areThere, casesPath } from '#tests/conformance/cases.ts';
import { LiveRun } from './live-run.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const HISTORY = 30;
const HOUR = 3_600_000;
const QUANTITY = '0.02';

const FILE = casesPath('..', 'instruments', 'funding_bybit_linear_BTCUSDT.csv.gz');

/** Enters at the first close and holds. */
function holder(side: 'long' | 'short') {
  return {
    name: 'Holds',
    kind: 'indicator-rules',
    capital: '5000',
    symbols: ['BTC/USDT'],
    timeframe: '1h',
    warmupCandles: HISTORY,
    entry: { [side]: ['close', '>', 1] },
    exit: { [side]: ['close', '<', 1] },
    sizing: { quantity: QUANTITY },
    leverage: 5,
    marginMode: 'isolated',
  };
}

/** A day and some hours around the events, from before the bot begins. */
function candlesAround([first]: readonly FundingEvent[]): Candles {
  const startTime = (first!.at - (HISTORY + 3) * HOUR) as EpochMs;
  const market = new SeededMarket({
    seed: 3,
    startPrice: 60_000,
    tick: '0.1',
    lot: '0.001',
    timeframe: '1h',
    startTime,
  });
  const candles = new Candles('1h');
  for (let k = 0; k < HISTORY + 30; k++) candles.append(market.next());
  return candles;
}

/** What is booked, as decimals: at what time, at which price, and how much. */
const booked = (funding: readonly (FundingEvent & { mark: bigint; amount: bigint; quantity: bigint })[]) =>
  funding.map(({ at, rate, mark, quantity, amount }) => [at, rate, mark, quantity, amount].map(String));

/** -quantity x mark x rate, down to 1e-12: who pays pays no less, who receives receives no more. */
function amountOf(signed: bigint, mark: bigint, rate: bigint): bigint {
  const exact = -signed * mark * rate;
  const unit = 10n ** 24n;
  return exact >= 0n ? exact / unit : -((-exact + unit - 1n) / unit);
}

async function held(side: 'long' | 'short', events: readonly FundingEvent[]) {
  const candles = candlesAround(events);
  const simulator = await openBybit([recordedPrices(BTC, candles)], {
    history: HISTORY,
    pace: 'lock-step',
    bybit: { funding: { BTCUSDT: events } },
  });
  const live = new LiveRun(simulator, holder(side));
  await live.run();
  expect(live.said).toEqual([]);
  return { live, candles };
}

/** The same bot's backtest with the same events. */
async function tested(side: 'long' | 'short', candles: Candles, funding: readonly FundingEvent[]) {
  const contract = { tiers: tiersOf(['300000', '0.0033', '150']), funding };
  const account = await runBacktest({
    bot: readBotFile(JSON.stringify(holder(side))),
    series: [new ReplaySource(instrumentOf({ tick: '0.1', lot: '0.001', minNotional: '5' }), candles)],
    fees: feesOf('0.00055', '0.0002'),
    margin: {
      model: BYBIT,
      dailyInterest: 0n as Ratio,
      contracts: new Map([[BTC, contract]]),
    },
  });
  return account.runs[0]!.book;
}

async function checkFunding(side: 'long' | 'short', events: readonly FundingEvent[]): Promise<void> {
  const { live, candles } = await held(side, events);
  const { book } = live;
  const sign = side === 'long' ? 1n : -1n;
  const signed = sign * 20_000_000_000n;
  expect(book.carries.map(({ at, rate, quantity }) => [at, rate, quantity])).toEqual(
    events.map(({ at, rate }) => [at, rate, signed]),
  );
  for (const { mark, rate, amount } of book.carries) expect(amount).toBe(amountOf(signed, mark, rate));
  // A candle's open is the price at the moment of the event.
  const opens = events.map(({ at }) => candles.at(candles.indexClosedAt((at + HOUR) as EpochMs)).open);
  expect(book.carries.map(({ mark }) => Number(formatDecimal(mark)))).toEqual(opens);
  expect(booked(book.carries)).toEqual(booked((await tested(side, candles, events)).carries));
}

describe('a position held over three fundings is charged what Bybit charges', () => {
  const START = Date.UTC(2026, 0, 6) as EpochMs;
  const INVENTED = ['0.0001', '-0.00003127', '0.000010070001'].map((rate, k) => ({
    at: (START + 8 * k * HOUR) as EpochMs,
    rate: ratio(rate),
  }));

  test.each(['long', 'short'] as const)('a %s, at invented rates', (side) => checkFunding(side, INVENTED));

  const isThere = areThere('funding as Bybit recorded it', FILE);
  test.runIf(isThere).each(['long', 'short'] as const)('a %s, at recorded rates', async (side) => {
    const recorded = await readFundingFile(FILE);
    const turn = recorded.findLastIndex(
      ({ rate }, k) => k < recorded.length - 2 && rate < 0n && recorded[k + 1]!.rate > 0n,
    );
    await checkFunding(side, recorded.slice(turn - 1, turn + 2));
  });
});
