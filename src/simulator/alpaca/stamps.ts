import { zoneDay } from '#core/sessions/zone.ts';
import type { EpochMs } from '#core/time.ts';

const ZONE = 'America/New_York';
const NANOS_PER_MS = 1_000_000n;
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A moment as it is told: nanoseconds since 1970, UTC. */
export type Nanos = bigint;

/** Makes moments that rise, as nothing of one millisecond happens at once. */
export class Stamps {
  private readonly now: () => EpochMs;
  private last = 0n;

  constructor(now: () => EpochMs) {
    this.now = now;
  }

  /** Now, or just after the last one. */
  next(): Nanos {
    return this.at(this.now());
  }

  /** A moment of this millisecond; just after the last one where that was the same. */
  at(time: number): Nanos {
    const from = BigInt(time) * NANOS_PER_MS;
    const isSame = this.last / NANOS_PER_MS === BigInt(time);
    this.last = isSame ? this.last + 1000n : from;
    return this.last;
  }
}

/** "2026-10-08T15:10:18.094153596Z", without the zeros at the end. */
export function utcText(at: Nanos): string {
  const seconds = new Date(Number(at / NANOS_PER_MS)).toISOString().slice(0, 19);
  const fraction = String(at % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction && `.${fraction}`}Z`;
}

/** The same cut to microseconds, as activities have it. */
export function microsText(at: Nanos): string {
  return utcText(at - (at % 1000n));
}

/** "2025-07-03T12:59:00-04:00": New York's time, with its distance from UTC. */
export function newYorkText(at: EpochMs): string {
  return newYork(at).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** The same to the nanosecond, with all of its digits. */
export function newYorkNanosText(at: EpochMs): string {
  return newYork(at).toString({ timeZoneName: 'never', fractionalSecondDigits: 9 });
}

/** "20261008111018097": New York's time to the millisecond, which begins the id of an activity. */
export function activityPrefix(at: Nanos): string {
  return newYork(Number(at / NANOS_PER_MS))
    .toPlainDateTime()
    .toString({ smallestUnit: 'millisecond' })
    .replace(/\D/g, '');
}

/** Minutes after midnight in New York. */
export function newYorkMinute(at: number): number {
  const { hour, minute } = newYork(at);
  return hour * 60 + minute;
}

/** The date in New York, as "2025-07-03". */
export function newYorkDate(at: number): string {
  return newYork(at).toPlainDate().toString();
}

/** Days since 1970-01-01, by New York's date. */
export function newYorkDay(at: number): number {
  return zoneDay(ZONE, at as EpochMs);
}

/** The moment at which New York's clocks show this time of a day. */
export function newYorkTime(date: string, time: string): EpochMs {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(ZONE).epochMilliseconds as EpochMs;
}

/** Reads a time as requests have it: RFC 3339, or a date (its midnight, UTC). Undefined when it is neither. */
export function nanosOf(text: string): Nanos | undefined {
  if (DATE.test(text)) return nanosOf(`${text}T00:00:00Z`);
  const [, seconds, fraction = '', zone] = STAMP.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * NANOS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}

/** The first millisecond that is not before it. */
export function msFrom(at: Nanos): number {
  return Number((at + NANOS_PER_MS - 1n) / NANOS_PER_MS);
}

function newYork(at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);
}
