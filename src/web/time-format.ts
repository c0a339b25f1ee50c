import type { Zone } from './format.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** What to add to a UTC time so that its UTC fields read as the zone's. */
export function zoneOffsetMs(at: number, zone: Zone): number {
  return zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE;
}

function inZone(at: number, zone: Zone): Date {
  return new Date(at + zoneOffsetMs(at, zone));
}

const two = (value: number): string => String(value).padStart(2, '0');

/** "15:41:52" */
export function formatClock(at: number, zone: Zone): string {
  const date = inZone(at, zone);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** "15:41" */
export function formatMinute(at: number, zone: Zone): string {
  return formatClock(at, zone).slice(0, 5);
}

/** "14 Nov" */
export function formatDay(at: number, zone: Zone): string {
  const date = inZone(at, zone);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

export function yearOf(at: number, zone: Zone): number {
  return inZone(at, zone).getUTCFullYear();
}

/** Today "15:41:52", this year "14 Nov 06:30", else "14 Nov 2024 06:30". `now` is of the same clock as `at`. */
export function formatWhen(at: number, now: number, zone: Zone): string {
  const sameYear = yearOf(at, zone) === yearOf(now, zone);
  if (sameYear && formatDay(at, zone) === formatDay(now, zone)) return formatClock(at, zone);
  const year = sameYear ? '' : ` ${yearOf(at, zone)}`;
  return `${formatDay(at, zone)}${year} ${formatMinute(at, zone)}`;
}

/** "48 s", "12 m", "8 h 12 m", "41 d 6 h". */
export function formatDuration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two(Math.floor((ms % HOUR) / MINUTE))} m`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** "UTC", or what the browser calls its own zone: "CET", "GMT+2". */
export function zoneName(at: number, zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  const named = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(at);
  return named.find((part) => part.type === 'timeZoneName')?.value ?? 'local';
}

/** ISO UTC with milliseconds, for tooltips and machines. */
export function formatIso(at: number): string {
  return new Date(at).toISOString();
}
