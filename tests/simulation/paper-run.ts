import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { TimedPace } from '#adapters/market-data/pace.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { type Chance, seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { newPaperBot, type StoredPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import { type ComposedTrading, composeTrading } from '#server/compose.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const HOUR = 3_600_000;
/** A minute of the market in a second of virtual wall time. */
const SPEED = 60;
const SLOWEST_COMMIT_MS = 400;

/** The example bot on a seeded market, with a store whose commits take as long as the seed says. */
export class PaperRun {
  readonly store = new MemoryStore();
  readonly trace: string[] = [];
  private readonly clock: VirtualClock;
  private readonly chance: Chance;
  private readonly market: SimulatedMarket;
  private bots: StoredPaperBot[] = [];
  private crash = new AbortController();

  private readonly changes: object;

  /** @param changes What the bot's file says instead of the example's. */
  constructor(marketSeed: number, orderSeed: number, changes: object = {}) {
    this.changes = changes;
    this.clock = new VirtualClock(START, orderSeed);
    this.chance = seededChance(orderSeed);
    this.market = new SimulatedMarket(marketSeed, START);
  }

  /** Starts the engine on what is stored: at first, and after each crash. */
  async start(): Promise<void> {
    const example = JSON.parse(await readFile('examples/trend-three.json', 'utf8'));
    const text = JSON.stringify({ ...example, ...this.changes });
    const bot = readBotFile(text);
    this.bots = await storePaperBots(this.store, [newPaperBot(bot, text, this.market.name, START)]);
    const { signal } = this.crash;
    const wall = mortalClock(this.clock, signal);
    const composed: ComposedTrading = await composeTrading({
      bots: this.bots.map(({ bot: row, account }) => ({ row, account, bot })),
      market: this.market,
      store: slowStore(this.store, this.clock, this.chance, signal),
      wall,
      pace: (reached) => new TimedPace(SPEED, reached, wall, new AbortController().signal),
      onStored: (changes) => this.trace.push(JSON.stringify([this.clock.wall(), changes])),
    });
    void composed.run();
  }

  /** Lets the market go on for some hours. */
  async pass(hours: number): Promise<void> {
    await this.clock.run((this.clock.wall() + (hours * HOUR) / SPEED) as EpochMs);
  }

  /** Ends the engine between two micro-tasks: nothing it waits for will ever come, and a commit on its way is lost. */
  kill(): void {
    this.crash.abort();
    this.crash = new AbortController();
  }

  get accountId(): string {
    return this.bots[0]!.account.id;
  }

  /** Close time of the last candle that was decided for every symbol. */
  async reached(): Promise<number> {
    const { bot } = this.bots[0]!;
    const cycles = await Promise.all(
      readBotFile(bot.file).symbols.map((symbol) => this.store.lastCycle(bot.id, symbol)),
    );
    return Math.min(...cycles.map((cycle) => cycle?.occasion ?? 0));
  }

  get traceHash(): string {
    return createHash('sha256').update(this.trace.join('\n')).digest('hex');
  }
}

/** A store whose commits take time; after a crash those on their way are lost, applied or not as the seed says. */
function slowStore(inner: Store, clock: VirtualClock, chance: Chance, crash: AbortSignal): Store {
  return new Proxy(inner, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target);
      return async (changes: ChangeSet) => {
        await pause(clock, chance.next() * SLOWEST_COMMIT_MS, crash);
        const committed = await target.commit(changes);
        await pause(clock, chance.next() * SLOWEST_COMMIT_MS, crash);
        return committed;
      };
    },
  });
}

/** A clock whose pauses never end for an engine that has crashed. */
function mortalClock(clock: VirtualClock, crash: AbortSignal) {
  return {
    wall: () => clock.wall(),
    mono: () => clock.mono(),
    sleep: (ms: number) => pause(clock, ms, crash),
  };
}

function pause(clock: VirtualClock, ms: number, crash: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    clock.at(ms, () => {
      if (!crash.aborted) resolve();
    });
  });
}
