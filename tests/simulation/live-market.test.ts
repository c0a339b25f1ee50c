import { describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { Bot } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Store } from '#ports/store.ts';
import { newPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import { composeTrading } from '#server/compose.ts';
import { openLiveMarket } from '#server/markets/live-market.ts';
import { botOf } from '#tests/builders/bots.ts';
import { InventedExchange } from '#tests/exchanges/invented-exchange.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const START = (Date.UTC(2026, 0, 5, 9, 0) + 20_000) as EpochMs;
const HOURS = 8;
const BOT = botOf({
  symbols: ['BTC/USDT', 'ETH/USDT'] as MarketSymbol[],
  entry: { long: ['sma(3)', '>', 'sma(8)'], short: ['sma(3)', '<', 'sma(8)'] },
  brackets: { stop: { atrMultiple: 2, period: 5 }, target: { riskMultiple: 2 } },
});

/** Paper trading on an exchange in real time, as `start` puts it together, on a clock that is run by hand. */
class LiveRun {
  readonly store: Store = new MemoryStore();
  readonly clock = new VirtualClock(START, 1);
  readonly exchange = new InventedExchange(() => this.clock.wall());
  readonly said: string[] = [];
  private life = new AbortController();
  private readonly bot: Bot;

  constructor(bot = BOT) {
    this.bot = bot;
  }

  async start(): Promise<void> {
    const { store, exchange, said, bot } = this;
    this.life = new AbortController();
    const clock = mortal(this.clock, this.life.signal);
    const stored = (await store.bots())[0];
    const bots = [{ bot, createdAt: stored?.createdAt ?? this.clock.wall() }];
    const config = { exchangeUrl: undefined };
    const say = (line: string) => void said.push(line);
    const onProgress = () => undefined;
    const market = await openLiveMarket({ exchange, store, clock, config, bots, say, onProgress });
    const wanted = newPaperBot(bot, bot.name, market.name, bots[0]!.createdAt);
    const [{ bot: row, account }] = (await storePaperBots(store, [wanted])) as [typeof wanted];
    const composed = await composeTrading({
      bots: [{ row, account, bot }],
      market,
      store,
      wall: clock,
      pace: () => market.pace(new AbortController().signal),
      onStored: () => undefined,
    });
    void composed.run();
  }

  async pass(minutes: number): Promise<void> {
    await this.clock.run((this.clock.wall() + minutes * MINUTE) as EpochMs);
  }

  /** The engine is gone between two micro-tasks: nothing that it waits for ever comes. */
  kill(): void {
    this.life.abort();
  }

  async everything() {
    const { store } = this;
    const [account] = await store.accounts();
    const rows = (await store.cycles({}, { limit: 1000 })).rows.map(({ botId, ...cycle }) => cycle);
    return {
      cycles: rows,
      fills: (await store.fills({})).map(({ clientOrderId, venueTradeId, ...fill }) => fill),
      snapshots: await store.snapshots(account!.id, 0 as EpochMs, Number.MAX_SAFE_INTEGER as EpochMs),
    };
  }
}

/** A clock whose pauses never end for an engine that was killed. */
function mortal(clock: VirtualClock, killed: AbortSignal): WallClock {
  return {
    wall: () => clock.wall(),
    mono: () => clock.mono(),
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.at(ms, () => {
          if (!killed.aborted) resolve();
        });
      }),
  };
}

async function calmRun(): Promise<Awaited<ReturnType<LiveRun['everything']>>> {
  const run = new LiveRun();
  await run.start();
  await run.pass(HOURS * 60);
  return run.everything();
}

test('every candle of every symbol is decided once', async () => {
  const { cycles, fills } = await calmRun();
  expect(fills.length).toBeGreaterThan(20);
  for (const symbol of BOT.symbols) {
    const times = cycles.filter((cycle) => cycle.symbol === symbol).map(({ occasion }) => occasion);
    expect(times.length).toBeGreaterThanOrEqual(HOURS * 60 - 2);
    expect(times.every((at, k) => k === 0 || at === times[k - 1]! - MINUTE)).toBe(true);
  }
});

test.each([
  { name: 'the network is cut for an hour', minutes: 60, cut: true, killed: false },
  { name: 'the engine is killed and started an hour later', minutes: 60, cut: false, killed: true },
  { name: 'the engine is killed and started at once', minutes: 0, cut: false, killed: true },
  { name: 'the engine is killed while the network is cut', minutes: 30, cut: true, killed: true },
])('$name: what is decided is what a calm run decides', async ({ minutes, cut, killed }) => {
  const calm = await calmRun();
  const run = new LiveRun();
  await run.start();
  await run.pass(100);
  run.exchange.isDown = cut;
  if (cut) await run.pass(minutes);
  if (killed) run.kill();
  if (!cut) await run.pass(minutes);
  run.exchange.isDown = false;
  if (killed) await run.start();
  await run.pass(HOURS * 60 - 100 - minutes);
  expect(await run.everything()).toEqual(calm);
});

test('a restart reads its history from the store, and no candle twice from the exchange', async () => {
  const run = new LiveRun();
  await run.start();
  await run.pass(100);
  run.kill();
  const before = run.exchange.asked.length;
  const reached = run.clock.wall();
  await run.start();
  await run.pass(1);
  expect(run.exchange.asked.slice(before).length).toBeGreaterThan(0);
  for (const from of run.exchange.asked.slice(before)) expect(from).toBeGreaterThan(reached - 3 * MINUTE);
});

const EVERY = 30_000;
const TICKING = botOf({
  symbols: ['BTC/USDT', 'ETH/USDT'] as MarketSymbol[],
  timeframe: '5m',
  tradingFrequency: EVERY / 1000,
  settleDelayMs: 500,
  filter: { maxSpreadPercent: 1, maxAgeSeconds: 20 },
  entry: { long: ['price', 'crosses-above', 'sma(3)'], short: ['price', 'crosses-below', 'sma(3)'] },
  exit: { long: ['price', '<', 'sma(6)'], short: ['price', '>', 'sma(6)'] },
  brackets: { stop: { atrMultiple: 1, period: 5 }, target: { riskMultiple: 2 } },
});

describe('a bot that decides between closes, on an exchange', () => {
  test('decides at each tick once, at what the running candle told then', async () => {
    const run = new LiveRun(TICKING);
    await run.start();
    await run.pass(180);
    const { cycles, fills } = await run.everything();
    expect(fills.length).toBeGreaterThan(10);
    for (const symbol of TICKING.symbols) {
      const ofSymbol = cycles.filter((cycle) => cycle.symbol === symbol).reverse();
      expect(ofSymbol.map(({ occasion }) => occasion)).toEqual(
        Array.from({ length: 180 * 2 }, (_, k) => START - (START % EVERY) + (k + 1) * EVERY),
      );
      for (const { occasion, occasionKind, running } of ofSymbol) {
        expect(occasionKind).toBe('interval');
        if (occasion % (5 * MINUTE) === 0) continue;
        const seen = run.exchange.truth(symbol, '5m', occasion - (occasion % (5 * MINUTE)), occasion + 500).at(-1);
        expect(JSON.parse(running!)).toEqual(seen);
      }
    }
  });

  test.each([
    { name: 'at once', away: 0 },
    { name: 'after some ticks', away: 2.3 },
    { name: 'after some candles', away: 31.2 },
  ])('killed and started again $name, it decides nothing twice and goes on', async ({ away }) => {
    const calm = new LiveRun(TICKING);
    await calm.start();
    await calm.pass(95.2);
    const run = new LiveRun(TICKING);
    await run.start();
    await run.pass(95.2);
    run.kill();
    const before = await run.everything();
    await run.pass(away);
    const startedAt = run.clock.wall();
    await run.start();
    await run.pass(60);
    const { cycles, fills } = await run.everything();
    // What was stored stays as it was, and is part of what a calm run does.
    expect(cycles.slice(-before.cycles.length)).toEqual(before.cycles);
    expect(fills.slice(0, before.fills.length)).toEqual(before.fills);
    expect((await calm.everything()).cycles).toEqual(expect.arrayContaining(before.cycles));
    // Between closes nobody can be asked what was; closes are all decided.
    const since = cycles.filter(({ occasion }) => occasion > startedAt);
    expect(since.length).toBeGreaterThanOrEqual(2 * (2 * 60 - 1));
    const closes = new Set(cycles.map(({ occasion }) => occasion).filter((at) => at % (5 * MINUTE) === 0));
    expect(closes.size).toBe(Math.floor((startedAt + 60 * MINUTE - START + (START % (5 * MINUTE))) / (5 * MINUTE)));
    const orders = (await run.store.orders({}, { limit: 1000 })).rows;
    const entries = orders.filter(({ leg }) => leg === 'entry');
    expect(new Set(entries.map(({ symbol, occasion }) => `${symbol} ${occasion}`)).size).toBe(entries.length);
    const working = orders.filter(({ leg, state }) => (leg === 'entry' || leg === 'exit') && state === 'intended');
    expect(working).toEqual([]);
  });

  test('refuses entries where bid and ask are not told, and says so', async () => {
    const run = new LiveRun(TICKING);
    run.exchange.tellsQuotes = false;
    await run.start();
    await run.pass(120);
    const { fills } = await run.everything();
    expect(fills).toEqual([]);
    const decisions = (await run.store.decisions({}, { limit: 1000 })).rows;
    expect(new Set(decisions.map(({ why }) => why))).toEqual(
      new Set(['the spread must be <= 1 % of the price: there is none']),
    );
  });
});
