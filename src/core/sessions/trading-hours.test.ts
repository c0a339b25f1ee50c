import { expect, test } from 'vitest';
import type { TradingWindow } from '../bots.ts';
import { epochMs, type Timeframe } from '../time.ts';
import { ALWAYS } from './always.ts';
import type { SessionCalendar } from './calendar.ts';
import { WEEKDAYS } from './calendar-days.ts';
import { TradingHours } from './trading-hours.ts';
import { US_STOCKS } from './us-stocks.ts';

const NEW_YORK = { zone: 'America/New_York', days: WEEKDAYS } as const;
const MORNING: TradingWindow = { ...NEW_YORK, startMinute: 570, endMinute: 720, flattenAtEnd: true };
const AFTERNOON: TradingWindow = { ...NEW_YORK, startMinute: 720, endMinute: 1020, flattenAtEnd: true };
const NIGHT: TradingWindow = { ...NEW_YORK, startMinute: 1320, endMinute: 120, flattenAtEnd: false };

/** Hours that follow one another, each with when it ends. New York is UTC-4: its July 2nd, and the 3rd until 13:00. */
interface Case {
  readonly name: string;
  readonly calendar: SessionCalendar;
  readonly timeframe: Timeframe;
  readonly window?: TradingWindow;
  readonly from: string;
  readonly expected: readonly string[];
}

test.each<Case>([
  {
    name: 'stocks without a window',
    calendar: US_STOCKS,
    timeframe: '1m',
    from: '2025-07-02T12:00Z',
    expected: [
      'market-closed 02 13:30',
      'open 02 20:00',
      'market-closed 03 13:30',
      'open 03 17:00',
      'market-closed 07 13:30',
    ],
  },
  {
    name: 'stocks in the morning, flat at its end with the order of 11:59',
    calendar: US_STOCKS,
    timeframe: '1m',
    window: MORNING,
    from: '2025-07-02T13:30Z',
    expected: [
      'open 02 15:59',
      'ending 02 16:00',
      'outside-window 02 20:00',
      'market-closed 03 13:30',
      'open 03 15:59',
    ],
  },
  {
    name: 'stocks in the afternoon, flat when the session ends, early or not',
    calendar: US_STOCKS,
    timeframe: '5m',
    window: AFTERNOON,
    from: '2025-07-02T16:00Z',
    expected: [
      'open 02 19:55',
      'ending 02 20:00',
      'market-closed 03 13:30',
      'outside-window 03 16:00',
      'open 03 16:55',
      'ending 03 17:00',
    ],
  },
  {
    name: 'hours of stocks: the last one before the end is half an hour',
    calendar: US_STOCKS,
    timeframe: '1h',
    window: AFTERNOON,
    from: '2025-07-02T16:30Z',
    expected: ['open 02 19:00', 'ending 02 20:00', 'market-closed 03 13:30'],
  },
  {
    name: 'days of stocks close with their session and mean the next open',
    calendar: US_STOCKS,
    timeframe: '1d',
    from: '2025-07-02T20:00Z',
    expected: ['open 03 17:00', 'open 07 20:00'],
  },
  {
    name: 'a market that never closes, over midnight in New York and in UTC',
    calendar: ALWAYS,
    timeframe: '1m',
    window: { ...NIGHT, startMinute: 18 * 60, flattenAtEnd: true },
    from: '2025-07-02T21:00Z',
    expected: ['outside-window 02 22:00', 'open 03 05:59', 'ending 03 06:00', 'outside-window 03 22:00'],
  },
  {
    name: 'the night the clocks go back lasts an hour longer',
    calendar: ALWAYS,
    timeframe: '1m',
    window: { ...NIGHT, endMinute: 180 },
    from: '2025-11-01T12:00Z',
    expected: ['outside-window 02 02:00', 'open 02 08:00', 'outside-window 03 03:00', 'open 03 08:00'],
  },
])('$name', ({ calendar, timeframe, window, from, expected }) => {
  const hours = new TradingHours(calendar, timeframe, window);
  let at = Date.parse(from);
  const told = expected.map(() => {
    const { hours: now, until } = hours.at(epochMs(at));
    at = until;
    return `${now} ${new Date(until).toISOString().slice(8, 16).replace('T', ' ')}`;
  });
  expect(told).toEqual(expected);
});

test('what holds at a moment holds until it ends', () => {
  for (const [calendar, window] of [
    [US_STOCKS, MORNING],
    [US_STOCKS, undefined],
    [ALWAYS, NIGHT],
  ] as const) {
    const hours = new TradingHours(calendar, '1m', window);
    let stretch = hours.at(epochMs(Date.parse('2025-07-02T00:00Z')));
    for (let at = Date.parse('2025-07-02T00:01Z'); at < Date.parse('2025-07-08T00:00Z'); at += 60_000) {
      if (at >= stretch.until) stretch = hours.at(epochMs(at));
      expect(hours.at(epochMs(at))).toEqual(stretch);
    }
  }
});
