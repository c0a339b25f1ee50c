import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import type { EpochMs } from '#core/time.ts';
import { CallPolicy, type CallPolicyOptions } from './policy.ts';
import { CallRefused, CallTimedOut } from './refusal.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const MINUTE = 60_000;

let clock: VirtualClock;
let abort: AbortController;
/** When calls were made, ms after the start. */
let made: number[];
let seed: number;

beforeEach(() => {
  clock = new VirtualClock(START, 1);
  abort = new AbortController();
  made = [];
  seed = 1;
});

const TOO_OFTEN = new Error('too often, 20 s');

function policyWith(options: Partial<CallPolicyOptions> = {}): CallPolicy {
  return new CallPolicy({
    venue: 'Test',
    clock,
    random: { seed: () => seed++ },
    limits: [],
    judge: (error) => {
      if (error === TOO_OFTEN) return { kind: 'limited', waitMs: 20_000 };
      return { kind: error instanceof TypeError ? 'passing' : 'final' };
    },
    ...options,
  });
}

type Act = 'answer' | 'cut' | 'silence' | 'no' | 'too often';

/** A service that does this with its calls, one after another, and the last for ever. */
function serviceThat(...acts: readonly Act[]) {
  const left = [...acts];
  return async (): Promise<string> => {
    made.push(clock.wall() - START);
    const act = left.length > 1 ? left.shift() : left[0];
    if (act === 'cut') throw new TypeError('fetch failed');
    if (act === 'no') throw new RangeError('there is no such symbol');
    if (act === 'too often') throw TOO_OFTEN;
    if (act === 'silence') await new Promise(() => undefined);
    return 'an answer';
  };
}

/** What a promise came to while time passed: a test waits for nothing itself. */
async function resultAfter<T>(ms: number, promise: Promise<T>): Promise<T | Error | undefined> {
  let result: T | Error | undefined;
  promise.then(
    (value) => {
      result = value;
    },
    (error: Error) => {
      result = error;
    },
  );
  await clock.run((clock.wall() + ms) as EpochMs);
  return result;
}

describe('a read', () => {
  test.each<{ name: string; acts: Act[]; result: unknown; calls: number }>([
    { name: 'that fails in passing is repeated', acts: ['cut', 'cut', 'cut', 'answer'], result: 'an answer', calls: 4 },
    { name: 'is repeated three times', acts: ['cut'], result: new TypeError('fetch failed'), calls: 4 },
    { name: 'that was refused is not', acts: ['no'], result: new RangeError('there is no such symbol'), calls: 1 },
    { name: 'has its time', acts: ['silence'], result: new CallTimedOut('it timed out after 10000 ms'), calls: 4 },
  ])('$name', async ({ acts, result, calls }) => {
    expect(await resultAfter(2 * MINUTE, policyWith().read(serviceThat(...acts), abort.signal))).toEqual(result);
    expect(made).toHaveLength(calls);
  });

  test('pauses for anything up to 1, 2, 4 ... s, at most 30 s', async () => {
    const pauses: number[][] = [];
    for (let run = 0; run < 200; run++) {
      made = [];
      const retries = 7;
      const fresh = serviceThat('cut', 'cut', 'cut', 'cut', 'answer');
      await resultAfter(10 * MINUTE, policyWith({ retries }).read(fresh, abort.signal));
      pauses.push(made.slice(1).map((at, k) => at - made[k]!));
    }
    for (const [k, most] of [1000, 2000, 4000, 8000].entries()) {
      const each = pauses.map((run) => run[k]!);
      expect(Math.max(...each)).toBeLessThanOrEqual(most);
      expect(Math.max(...each)).toBeGreaterThan(0.9 * most);
      expect(Math.min(...each)).toBeLessThan(0.1 * most);
    }
  });

  test('never pauses longer than 30 s', async () => {
    await resultAfter(10 * MINUTE, policyWith({ firstPauseMs: 1e9 }).read(serviceThat('cut'), abort.signal));
    expect(Math.max(...made.slice(1).map((at, k) => at - made[k]!))).toBeLessThanOrEqual(30_000);
  });

  test('ends at once when it is called off, in a call and in a pause', async () => {
    const policy = policyWith({ firstPauseMs: 1e9 });
    for (const act of ['silence', 'cut'] as const) {
      abort = new AbortController();
      const read = policy.read(serviceThat(act), abort.signal);
      await resultAfter(1, Promise.resolve());
      abort.abort(new Error('called off'));
      expect(await resultAfter(1, read)).toEqual(new Error('called off'));
    }
    expect(made).toHaveLength(2);
  });

  test('ends its call when the time is over', async () => {
    let heard: AbortSignal | undefined;
    const read = policyWith({ retries: 0 }).read((signal) => {
      heard = signal;
      return new Promise(() => undefined);
    }, abort.signal);
    await resultAfter(10_000, read);
    expect(heard?.aborted).toBe(true);
  });
});

describe.each(['write', 'protect'] as const)('%s', (kind) => {
  test.each<{ act: Act; answer: object }>([
    { act: 'answer', answer: { kind: 'answered', answer: 'an answer' } },
    { act: 'cut', answer: { kind: 'unknown', why: 'Test: fetch failed' } },
    { act: 'silence', answer: { kind: 'unknown', why: 'Test: it timed out after 10000 ms' } },
    { act: 'no', answer: { kind: 'unknown', why: 'Test: there is no such symbol' } },
    { act: 'too often', answer: { kind: 'not-done', why: 'Test: too often, 20 s' } },
  ])('$act: is made once, and answers', async ({ act, answer }) => {
    expect(await resultAfter(5 * MINUTE, policyWith()[kind](serviceThat(act), abort.signal))).toEqual(answer);
    expect(made).toHaveLength(1);
  });

  test('called off on its way is unknown, and before it has left is not done', async () => {
    const policy = policyWith();
    const write = policy[kind](serviceThat('silence'), abort.signal);
    await resultAfter(1, Promise.resolve());
    abort.abort(new Error('called off'));
    expect(await resultAfter(1, write)).toEqual({ kind: 'unknown', why: 'Test: called off' });
    expect(await resultAfter(1, policy[kind](serviceThat('answer'), abort.signal))).toEqual({
      kind: 'not-done',
      why: 'Test: called off',
    });
    expect(made).toHaveLength(1);
  });
});

describe('the circuit', () => {
  /** A policy whose service has failed five times in a row. */
  async function openCircuit(): Promise<CallPolicy> {
    const policy = policyWith({ retries: 0 });
    for (let k = 0; k < 5; k++) await resultAfter(0, policy.read(serviceThat('cut'), abort.signal));
    expect(made).toHaveLength(5);
    made = [];
    return policy;
  }

  test('opens after five failures in a row, and nothing is asked for 60 s', async () => {
    const policy = await openCircuit();
    const refused = await resultAfter(0, policy.read(serviceThat('answer'), abort.signal));
    expect(refused).toEqual(new CallRefused('it failed 5 times in a row and is left alone for another 60 s'));
    expect(await resultAfter(59_999, policy.write(serviceThat('answer'), abort.signal))).toMatchObject({
      kind: 'not-done',
    });
    expect(made).toEqual([]);
    await resultAfter(1, Promise.resolve());
    expect(await resultAfter(0, policy.read(serviceThat('answer'), abort.signal))).toBe('an answer');
    expect(await resultAfter(0, policy.write(serviceThat('answer'), abort.signal))).toMatchObject({ kind: 'answered' });
  });

  test('is tried by one call: reads wait for it, writes are not made, and when it fails nothing is asked again', async () => {
    const policy = await openCircuit();
    await resultAfter(MINUTE, Promise.resolve());
    const reads = Promise.allSettled([
      policy.read(serviceThat('silence'), abort.signal),
      policy.read(serviceThat('answer'), abort.signal),
    ]);
    expect(await resultAfter(5000, policy.write(serviceThat('answer'), abort.signal))).toMatchObject({
      kind: 'not-done',
    });
    expect(await resultAfter(5000, reads)).toMatchObject([
      { reason: { name: 'CallTimedOut' } },
      { reason: { name: 'CallRefused' } },
    ]);
    expect(made).toHaveLength(1);
    expect(await resultAfter(59_000, policy.read(serviceThat('answer'), abort.signal))).toBeInstanceOf(CallRefused);
    await resultAfter(1000, Promise.resolve());
    expect(await resultAfter(0, policy.read(serviceThat('answer'), abort.signal))).toBe('an answer');
  });

  test('does not stand in the way of protection', async () => {
    const policy = await openCircuit();
    expect(await resultAfter(0, policy.protect(serviceThat('answer'), abort.signal))).toMatchObject({
      kind: 'answered',
    });
  });

  test('a refusal proves that the service is there', async () => {
    const policy = policyWith({ retries: 0 });
    const service = serviceThat(...Array<Act[]>(5).fill(['cut', 'cut', 'cut', 'cut', 'no']).flat());
    for (let k = 0; k < 25; k++) await resultAfter(0, policy.read(service, abort.signal));
    expect(made).toHaveLength(25);
  });

  test('stays open when the call that tries it is called off', async () => {
    const policy = await openCircuit();
    await resultAfter(MINUTE, Promise.resolve());
    const trial = policy.read(serviceThat('silence'), abort.signal);
    await resultAfter(1, Promise.resolve());
    abort.abort(new Error('called off'));
    expect(await resultAfter(0, trial)).toEqual(new Error('called off'));
    const next = policy.read(serviceThat('answer'), new AbortController().signal);
    expect(await resultAfter(0, next)).toBeInstanceOf(CallRefused);
  });

  test('keeps calls few while a service answers that it is asked too often', async () => {
    const policy = policyWith({ judge: () => ({ kind: 'limited' }) });
    for (let second = 0; second < 600; second++) {
      await resultAfter(1000, policy.read(serviceThat('too often'), abort.signal));
    }
    expect(made.length).toBeGreaterThan(10);
    expect(made.length).toBeLessThan(60);
  });
});

describe('a service that says for how long it must not be called', () => {
  test('is not called until then: reads and protection wait, a write would be late', async () => {
    const policy = policyWith();
    expect(await resultAfter(0, policy.write(serviceThat('too often'), abort.signal))).toMatchObject({
      kind: 'not-done',
    });
    const read = policy.read(serviceThat('answer'), abort.signal);
    const protect = policy.protect(serviceThat('answer'), abort.signal);
    const write = policy.write(serviceThat('answer'), abort.signal);
    expect(await resultAfter(19_999, write)).toEqual({
      kind: 'not-done',
      why: 'Test: it has asked not to be called for another 20 s',
    });
    expect(made).toHaveLength(1);
    expect(await resultAfter(1, read)).toBe('an answer');
    expect(await resultAfter(0, protect)).toMatchObject({ kind: 'answered' });
  });

  test('is left alone however long it is, and who cannot wait is told', async () => {
    const policy = policyWith();
    policy.hold(10 * MINUTE);
    for (const kind of ['write', 'protect'] as const) {
      expect(await resultAfter(0, policy[kind](serviceThat('answer'), abort.signal))).toMatchObject({
        kind: 'not-done',
      });
    }
    expect(await resultAfter(0, policy.read(serviceThat('answer'), abort.signal))).toBeInstanceOf(CallRefused);
    expect(made).toEqual([]);
  });
});

test('calls wait for their turn in the budget, and protection goes first', async () => {
  const policy = policyWith({ limits: [{ calls: 10, windowMs: 1000 }] });
  const service = serviceThat('answer');
  const reads = Array.from({ length: 10 }, () => policy.read(service, abort.signal));
  await resultAfter(0, Promise.all(reads));
  expect(made).toEqual([0, 0, 0, 0]);
  await resultAfter(0, Promise.all(Array.from({ length: 6 }, () => policy.protect(service, abort.signal))));
  expect(made).toHaveLength(10);
  expect(await resultAfter(10_000, Promise.all(reads))).toHaveLength(10);
  for (const from of made) expect(made.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(10);
});
