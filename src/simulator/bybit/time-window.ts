import { badParameter, type Params } from './params.ts';

const WEEK_MS = 7 * 86_400_000;

/** Whether a time lies in the window that is asked for: at most seven days, the last ones when none is named. */
export function within(params: Params, now: number, usualMs = WEEK_MS): (time: number) => boolean {
  const start = params.whole('startTime');
  const end = params.whole('endTime');
  const from = start ?? (end ?? now) - usualMs;
  const to = end ?? (start === undefined ? now : start + usualMs);
  if (to - from > WEEK_MS) throw badParameter('params error: the time range must be within 7 days');
  return (time) => time >= from && time <= to;
}
