import { expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { MarketSymbol } from '#core/bots.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Store } from '#ports/store.ts';
import { composeTrading } from '#server/compose.ts';
import { openLiveMarket } from '#server/live-market.ts';
import { newPaperBot, storePaperBots } from '#server/paper-bots.ts';
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

  async start(): Promise<void> {
    const { store, exchange, said } = this;
    this.life = new AbortController();
    const clock = mortal(this.clock, this.life.signal);
    const stored = (await store.bots())[0];
    const bots = [{ bot: BOT, createdAt: stored?.createdAt ?? this.clock.wall() }];
    const config = { exchangeUrl: undefined };
    const say = (line: string) => void said.push(line);
    const onProgress = () => undefined;
    const market = await openLiveMarket({ exchange, store, clock, config, bots, say, onProgress });
    const wanted = newPaperBot(BOT, BOT.name, market.name, bots[0]!.createdAt);
    const [{ bot: row, account }] = (await storePaperBots(store, [wanted])) as [typeof wanted];
    const composed = await composeTrading({
      bots: [{ row, account, bot: BOT }],
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
