import type { WallClock } from '#ports/clock.ts';
import { CallTimedOut } from './refusal.ts';

/** A call to the outside. It should end when the signal fires; whether it does or not, nobody waits for it then. */
export type Call<Answer> = (signal: AbortSignal) => Promise<Answer>;

/** @throws CallTimedOut after `ms`; the reason of `abort` when that fires first; else what the call throws. */
export async function withinTime<Answer>(
  call: Call<Answer>,
  ms: number,
  clock: WallClock,
  abort: AbortSignal,
): Promise<Answer> {
  abort.throwIfAborted();
  const limit = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([abort, limit.signal]);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { signal: ended.signal });
  void clock.sleep(ms, ended.signal).then(() => {
    if (!ended.signal.aborted) limit.abort(new CallTimedOut(`it timed out after ${ms} ms`));
  });
  try {
    // The signal has ended the work by the time the race is lost, unless it takes no notice.
    return await Promise.race([call(signal), broken]);
  } finally {
    ended.abort();
  }
}
