import { describe, expect, test } from 'vitest';
import { type LiveVenueOptions, LiveVenueRun } from './live-venue-run.ts';

const SEEDS = Number(process.env.AUTOTRADER_LIVE_SEEDS ?? 16);

const RULES = {
  name: 'Live',
  kind: 'indicator-rules',
  capital: 1_000_000,
  symbols: ['BTC/USDT'],
  timeframe: '5m',
  sizing: { quantity: 2 },
  entry: { long: ['sma(2)', '>', 'sma(5)'], short: ['sma(2)', '<', 'sma(5)'] },
  exit: { long: ['rsi(3)', '>', 80], short: ['rsi(3)', '<', 20] },
  brackets: { stop: { percent: 0.2 }, target: { percent: 0.3 }, anchor: 'signal' },
};

const WIRE = { lostRequests: 0.05, lostAnswers: 0.1, lateRequests: 0.05, failedReads: 0.03 };
const STREAM = { muted: 0.15, doubled: 0.15, delayed: 0.2, gaps: 0.05 };
const ALL = { ...WIRE, ...STREAM };

const WORLDS: readonly (Omit<LiveVenueOptions, 'seed' | 'minutes'> & { readonly name: string })[] = [
  { name: 'nothing goes wrong', bot: RULES },
  { name: 'requests and answers are lost', bot: RULES, faults: WIRE },
  { name: 'the stream is not to be trusted', bot: RULES, faults: STREAM },
  { name: 'the process ends at any moment', bot: RULES, crashes: 4 },
  { name: 'all of it at once', bot: RULES, faults: ALL, crashes: 3, silences: 1 },
  { name: 'orders fill in parts', bot: RULES, faults: ALL, crashes: 2, volumeShare: 0.05 },
  { name: 'the venue carries no stops', bot: RULES, faults: ALL, crashes: 2, attachedStop: 'none' },
  { name: 'no stops, and parts', bot: RULES, faults: ALL, crashes: 2, attachedStop: 'none', volumeShare: 0.05 },
  { name: 'the owner cancels stops', bot: RULES, faults: ALL, crashes: 1, byHand: 6 },
  { name: 'the owner closes by hand', bot: RULES, byHand: 2, ownerTrades: true },
  {
    name: 'the owner closes by hand while all goes wrong',
    bot: RULES,
    faults: ALL,
    crashes: 1,
    byHand: 2,
    ownerTrades: true,
  },
  { name: 'the venue refuses stops', bot: RULES, faults: ALL, crashes: 1, attachedStop: 'none', rejectsStops: true },
  { name: 'the disk is full for a moment', bot: RULES, faults: ALL, crashes: 1, fullDisks: 3 },
  {
    name: 'reversals and stacking',
    bot: { ...RULES, onSame: 'stack', maxEntries: 3, onOpposite: 'reverse' },
    faults: ALL,
    crashes: 2,
  },
  {
    name: 'limit entries that wait',
    bot: {
      ...RULES,
      brackets: { stop: { percent: 0.2 }, anchor: 'signal' },
      entryOrder: { limit: { offsetPercent: 0.02, timeoutCandles: 2 } },
    },
    faults: ALL,
    crashes: 2,
    volumeShare: 0.05,
  },
  {
    name: 'limit entries that wait while the owner trades by hand',
    bot: {
      ...RULES,
      brackets: { stop: { percent: 0.2 }, anchor: 'signal' },
      entryOrder: { limit: { offsetPercent: 0.2, timeoutCandles: 6 } },
    },
    faults: ALL,
    crashes: 1,
    byHand: 3,
    ownerTrades: true,
  },
];

/** Called by market events between the closes of its candles, which the minutes tell of. */
const CALLED = {
  ...RULES,
  entry: { long: ['price', '>', 'sma(3)'], short: ['price', '<', 'sma(3)'] },
  exit: { long: ['price', '<', 'sma(8)'], short: ['price', '>', 'sma(8)'] },
  tradingEvents: ['flash-move', 'volume-spike'],
};

/** The books are what the venue did of our orders; with an owner's trades, where nothing was said, what it holds. */
async function compare(run: LiveVenueRun, ownerTrades = false): Promise<void> {
  const { account, store } = run;
  const ours = new Set(
    account.placed.filter((one) => one.clientOrderId ?? one.attachedTo).map((one) => one.venueOrderId),
  );
  const executed = account.fills.map(({ what }) => what).filter(({ venueOrderId }) => ours.has(venueOrderId));
  const fills = await store.fills({});
  const booked = fills.map(({ venueTradeId }) => venueTradeId);
  const wanted = executed.map(({ venueTradeId }) => venueTradeId);
  if (ownerTrades) {
    expect(booked).toEqual(expect.arrayContaining(wanted));
    expect(new Set(booked).size).toBe(booked.length);
    const held = fills.reduce((sum, { side, quantity }) => sum + (side === 'buy' ? 1000 : -1000) * Number(quantity), 0);
    if (!run.isFrozen) expect(Math.round(held)).toBe(account.position);
  } else {
    expect(booked.toSorted()).toEqual(wanted.toSorted());
  }
  const orders = (await store.orders({}, { limit: 1000 })).rows;
  const working = orders.filter(({ state }) => ['intended', 'submitted', 'open', 'unknown'].includes(state));
  const there = account.working().map(({ venueOrderId }) => venueOrderId);
  expect(working.map(({ venueOrderId }) => venueOrderId).toSorted()).toEqual(there.toSorted());
  expect(new Set(account.taken).size).toBe(account.taken.length);
  const entries = orders.filter(({ leg }) => leg === 'entry').map(({ occasion }) => occasion);
  expect(new Set(entries).size).toBe(entries.length);
}

describe.each(WORLDS)('$name', ({ name, ...world }) => {
  test.for(Array.from({ length: SEEDS }, (_, k) => k + 1))('seed %i', async (seed) => {
    const run = new LiveVenueRun({ ...world, seed, minutes: 360 });
    await run.run();
    expect(run.broken.join('\n')).toBe('');
    if (world.ownerTrades !== true) expect(run.said.filter((line) => /somebody else/i.test(line))).toEqual([]);
    await compare(run, world.ownerTrades);
  });
});

describe('a bot that market events call', () => {
  test.for(Array.from({ length: SEEDS }, (_, k) => k + 1))('seed %i', async (seed) => {
    const run = new LiveVenueRun({
      bot: CALLED,
      storms: true,
      faults: ALL,
      crashes: 3,
      silences: 1,
      seed,
      minutes: 700,
    });
    await run.run();
    expect(run.broken.join('\n')).toBe('');
    await compare(run);
  });

  test('it enters between closes', async () => {
    const run = new LiveVenueRun({ bot: CALLED, storms: true, seed: 3, minutes: 900 });
    await run.run();
    const { rows } = await run.store.orders({}, { limit: 1000 });
    const between = rows.filter(({ leg, occasion }) => leg === 'entry' && occasion % 300_000 !== 0);
    expect(between.length).toBeGreaterThan(2);
  });

  test('its venue is asked when one calls, and not at each look', async () => {
    const readsOf = async (bot: object) => {
      const run = new LiveVenueRun({ bot, storms: true, seed: 3, minutes: 900 });
      await run.run();
      const { rows } = await run.store.cycles({}, { limit: 1000 });
      return { reads: run.reads, calls: rows.filter(({ occasionKind }) => occasionKind === 'event').length };
    };
    // Nothing is traded, so that all that is asked comes of the moments at which something may be decided.
    const idle = { ...CALLED, entry: { long: ['price', '<', 0] }, exit: undefined };
    const called = await readsOf(idle);
    const uncalled = await readsOf({ ...idle, tradingEvents: undefined });
    expect(called.calls).toBeGreaterThan(5);
    // Fills, open orders and positions.
    expect(called.reads - uncalled.reads).toBe(3 * called.calls);
  });
});

test('the same seed runs the same way', async () => {
  const options = { ...WORLDS[4]!, seed: 5, minutes: 300 };
  const [one, other] = [new LiveVenueRun(options), new LiveVenueRun(options)];
  await one.run();
  await other.run();
  expect(one.trace.length).toBeGreaterThan(100);
  expect(other.trace).toEqual(one.trace);
});
