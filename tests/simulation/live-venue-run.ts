import { Patience } from '#adapters/calls/patience.ts';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { Candles } from '#core/candles.ts';
import { candleTape } from '#core/matching/tape.ts';
import { type Chance, seededChance } from '#core/random.ts';
import { Resampled } from '#core/resample.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { type ChangeSet, type Store, StoreUnavailable } from '#ports/store.ts';
import type { Capabilities } from '#ports/venue.ts';
import { newPaperBot, type StoredPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import { type ComposedTrading, composeTrading } from '#server/compose.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { stormyCandles } from '#tests/builders/stormy-candles.ts';
import { INSTRUMENT, ScriptedAccount } from './scripted-account.ts';
import { NO_FAULTS, ScriptedBroker, type WireFaults } from './scripted-broker.ts';

const MINUTE = TIMEFRAME_MS['1m'];
/** A candle is known this long after its close. */
const SETTLE_MS = 1_000;
const SLOWEST_COMMIT_MS = 300;
/** What protection may take where nothing answers at first, seen once a minute before it trades. */
const MOST_UNCOVERED_MS = 2 * MINUTE;

/** So long an entry may wait beside what somebody else traded, while the venue answers. */
const MOST_WAITING_MS = 2 * MINUTE;

/** An entry comes while its candle is the last that closed, and what the wire takes after it. */
const MOST_LATE_MS = TIMEFRAME_MS['5m'] + 10_000;

export interface LiveVenueOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly bot: object;
  readonly faults?: Partial<WireFaults>;
  readonly attachedStop?: Capabilities['attachedStop'];
  readonly volumeShare?: number;
  /** How often an hour the engine ends, the venue is silent, and the owner does something by hand. */
  readonly crashes?: number;
  readonly silences?: number;
  readonly byHand?: number;
  readonly ownerTrades?: boolean;
  /** How often an hour a commit fails. */
  readonly fullDisks?: number;
  readonly rejectsStops?: boolean;
  /** Whether the market has storms, and what happens inside its candles is seen minute by minute. */
  readonly storms?: boolean;
}

/** A bot on somebody else's venue that exists in this process alone, on a clock that passes only when it is run. */
export class LiveVenueRun {
  readonly store = new MemoryStore();
  readonly trace: string[] = [];
  readonly said: string[] = [];
  /** What must never happen, and did. */
  readonly broken: string[] = [];
  readonly account: ScriptedAccount;
  lives = 0;
  /** Questions that the venue was asked. */
  reads = 0;
  private readonly options: LiveVenueOptions;
  private readonly clock: VirtualClock;
  private readonly chance: Chance;
  private readonly market: ReplayMarket;
  private readonly start: EpochMs;
  private isCalm = false;
  private crash = new AbortController();
  private broker: ScriptedBroker | undefined;
  private isUp = false;
  /** Whether it was said last that somebody else traded, and nothing may enter. */
  isFrozen = false;
  private isDiskFull = false;
  private uncoveredMs = 0;
  private waitingMs = 0;

  constructor(options: LiveVenueOptions) {
    this.options = options;
    const { seed, minutes, attachedStop = 'each-fill', volumeShare, storms = false } = options;
    const fine = storms ? stormyCandles(minutes, seed) : generateCandles(minutes, seed);
    const coarse = new Resampled(fine, '5m');
    for (let i = 0; i < fine.length; i++) coarse.take(i);
    this.start = fine.openTimeOf(0);
    this.clock = new VirtualClock(this.start, seed);
    this.chance = seededChance(seed ^ 0x5bd1e995);
    const inside = storms ? candleTape(fine) : undefined;
    this.market = new ReplayMarket('replay:live', [{ instrument: INSTRUMENT, candles: coarse.candles, inside }]);
    this.account = new ScriptedAccount(this.clock, this.chance, fine, attachedStop !== 'none', volumeShare);
    this.account.rejectsStops = options.rejectsStops === true;
    for (let k = 1; k <= minutes; k++) this.clock.at(k * MINUTE, () => this.minute(fine));
  }

  /** All there is, the last hour of it without faults. */
  async run(): Promise<void> {
    const { minutes } = this.options;
    await this.live();
    for (let minute = 1; minute <= minutes; minute++) {
      this.isCalm = minute > minutes - 60;
      // What is on its way is on its way in the first seconds of a candle.
      const within = this.chance.next() < 0.5 ? 4_000 : MINUTE;
      const at = this.start + (minute - 1) * MINUTE + this.chance.next() * within;
      await this.clock.run(at as EpochMs);
      await this.happen();
      await this.clock.run((this.start + minute * MINUTE) as EpochMs);
    }
    await this.clock.run((this.start + (minutes + 2) * MINUTE) as EpochMs);
  }

  private async happen(): Promise<void> {
    const { crashes = 0, silences = 0, byHand = 0, fullDisks = 0 } = this.options;
    const perHour = (rate: number) => !this.isCalm && this.chance.next() < rate / 60;
    if (this.isUp && perHour(crashes)) this.kill();
    else if (!this.isUp && (this.isCalm || this.chance.next() < 0.3)) await this.live();
    if (this.broker !== undefined) {
      if (this.isCalm || (this.broker.isDown && this.chance.next() < 0.4)) this.broker.isDown = false;
      else if (perHour(silences)) this.broker.isDown = true;
    }
    if (perHour(byHand)) this.byHand();
    if (this.isUp && perHour(fullDisks)) this.isDiskFull = true;
  }

  /** The owner cancels a stop, or closes some of the position, or adds to it. */
  private byHand(): void {
    const { account, options } = this;
    const { position } = account;
    if (options.ownerTrades === true) {
      const lots = Math.ceil(this.chance.next() * Math.abs(position));
      const isAddition = this.chance.next() < 0.2;
      if (isAddition) account.trade(300);
      else if (position !== 0)
        account.trade(-Math.sign(position) * (this.chance.next() < 0.5 ? lots : Math.abs(position)));
      return;
    }
    const stops = account.working().filter(({ core }) => core.type === 'stop');
    const one = stops[Math.floor(this.chance.next() * stops.length)];
    if (one !== undefined) account.cancel(one);
  }

  private kill(): void {
    this.crash.abort();
    this.isUp = false;
    this.note('killed');
  }

  private async live(): Promise<void> {
    this.lives += 1;
    this.isUp = true;
    this.isFrozen = false;
    this.isDiskFull = false;
    this.crash = new AbortController();
    const { signal } = this.crash;
    const { attachedStop = 'each-fill', faults } = this.options;
    const text = JSON.stringify(this.options.bot);
    const bot = readBotFile(text);
    const [stored] = await storePaperBots(this.store, [newPaperBot(bot, text, this.market.name, this.start)]);
    const broker = new ScriptedBroker({
      account: this.account,
      clock: this.clock,
      chance: this.chance,
      attachedStop,
      faults: () => (this.isCalm ? NO_FAULTS : { ...NO_FAULTS, ...faults }),
      crash: signal,
      onRead: () => {
        this.reads += 1;
      },
      onPlace: ({ clientOrderId }) => void this.checkIntent(clientOrderId),
    });
    this.broker = broker;
    void this.engine(bot, stored!, broker, signal).catch((error: Error) => {
      if (signal.aborted) return;
      this.note(`ended: ${error.message}`);
      this.isUp = false;
      this.crash.abort();
      if (!['VenueUnavailable', 'StoreUnavailable'].includes(error.name))
        this.broken.push(error.stack ?? error.message);
    });
  }

  private async engine(
    bot: ReturnType<typeof readBotFile>,
    { bot: row, account }: StoredPaperBot,
    broker: ScriptedBroker,
    crash: AbortSignal,
  ): Promise<void> {
    const { clock } = this;
    const wall = {
      wall: () => clock.wall(),
      mono: () => clock.mono(),
      sleep: (ms: number) => pause(clock, ms, crash),
    };
    const say = (line: string) => {
      if (crash.aborted) return;
      this.said.push(line);
      this.note(`said: ${line}`);
      if (line.includes('no more until both agree')) this.isFrozen = true;
      if (/it may enter|counts as an exit/.test(line)) this.isFrozen = false;
      if (/fault|cannot become|undefined|No orders/.test(line)) this.broken.push(`said: ${line}`);
    };
    const patience = new Patience({ venue: 'Bybit', clock: wall, random: { seed: () => this.lives }, say });
    const composed: ComposedTrading = await composeTrading({
      bots: [
        {
          row,
          account,
          bot,
          live: { broker, patience, abort: new AbortController().signal, say, marketNow: () => clock.wall() },
        },
      ],
      market: this.market,
      store: this.slowStore(crash),
      wall,
      pace: () => ({ until: (boundary) => wall.sleep(boundary + SETTLE_MS - clock.wall()) }),
      onStored: (changes) => this.note(JSON.stringify(changes)),
    });
    await composed.run();
  }

  /** A store whose commits take time, and fail on a full disk. */
  private slowStore(crash: AbortSignal): Store {
    const { clock, chance } = this;
    return new Proxy(this.store, {
      get: (target, name) => {
        if (name !== 'commit') return Reflect.get(target, name).bind(target);
        return async (changes: ChangeSet) => {
          if (this.isDiskFull) this.failCommit(crash);
          const committed = await target.commit(changes);
          if (chance.next() < 0.5) await pause(clock, chance.next() * SLOWEST_COMMIT_MS, crash);
          return committed;
        };
      },
    });
  }

  /** One commit fails: what it held is nowhere else, so the engine must end soon. */
  private failCommit(crash: AbortSignal): never {
    this.isDiskFull = false;
    this.clock.at(SETTLE_MS, () => {
      if (!crash.aborted) this.broken.push('the engine goes on though something could not be stored');
    });
    throw new StoreUnavailable('Cannot store what happened as the disk must have room: it is full');
  }

  private minute(fine: Candles): void {
    const minute = Math.round((this.clock.wall() - this.start) / MINUTE);
    if (minute > fine.length) return;
    this.audit();
    this.auditEntries();
    this.account.minute();
  }

  /** Every intent is stored before its order comes. */
  private async checkIntent(clientOrderId: string): Promise<void> {
    this.note(`placed ${clientOrderId}`);
    const candle = /-(\w+)-e\d+$/.exec(clientOrderId)?.[1];
    if (candle !== undefined && this.clock.wall() - Number.parseInt(candle, 36) > MOST_LATE_MS)
      this.broken.push(`${clientOrderId} came long after its candle`);
    if (this.isFrozen && /-e\d+$/.test(clientOrderId)) this.broken.push(`${clientOrderId} entered beside a difference`);
    if ((await this.store.order(clientOrderId)) === undefined)
      this.broken.push(`${clientOrderId} came before its intent was stored`);
  }

  /** How long a position has been without its stop while there was an engine and a venue that answered. */
  private audit(): void {
    const { account, broker } = this;
    const isCovered = account.stopped >= Math.abs(account.position);
    // What the owner opens by hand is the owner's to protect.
    const isOurs = this.options.ownerTrades !== true;
    const counts = this.isUp && broker?.isDown === false && !account.rejectsStops && isOurs;
    if (isCovered) this.uncoveredMs = 0;
    else if (counts) this.uncoveredMs += MINUTE;
    if (this.uncoveredMs > MOST_UNCOVERED_MS) {
      this.broken.push(`${account.position} without its stop (${account.stopped}) at ${this.clock.wall()}`);
      this.uncoveredMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** How long an entry of ours has waited where somebody else traded. */
  private auditEntries(): void {
    const { account, broker, isFrozen, isUp } = this;
    const waits = account.working().some(({ clientOrderId = '' }) => /-e\d+$/.test(clientOrderId));
    if (!isFrozen || !waits) this.waitingMs = 0;
    else if (isUp && broker?.isDown === false) this.waitingMs += MINUTE;
    if (this.waitingMs > MOST_WAITING_MS) {
      this.broken.push(`an entry waits beside a difference at ${this.clock.wall()}`);
      this.waitingMs = Number.NEGATIVE_INFINITY;
    }
  }

  private note(line: string): void {
    this.trace.push(`${this.clock.wall() - this.start} ${line}`);
  }
}

function pause(clock: VirtualClock, ms: number, crash: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    clock.at(ms, () => {
      if (!crash.aborted) resolve();
    });
  });
}
