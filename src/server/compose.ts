import { MarketClock } from '#adapters/clock/market-clock.ts';
import { BoundaryFeed, type CandleSource, type Pace } from '#adapters/market-data/feed.ts';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import { type SavedMarket, SimulatedVenue } from '#adapters/venues/simulated.ts';
import type { AccountId, Bot, BotId, MarketSymbol } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { Grid } from '#core/grid.ts';
import type { FeeRates, Instrument } from '#core/instruments.ts';
import { type Money, quantity } from '#core/money.ts';
import { type OrderOwner, ownerPrefix } from '#core/orders.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import { Account } from '#engine/account.ts';
import { BotRun } from '#engine/bot-run.ts';
import { runLoop } from '#engine/loop.ts';
import { NO_RECORDS, type Recorder } from '#engine/recorder.ts';
import { SymbolRun } from '#engine/symbol-run.ts';
import type { Feed } from '#ports/market-data.ts';
import { IndicatorRules } from '#strategies/indicator-rules/strategy.ts';

/** What a paper account pays: 0.1 % of the notional, making or taking. */
export const PAPER_FEES: FeeRates = { maker: quantity('0.001'), taker: quantity('0.001') };

/** One symbol's market as the simulated venue is to trade it. */
export interface SimulatedMarket {
  readonly symbol: MarketSymbol;
  readonly instrument: Instrument;
  readonly candles: Candles;
  readonly source: CandleSource;
  readonly saved?: SavedMarket;
}

/** A bot on the simulated venue, ready to run: paper and backtest differ in what they hand in, and in nothing else. */
export interface Assembled {
  readonly clock: MarketClock;
  readonly feed: Feed;
  readonly venue: SimulatedVenue;
  readonly account: Account;
  readonly bot: BotRun;
}

export interface Assembly {
  readonly bot: Bot;
  readonly botId: BotId;
  readonly accountId: AccountId;
  readonly startingBalance: Money;
  readonly fees: FeeRates;
  readonly markets: readonly SimulatedMarket[];
  readonly start: EpochMs;
  /** Left out: as fast as it goes. */
  readonly pace?: (clock: MarketClock) => Pace;
  readonly recorder: Recorder;
}

export function assemble({
  bot,
  botId,
  accountId,
  startingBalance,
  fees,
  markets,
  start,
  pace,
  recorder,
}: Assembly): Assembled {
  const clock = new MarketClock(start);
  const venue = new SimulatedVenue();
  const prices = bot.brackets?.rounding === 'none' ? 'free' : 'on-tick';
  const runs = markets.map(({ symbol, instrument, candles, saved }) => {
    const grid = new Grid(instrument, fees, prices);
    const prefix = ownerPrefix(accountId, botId, symbol, bot.timeframe);
    const owner: OrderOwner = { accountId, botId, symbol, timeframe: bot.timeframe, prefix };
    const run = new SymbolRun(owner, bot, grid, candles, new IndicatorRules(bot, candles), recorder);
    venue.open(symbol, grid, candles, saved);
    venue.listen(symbol, run);
    return run;
  });
  const account = new Account(accountId, startingBalance, runs);
  const series = markets.map(({ symbol, source }) => ({ source, exchange: venue.exchange(symbol) }));
  const feed = new BoundaryFeed(series, clock, pace?.(clock));
  return { clock, feed, venue, account, bot: new BotRun(runs, account, venue, recorder) };
}

/** A backtest: recorded candles as fast as they go, nothing written, the account starting with the bot's capital. */
export interface Backtest {
  readonly bot: Bot;
  readonly recorded: Candles;
  readonly instrument: Instrument;
  readonly fees: FeeRates;
}

export async function runBacktest({ bot, recorded, instrument, fees }: Backtest): Promise<Account> {
  const source = new ReplaySource(recorded);
  const {
    feed,
    account,
    bot: botRun,
  } = assemble({
    bot,
    botId: 'backtest' as BotId,
    accountId: 'backtest' as AccountId,
    startingBalance: bot.capital,
    fees,
    markets: [{ symbol: instrument.symbol, instrument, candles: source.candles, source }],
    start: epochMs(recorded.openTime.values[0] ?? 0),
    recorder: NO_RECORDS,
  });
  await runLoop({ feed, bots: [botRun], accounts: [account], recorder: NO_RECORDS });
  return account;
}
