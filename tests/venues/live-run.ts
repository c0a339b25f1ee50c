import { Patience } from '#adapters/calls/patience.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { ToldTime } from '#adapters/market-data/told-time.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import type { PositionBook } from '#core/positions.ts';
import type { FillRow } from '#ports/store.ts';
import { openBroker, prepareAccount } from '#server/accounts/live-account.ts';
import { newPaperBot, type StoredPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import { type VenueAccess, type VenueName, venueAccess } from '#server/accounts/venue-access.ts';
import { type ComposedTrading, composeTrading } from '#server/compose.ts';
import { loadConfig } from '#server/config.ts';
import { openMarket } from '#server/markets/exchanges.ts';
import { openLiveMarket } from '#server/markets/live-market.ts';
import type { Simulator } from '#simulator/simulator.ts';

/** Whose prices an account trades on. */
const MARKETS: Readonly<Record<VenueName, string>> = { bybit: 'bybit-linear', alpaca: 'alpaca' };

/** A bot on an account of the simulator, as `start --venue VENUE --clock venue` runs it. */
export class LiveRun {
  readonly store = new MemoryStore();
  readonly said: string[] = [];
  private readonly simulator: Simulator;
  private readonly text: string;
  private readonly bot: Bot;
  private readonly venue: VenueName;
  private abort = new AbortController();
  private composed: ComposedTrading | undefined;
  private stored: StoredPaperBot | undefined;

  constructor(simulator: Simulator, file: object, venue: VenueName = 'bybit') {
    this.venue = venue;
    this.simulator = simulator;
    this.text = JSON.stringify(file);
    this.bot = readBotFile(this.text);
  }

  /** Runs until the market has ended, or `kill`. */
  async run(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const { venue } = this;
    const { address, conditions } = this.simulator.service(venue);
    conditions.rateLimits = false;
    const prefix = venue.toUpperCase();
    const access = venueAccess(venue, {
      [`${prefix}_API_KEY`]: 'testkey',
      [`${prefix}_API_SECRET`]: 'testsecret',
      [`${prefix}_URL`]: address,
    });
    const clock = { ...systemClock, now: () => this.simulator.line.now };
    const broker = await openBroker(access, clock);
    const told = await this.market(access);
    const { bot, text, store } = this;
    const createdAt = this.stored?.bot.createdAt ?? this.simulator.line.now;
    const market = await openLiveMarket({
      exchange: told,
      store,
      clock: systemClock,
      config: { exchangeUrl: address },
      bots: [{ bot, createdAt }],
      say: (line) => this.said.push(line),
      onProgress: () => undefined,
    });
    const account = await prepareAccount(broker, access, bot, createdAt);
    const made = newPaperBot(bot, text, market.name, createdAt);
    [this.stored] = await storePaperBots(store, [{ account, bot: { ...made.bot, accountId: account.id } }]);
    const { bot: row, account: accountRow } = this.stored!;
    const marketNow = () => this.simulator.line.now;
    const say = (line: string) => void this.said.push(line);
    const patience = new Patience({ venue, clock: systemClock, random: systemRandom, say });
    const live = { broker, abort: signal, say, patience, marketNow };
    this.composed = await composeTrading({
      bots: [{ row, bot, account: accountRow, live }],
      market,
      store,
      wall: systemClock,
      pace: () => market.pace(signal),
      onStored: () => undefined,
    });
    void this.stopAtTheEnd(signal);
    await this.composed.run();
    this.abort.abort();
    broker.close();
  }

  /** Ends it where it stands. */
  kill(): void {
    this.abort.abort();
    this.composed?.feed.close();
  }

  fills(): Promise<readonly FillRow[]> {
    return this.store.fills({});
  }

  /** What the bot's first symbol has booked. */
  get book(): PositionBook {
    return this.composed!.traders[0]!.account.runs[0]!.book;
  }

  private async market(access: VenueAccess): Promise<ToldTime> {
    const market = await openMarket(MARKETS[this.venue], loadConfig({}), access);
    const { symbols, timeframe } = this.bot;
    return new ToldTime(market, await market.marketTime!(symbols[0]!, timeframe));
  }

  /** The market has no more candles: who waits for one would wait for ever. */
  private async stopAtTheEnd(signal: AbortSignal): Promise<void> {
    while (!this.simulator.line.isEnded && !signal.aborted) await systemClock.sleep(20, signal);
    await systemClock.sleep(300, signal);
    this.kill();
  }
}
