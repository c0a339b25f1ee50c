import type { Patience } from '#adapters/calls/patience.ts';
import { MarketClock } from '#adapters/clock/market-clock.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { BoundaryFeed, type FeedSeries, type Pace, type SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Broker } from '#adapters/venues/broker.ts';
import { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import { CaughtUpPace } from '#adapters/venues/caught-up-pace.ts';
import { type AccountId, type AccountLimits, type Bot, type BotId, NO_LIMITS } from '#core/bots.ts';
import type { Candle } from '#core/candles.ts';
import { Grid } from '#core/grid.ts';
import type { FeeRates, MarketSymbol } from '#core/instruments.ts';
import type { ContractMargin } from '#core/margin/contract-margin.ts';
import { MarginWallet } from '#core/margin/margin-wallet.ts';
import { DEFAULT_EXECUTION } from '#core/matching/execution-model.ts';
import type { ExchangeSetup } from '#core/matching/matching.ts';
import { utcDayEnd } from '#core/matching/time-in-force.ts';
import { type Money, money, quantity } from '#core/money.ts';
import type { Bell, Request } from '#core/occasions.ts';
import { type OrderOwner, ownerPrefix } from '#core/orders.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import type { EpochMs } from '#core/time.ts';
import { Account } from '#engine/account.ts';
import { BotRun } from '#engine/bot-run.ts';
import { tradedInstrument } from '#engine/capabilities.ts';
import { runLoop } from '#engine/loop.ts';
import { BookingOrder, NO_RECORDS, type Recorder } from '#engine/recorder.ts';
import { readBot, restoreRuns, type StoredBot } from '#engine/restore.ts';
import { snapshotDue } from '#engine/snapshots.ts';
import { StoreRecorder } from '#engine/store-recorder.ts';
import { SymbolRun } from '#engine/symbol-run.ts';
import type { Clock, WallClock } from '#ports/clock.ts';
import type { Feed, MarketData } from '#ports/market-data.ts';
import type { AccountRow, BotRow, ChangeSet, CycleRow, OrderRow, Store } from '#ports/store.ts';
import type { PastDecisions } from '#strategies/model-answers/past-decisions.ts';
import { type Contracts, contractsOf, type MarginSetup, rulesOf } from './accounts/contracts.ts';
import { bellOf, resumeWatches, watchOf } from './markets/market-watches.ts';
import { openSeries } from './markets/markets.ts';
import { checkSameCandles } from './markets/same-candles.ts';
import { readPastDecisions } from './models/past-decisions.ts';
import { type Asking, strategyOf } from './strategies.ts';
import { LivePlace, SimulatedPlace, type TradingPlace } from './trading-places.ts';

/** Of what a venue is asked again after a restart: its times and ours may differ by a little. */
const OVERLAP_MS = 60_000;
const WORKING: readonly OrderRow['state'][] = ['intended', 'submitted', 'open', 'unknown'];

/** What a paper account pays of the notional, making or taking: 0.1 %. */
export const PAPER_FEE_RATE = '0.001';
export const PAPER_FEES: FeeRates = { maker: quantity(PAPER_FEE_RATE), taker: quantity(PAPER_FEE_RATE) };

/** A bot ready to run: backtest, paper and live differ in what they hand in, and in nothing else. */
interface Assembled {
  readonly place: TradingPlace;
  readonly contracts: Contracts;
  readonly account: Account;
  readonly bot: BotRun;
  readonly series: readonly FeedSeries[];
}

interface Assembly {
  readonly bot: Bot;
  readonly botId: BotId;
  readonly accountId: AccountId;
  readonly startingBalance: Money;
  readonly fees: FeeRates;
  readonly limits: AccountLimits;
  readonly series: readonly SourcedSeries[];
  /** Left out, everything is bought and sold outright. */
  readonly margin?: MarginSetup | undefined;
  /** Somebody else's venue; left out, the exchange inside. */
  readonly place?: TradingPlace;
  /** What calls the bot beside closes; left out, nothing does. */
  readonly bell?: Bell | undefined;
  /** Whom the bot asks; left out for one that asks nobody. */
  readonly asking?: Asking | undefined;
  /** What it decided before, by symbol. */
  readonly past?: ReadonlyMap<MarketSymbol, PastDecisions> | undefined;
  /** Makes the recorder of the runs, whose account is known by then. */
  readonly recorder: (account: Account) => Recorder;
}

function assemble({
  bot,
  botId,
  accountId,
  startingBalance,
  fees,
  limits,
  series,
  margin,
  place: elsewhere,
  bell,
  asking,
  past,
  recorder: makeRecorder,
}: Assembly): Assembled {
  // A venue may fill between its ticks.
  const prices = elsewhere !== undefined || bot.brackets?.rounding === 'none' ? 'free' : 'on-tick';
  const contracts = contractsOf(bot, margin, new MarginWallet(startingBalance), series, fees);
  const sources = new Map(series.map((source) => [source.symbol, source]));
  const setupOf = (symbol: MarketSymbol) => exchangeSetup(bot, sources.get(symbol)!, contracts.get(symbol));
  const place = elsewhere ?? new SimulatedPlace(setupOf);
  const { venue } = place;
  const feedSeries: FeedSeries[] = [];
  const runs = series.map((source) => {
    const { symbol, instrument, candles } = source;
    const grid = new Grid(tradedInstrument(bot, instrument, venue.capabilities), fees, prices);
    const prefix = ownerPrefix(accountId, botId, symbol, bot.timeframe);
    const owner: OrderOwner = { accountId, botId, symbol, timeframe: bot.timeframe, prefix };
    feedSeries.push({ source, exchange: place.open(symbol, grid, candles), watch: watchOf(bot, candles) });
    const strategy = strategyOf({ bot, botId, series: source, asking, past: past?.get(symbol) });
    return new SymbolRun(owner, bot, grid, source, strategy, rulesOf(margin, symbol));
  });
  const account = new Account(accountId, startingBalance, runs, limits);
  const recorder = makeRecorder(account);
  for (const run of runs) {
    run.listen(recorder);
    venue.listen(run.owner.symbol, run);
  }
  return { place, contracts, account, bot: new BotRun(runs, account, venue, recorder, bell), series: feedSeries };
}

/** What the exchange inside is told of a bot's market. */
function exchangeSetup(
  { execution: model = DEFAULT_EXECUTION }: Bot,
  { candles: { calendar }, inside }: SourcedSeries,
  margin: ContractMargin | undefined,
): ExchangeSetup {
  const dayEndsAt = calendar === ALWAYS ? utcDayEnd : (time: EpochMs) => calendar.sessionAt(time).close;
  return { model, inside, dayEndsAt, margin };
}

/** A backtest: recorded candles as fast as they go, nothing written, the account starting with the bot's capital. */
export interface Backtest {
  readonly bot: Bot;
  /** Recorded candles of each of its symbols, in their order, with what happened inside them where that is known. */
  readonly series: readonly SourcedSeries[];
  readonly fees: FeeRates;
  readonly margin?: MarginSetup | undefined;
  /** Whom the bot asks; left out for one that asks nobody. */
  readonly asking?: Asking | undefined;
}

/** What a backtest runs with; kept together so that whoever measures it can keep it alive. */
export interface ComposedBacktest {
  readonly account: Account;
  readonly contracts: Contracts;
  /** The run of each fill and payment, in the order in which they came. */
  readonly order: () => readonly SymbolRun[];
  readonly run: () => Promise<void>;
}

export function composeBacktest({ bot, series: sources, fees, margin, asking }: Backtest): ComposedBacktest {
  const start = Math.min(...sources.map(({ candles }) => candles.openTimeOf(0))) as EpochMs;
  const isCalled = bot.intervalMs !== undefined || bot.callingEvents !== undefined;
  const bell = isCalled ? bellOf(bot, start, sources) : undefined;
  // One symbol's come in the order of its log.
  const bookings = sources.length > 1 ? new BookingOrder() : undefined;
  const {
    account,
    contracts,
    bot: botRun,
    series,
  } = assemble({
    bot,
    botId: 'backtest' as BotId,
    accountId: 'backtest' as AccountId,
    startingBalance: bot.capital,
    fees,
    limits: NO_LIMITS,
    series: sources,
    margin,
    bell,
    asking,
    recorder: () => bookings ?? NO_RECORDS,
  });
  const rungs = bell === undefined ? [] : [{ bell, series }];
  const feed = new BoundaryFeed(series, new MarketClock(start, systemClock), undefined, rungs);
  const order = () => bookings?.runs ?? orderOfOne(account.runs[0]!);
  return { account, contracts, order, run: () => runLoop({ feed, bots: [botRun], accounts: [account] }) };
}

function orderOfOne(run: SymbolRun): readonly SymbolRun[] {
  const { fills, carries } = run.book;
  return Array.from({ length: fills.length + carries.length }, () => run);
}

export async function runBacktest(backtest: Backtest): Promise<Account> {
  const { account, run } = composeBacktest(backtest);
  await run();
  return account;
}

/** A stored bot with its file read and its account. */
export interface StoredTradingBot {
  readonly row: BotRow;
  readonly bot: Bot;
  readonly account: AccountRow;
  /** On paper: undefined for one that trades outright. */
  readonly margin?: MarginSetup | undefined;
  /** The account at somebody else's venue; left out, orders go to the exchange inside. */
  readonly live?: LiveAccount;
}

/** An account at somebody else's venue. */
export interface LiveAccount {
  readonly broker: Broker;
  /** Ends its stream and every wait. */
  readonly abort: AbortSignal;
  /** Told of what a person should know of. */
  readonly say: (line: string) => void;
  /** Waits for it where it does not answer at the start. */
  readonly patience: Patience;
  /** Market time as it goes on by itself. */
  readonly marketNow: () => EpochMs;
}

/** Trading: stored bots on a market, everything written to the store. */
export interface Trading {
  readonly bots: readonly StoredTradingBot[];
  readonly market: MarketData<SourcedSeries> & { readonly start: EpochMs };
  readonly store: Store;
  readonly wall: WallClock;
  /** @param reached Market time that the bots have come to, the farthest of them. */
  readonly pace: (reached: EpochMs) => Pace;
  /** Whom a bot asks; left out where no bot asks anybody. */
  readonly asking?: ((bot: Bot) => Asking | undefined) | undefined;
  /** Told of each change-set once it is stored. */
  readonly onStored: (changes: ChangeSet) => void;
}

export interface ComposedTrading {
  readonly clock: Clock;
  readonly feed: Feed;
  readonly traders: readonly Trader[];
  /** Lets a bot decide as soon as it can, beside its own occasions. */
  readonly ask: (trader: Trader, request: Request) => void;
  /** Runs until the feed ends; what is held back is stored then. */
  readonly run: () => Promise<void>;
}

/** One bot as it runs: what pages look at. */
export interface Trader {
  readonly row: BotRow;
  readonly bot: Bot;
  readonly accountRow: AccountRow;
  readonly account: Account;
  readonly contracts: Contracts;
  readonly series: readonly SourcedSeries[];
  readonly bell: Bell;
}

interface AssembledTrading extends Assembled {
  readonly recorder: StoreRecorder;
  readonly trader: Trader;
}

export async function composeTrading(trading: Trading): Promise<ComposedTrading> {
  const { bots, market, store, wall } = trading;
  const stored = new Map<string, StoredBot>();
  for (const { row, bot } of bots) stored.set(row.id, await readBot(store, row.id, bot));
  const times = [...stored.values()].map((one) => one.reached ?? market.start);
  const reached = Math.max(market.start, ...times) as EpochMs;
  // Time starts where the farthest behind is; the feed brings it up to the others before it goes on.
  const clock = new MarketClock(Math.min(...times) as EpochMs, wall);
  const assembled: AssembledTrading[] = [];
  for (const tradingBot of bots) {
    const known = stored.get(tradingBot.row.id)!;
    const until = known.reached ?? (market.newcomers === 'now' ? reached : undefined);
    assembled.push(await assembleTrading(tradingBot, known, until, clock, trading));
  }
  const series = assembled.flatMap((one) => one.series);
  const rungs = assembled.map((one) => ({ bell: one.trader.bell, series: one.series }));
  const feed = new BoundaryFeed(series, clock, paceOf(assembled, reached, trading), rungs);
  const running = { feed, bots: assembled.map(({ bot }) => bot), accounts: assembled.map(({ account }) => account) };
  return {
    clock,
    feed,
    traders: assembled.map(({ trader }) => trader),
    ask: ({ bell }, request) => feed.ask(bell, request),
    run: async () => {
      await runLoop(running);
      for (const { recorder } of assembled) await recorder.flush();
    },
  };
}

/** A boundary waits for its candles, and for what somebody else's venue has to tell. */
function paceOf(assembled: readonly AssembledTrading[], reached: EpochMs, { pace }: Trading): Pace {
  const venues = assembled.flatMap(({ place }) => (place instanceof LivePlace ? [place.venue] : []));
  return venues.length === 0 ? pace(reached) : new CaughtUpPace(pace(reached), venues);
}

async function assembleTrading(
  { row, bot, account: accountRow, margin, live }: StoredTradingBot,
  stored: StoredBot,
  until: EpochMs | undefined,
  clock: Clock,
  { market, store, asking: askingOf, onStored }: Trading,
): Promise<AssembledTrading> {
  const series = openSeries(market, bot, until);
  for (const one of series) {
    await checkSameCandles(store, row, one);
    goOnInside(one, stored.lastCycles.get(one.symbol));
  }
  const bell = bellOf(bot, stored.reached ?? until ?? market.start, series);
  const asking = askingOf?.(bot);
  const symbols = series.map(({ symbol }) => symbol);
  let recorder: StoreRecorder | undefined;
  const storeNews = async () => recorder?.flush();
  const since = unbookedSince(stored, clock);
  const place = live && new LivePlace(new BrokerVenue({ ...live, clock, store: storeNews }, since), live);
  const assembled = assemble({
    bot,
    botId: row.id as BotId,
    accountId: row.accountId as AccountId,
    startingBalance: money(accountRow.startingBalance),
    fees: { maker: quantity(accountRow.makerFeeRate), taker: quantity(accountRow.takerFeeRate) },
    limits: accountRow,
    series,
    margin,
    ...(place && { place }),
    bell,
    asking,
    past: asking && (await readPastDecisions(store, row.id, symbols)),
    recorder: (account) => {
      recorder = new StoreRecorder(store, clock, {
        market: row.market,
        runs: account.runs,
        snapshot: () => snapshotDue(account, clock.now()),
        onStored,
      });
      return recorder;
    },
  });
  await resume(assembled, stored, recorder!);
  await resumeWatches(assembled.series, store, row.id);
  const { account, contracts } = assembled;
  return { ...assembled, recorder: recorder!, trader: { row, bot, accountRow, account, contracts, series, bell } };
}

/** Where a bot was called inside a candle that still runs, only what came after it trades. */
function goOnInside(series: SourcedSeries, last: CycleRow | undefined): void {
  if (last === undefined || last.running === null) return;
  const running = JSON.parse(last.running) as Candle;
  const { candles } = series;
  if (candles.length === 0 || running.openTime >= candles.closeTimeAt(candles.length - 1))
    series.resume(running, last.occasion);
}

/** From when on a venue may have done what is not in the books: a little before the last that is. */
function unbookedSince({ fills, orders, reached }: StoredBot, clock: Clock): EpochMs {
  const working = [...orders.values()].filter(({ state }) => WORKING.includes(state));
  const times = [...working.map(({ createdAt }) => createdAt), fills.at(-1)?.executedAt ?? reached ?? clock.now()];
  return (Math.min(...times) - OVERLAP_MS) as EpochMs;
}

/** Puts back what was stored; a bot that never ran decides from the next candle on. */
async function resume(
  { account, place, contracts }: Assembled,
  stored: StoredBot,
  recorder: StoreRecorder,
): Promise<void> {
  if (stored.reached === undefined) {
    for (const run of account.runs) run.resume(run.candles.length, Number.NEGATIVE_INFINITY, [], undefined);
    recorder.resume();
    await place.resume([]);
    return;
  }
  const { runs, moves, revisions } = restoreRuns(stored, account.runs);
  recorder.resume(revisions);
  for (const move of moves) contracts.get(move.run.owner.symbol)?.rebook(move);
  await place.resume(runs);
}
