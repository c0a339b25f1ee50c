import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import type { PaperMarket } from '#server/markets/markets.ts';
import { RequestRefused, Requests } from '#server/requests.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { compose, dyingStore } from './stored-run.ts';

const START = Date.UTC(2026, 0, 5, 0, 0) as EpochMs;
const HOUR = 3_600_000;
/** A minute of the market in a second. */
const SPEED = 60;
/** One that enters whenever it decides, and decides only when it is asked: its interval is longer than the test. */
const WILLING = botOf({
  name: 'willing',
  timeframe: '5m',
  symbols: ['BTC/USDT', 'ETH/USDT'],
  tradingFrequency: 86_400,
  entry: { long: ['price', '>', 1] },
  brackets: { stop: { percent: 5 } },
});

class AskedRun {
  readonly store: Store;
  readonly wall: VirtualClock;
  private readonly market: PaperMarket;
  private readonly bot: Bot;
  requests!: Requests;

  constructor(market: PaperMarket, bot: Bot, store: Store = new MemoryStore(), wall = new VirtualClock(START, 1)) {
    this.market = market;
    this.bot = bot;
    this.store = store;
    this.wall = wall;
  }

  /** Starts the engine on what is stored. */
  async start(): Promise<this> {
    let requests: Requests | undefined;
    const onStored = (changes: ChangeSet) => requests?.take(changes);
    const composed = await compose(this.store, this.market, [this.bot], this.wall, SPEED, {}, onStored);
    requests = new Requests(composed, this.store);
    this.requests = requests;
    void composed.run().catch(() => undefined);
    return this;
  }

  /** Lets the market go on. */
  async pass(marketMs: number): Promise<void> {
    await this.wall.run((this.wall.wall() + marketMs / SPEED) as EpochMs);
  }

  async ask(requestId: string, symbol?: string) {
    const answer = this.requests.ask({ bot: 'willing', requestId, symbol });
    await this.pass(1_000);
    return answer;
  }

  async asked() {
    const { rows } = await this.store.cycles({}, { limit: 1000 });
    return rows.filter(({ occasionKind }) => occasionKind === 'request');
  }
}

/** A store with all that another one holds now. */
async function copyOf(store: Store): Promise<Store> {
  const all = { limit: 1000 };
  const copy = new MemoryStore();
  const restarted = <Row extends { readonly revision: number }>(rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, revision: 1 }));
  await copy.commit({
    put: {
      accounts: restarted(await store.accounts()),
      bots: restarted(await store.bots()),
      orders: restarted((await store.orders({}, all)).rows),
      trades: restarted((await store.trades({}, all)).rows),
      positions: restarted(await store.positions()),
    },
    add: {
      ...noChanges().add,
      fills: await store.fills({}),
      analyses: (await store.analyses({}, all)).rows,
      decisions: (await store.decisions({}, all)).rows,
      cycles: (await store.cycles({}, all)).rows,
    },
    remove: { positions: [] },
  });
  return copy;
}

const simulated = () => new SimulatedMarket(3, START);

describe('a request', () => {
  test('makes a bot decide between closes, at what the market trades at then', async () => {
    const run = await new AskedRun(simulated(), WILLING).start();
    await run.pass(HOUR + 138_000);
    const { decisions } = await run.ask('first');
    const at = START + HOUR + 138_000;
    expect(decisions).toEqual(
      ['BTC/USDT', 'ETH/USDT'].map((symbol) => ({
        symbol,
        at,
        result: 'entered',
        why: 'the long entry rules are met',
      })),
    );
    await run.pass(HOUR);
    const fills = await run.store.fills({});
    expect(fills.map(({ symbol, executedAt }) => [symbol, executedAt])).toEqual([
      ['BTC/USDT', START + HOUR],
      ['ETH/USDT', START + HOUR],
    ]);
    for (const cycle of await run.asked()) {
      const { openTime, close } = JSON.parse(cycle.running!);
      expect(openTime).toBe(START + HOUR);
      const price = Number(fills.find(({ symbol }) => symbol === cycle.symbol)!.price);
      expect(Math.abs(price / close - 1)).toBeLessThan(0.001);
    }
  });

  test('is decided once, sent twice at once, again later and after a restart', async () => {
    const store = new MemoryStore();
    const run = await new AskedRun(simulated(), WILLING, store).start();
    await run.pass(HOUR + 100_000);
    const [first, twice] = [run.ask('same'), run.ask('same')];
    const told = await first;
    expect(await twice).toEqual(told);
    await run.pass(HOUR);
    expect(await run.ask('same')).toEqual(told);
    const again = await new AskedRun(simulated(), WILLING, store, run.wall).start();
    expect(await again.ask('same')).toEqual(told);
    expect(await run.asked()).toHaveLength(2);
    expect(await run.store.fills({})).toHaveLength(2);
  });

  test('is about the symbol that it names', async () => {
    const run = await new AskedRun(simulated(), WILLING).start();
    await run.pass(HOUR + 100_000);
    expect((await run.ask('one', 'ETH/USDT')).decisions.map(({ symbol }) => symbol)).toEqual(['ETH/USDT']);
    expect((await run.ask('both')).decisions.map(({ symbol, result }) => [symbol, result])).toEqual([
      ['BTC/USDT', 'entered'],
      ['ETH/USDT', 'held'],
    ]);
  });

  test('that was on its way when the engine was killed is whole or was never there', async () => {
    const outcomes = new Set<number>();
    for (let commits = 1; commits < 12; commits++) {
      const store = new MemoryStore();
      const dying = await new AskedRun(simulated(), WILLING, dyingStore(store, commits)).start().catch(() => undefined);
      if (dying === undefined) continue;
      await dying.pass(HOUR / 10 + 100_000);
      void dying.ask('lost').catch(() => undefined);
      await dying.pass(1_000);
      const run = await new AskedRun(simulated(), WILLING, store, dying.wall).start();
      await run.pass(HOUR);
      outcomes.add((await run.asked()).length);
      expect((await run.ask('lost')).decisions).toHaveLength(2);
      await run.pass(HOUR);
      expect(await run.asked()).toHaveLength(2);
      expect(await run.store.fills({})).toHaveLength(2);
    }
    expect(outcomes).toEqual(new Set([0, 2]));
  });

  test('about one symbol leaves the others where they were, also for a restart', async () => {
    const bot = { ...WILLING, brackets: { ...WILLING.brackets!, stop: { kind: 'percent', percent: 0.02 } } } as const;
    const runs = [];
    for (const isKilled of [false, true]) {
      const store = new MemoryStore();
      let run = await new AskedRun(simulated(), bot, store).start();
      await run.pass(HOUR + 102_000);
      await run.ask('both');
      await run.pass(24_000);
      await run.ask('one', 'ETH/USDT');
      if (isKilled) {
        // Whatever was not stored by now is lost with the first engine, which nobody looks at any more.
        const kept = await copyOf(store);
        run = await new AskedRun(simulated(), bot, kept, run.wall).start();
      }
      await run.pass(HOUR);
      runs.push({ fills: await run.store.fills({}), orders: (await run.store.orders({}, { limit: 100 })).rows.length });
    }
    // Two entries, and one that was stopped in their own candle.
    expect(runs[0]!.fills.length).toBe(3);
    expect(runs[1]).toEqual(runs[0]);
  });

  test('on a replay that knows no more than its candles is decided at the last close', async () => {
    const candles = generateCandles(200, 5);
    const market = new ReplayMarket('replay:r', [
      { instrument: instrumentOf({ tick: '0.25', lot: '0.001' }), candles },
    ]);
    const bot = { ...WILLING, timeframe: '1m', symbols: WILLING.symbols.slice(0, 1) } as const;
    const run = await new AskedRun(market, bot, new MemoryStore(), new VirtualClock(market.start, 1)).start();
    await run.pass(10 * 60_000 + 24_000);
    const { decisions } = await run.ask('now');
    expect(decisions).toMatchObject([{ at: market.start + 10 * 60_000 + 24_000, result: 'entered' }]);
    await run.pass(60_000);
    const [fill] = await run.store.fills({});
    expect(fill).toMatchObject({ executedAt: candles.openTimeAt(10), price: String(candles.open.values[10]) });
  });

  test('is refused where nobody can answer it', async () => {
    const run = await new AskedRun(simulated(), WILLING).start();
    await run.pass(HOUR);
    const ask = (bot: string, symbol?: string) => async () => run.requests.ask({ bot, requestId: 'r', symbol });
    await expect(ask('nobody')).rejects.toThrow(/"nobody" as it must be one of the bots/);
    await expect(ask('willing', 'DOGE/USDT')).rejects.toThrow(/must be one of its symbols: BTC\/USDT, ETH\/USDT/);
    const open = run.requests.ask({ bot: 'willing', requestId: 'never' });
    await Promise.resolve();
    run.requests.end();
    await expect(open).rejects.toThrow(RequestRefused);
    await expect(ask('willing')).rejects.toThrow(/has ended/);
  });
});
