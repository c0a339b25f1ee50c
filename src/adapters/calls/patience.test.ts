import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import type { EpochMs } from '#core/time.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import { Patience } from './patience.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const HOUR = 3_600_000;
const DOWN = 'Cannot measure the clock of Bybit as Bybit must answer: no answer came (ECONNREFUSED)';
const WAITS = `${DOWN}. The start waits for Bybit, which is asked again and again; Ctrl-C ends it.`;
const GOES_ON = 'Bybit answers; the start goes on.';

let clock: VirtualClock;
let said: string[];
let abort: AbortController;

beforeEach(() => {
  clock = new VirtualClock(START, 1);
  said = [];
  abort = new AbortController();
});

function patience(seed = 1): Patience {
  return new Patience({ venue: 'Bybit', clock, random: { seed: () => seed }, say: (line) => said.push(line) });
}

/** When a step was tried, ms after the start, which fails until `from`. */
function stepFrom(from: number, failure: () => Error, tried: number[] = []) {
  const step = async () => {
    tried.push(clock.wall() - START);
    if (clock.wall() - START < from) throw failure();
    return 'an answer';
  };
  return { step, tried };
}

const unavailable = () => new VenueUnavailable(DOWN);

/** Lets time pass, and tells what became of a promise meanwhile. */
async function after(ms: number, promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'waits';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  await clock.run((clock.wall() + ms) as EpochMs);
  return outcome;
}

test('says nothing where there is an answer', async () => {
  expect(await after(1, patience().until(stepFrom(0, unavailable).step, abort.signal))).toBe('an answer');
  expect(said).toEqual([]);
});

test.each([
  { name: 'a venue', failure: unavailable },
  {
    name: 'its market',
    failure: () => new MarketUnavailable(`${DOWN}; try again later`, { cause: unavailable() }),
  },
])('asks $name again until it answers, and says both once', async ({ failure }) => {
  const { step, tried } = stepFrom(HOUR, failure);
  expect(await after(2 * HOUR, patience().until(step, abort.signal))).toBe('an answer');
  expect(tried.length).toBeGreaterThan(60);
  expect(said).toEqual([WAITS, GOES_ON]);
});

test('says it again of another silence', async () => {
  const waiting = patience();
  await after(HOUR, waiting.until(stepFrom(5_000, unavailable).step, abort.signal));
  await after(HOUR, waiting.until(stepFrom(HOUR + 5_000, unavailable).step, abort.signal));
  expect(said).toEqual([WAITS, GOES_ON, WAITS, GOES_ON]);
});

describe('pauses', () => {
  const pauses = async (seed: number) => {
    clock = new VirtualClock(START, 1);
    const { step, tried } = stepFrom(HOUR, unavailable);
    await after(2 * HOUR, patience(seed).until(step, abort.signal));
    return tried.slice(1).map((at, k) => at - tried[k]!);
  };

  test('grow to a minute, each cut by up to a half', async () => {
    for (const seed of [1, 2, 3]) {
      for (const [k, pause] of (await pauses(seed)).entries()) {
        const longest = Math.min(1_000 * 2 ** k, 60_000);
        expect(pause).toBeGreaterThanOrEqual(longest / 2);
        expect(pause).toBeLessThanOrEqual(longest);
      }
    }
  });

  test('follow from the seed', async () => {
    expect(await pauses(1)).toEqual(await pauses(1));
    expect(await pauses(1)).not.toEqual(await pauses(2));
  });
});

test.each([
  { name: 'a refused key', error: new VenueRefused('no such key') },
  {
    name: 'one that a market was refused',
    error: new MarketUnavailable('no such key', { cause: new VenueRefused('no such key') }),
  },
  { name: 'a fault', error: new TypeError('undefined is not a function') },
])('$name is not waited for', async ({ error }) => {
  const { step, tried } = stepFrom(HOUR, () => error);
  expect(await after(1, patience().until(step, abort.signal))).toBe(error);
  expect(tried).toHaveLength(1);
  expect(said).toEqual([]);
});

test.each([
  { name: 'in a pause', step: async () => Promise.reject(unavailable()) },
  { name: 'in a step', step: () => new Promise(() => undefined) },
])('ends at once when it is called off $name', async ({ step }) => {
  const waiting = patience().until(step, abort.signal);
  waiting.catch(() => undefined);
  await after(10, Promise.resolve());
  abort.abort(new Error('called off'));
  expect(await after(0, waiting)).toEqual(new Error('called off'));
});
