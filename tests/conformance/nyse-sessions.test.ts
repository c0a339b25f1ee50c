import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { dayOfText, weekdayOf } from '#core/sessions/calendar-days.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';

/** Recorded sessions of the New York Stock Exchange; the workshop's data lies beside the repository. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = resolve(ROOT, process.env.AUTOTRADER_CALENDAR ?? '../shared/data/calendar');
const SESSIONS = join(FOLDER, 'xnys_sessions_1990-2028.csv.gz');
const DAYS = join(FOLDER, 'nyse_2015-2028.json');
const isThere = existsSync(SESSIONS) && existsSync(DAYS);

test.runIf(!isThere)('recorded sessions are not compared', ({ skip }) => {
  skip(`there is no ${SESSIONS}: set AUTOTRADER_CALENDAR to the folder that holds it`);
});

interface RecordedSession {
  readonly date: string;
  readonly open: number;
  readonly close: number;
}

function recordedSessions(): readonly RecordedSession[] {
  const [, ...lines] = gunzipSync(readFileSync(SESSIONS)).toString().trim().split('\n');
  return lines.map((line) => {
    const [date = '', open, close] = line.split(',');
    return { date, open: Number(open), close: Number(close) };
  });
}

interface ListedDay {
  readonly date: string;
}
interface ListedDays {
  readonly full_closures: readonly ListedDay[];
  readonly early_closes: readonly ListedDay[];
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

describe.runIf(isThere)('the sessions of the New York Stock Exchange', () => {
  test('each one of 1990 to 2028, and none between', () => {
    const recorded = recordedSessions();
    expect(recorded.length).toBeGreaterThan(9_800);
    let day = dayOfText(recorded[0]!.date);
    const ours = recorded.map((): RecordedSession => {
      const session = US_STOCKS.sessionFrom(day);
      day = session.day + 1;
      return { date: dateOf(session.day), open: session.open, close: session.close };
    });
    expect(ours.filter((session, k) => JSON.stringify(session) !== JSON.stringify(recorded[k]))).toEqual([]);
  });

  test('each closed weekday and early close of 2015 to 2028', () => {
    const listed = JSON.parse(readFileSync(DAYS, 'utf8')) as ListedDays;
    const closed: string[] = [];
    const early: string[] = [];
    for (let day = dayOfText('2015-01-01'); day <= dayOfText('2028-12-31'); day++) {
      if (['sat', 'sun'].includes(weekdayOf(day))) continue;
      const session = US_STOCKS.sessionFrom(day);
      if (session.day !== day) closed.push(dateOf(day));
      else if (session.close - session.open < 6.5 * 3_600_000) early.push(dateOf(day));
    }
    expect(closed).toEqual(listed.full_closures.map(({ date }) => date));
    expect(early).toEqual(listed.early_closes.map(({ date }) => date));
  });
});
