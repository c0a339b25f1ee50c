import type { EpochMs } from '../time.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A name such as "America/New_York" or "UTC", or a fixed distance such as "+02:00". */
const ZONE = /^(?:[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*|[+-]\d\d:\d\d)$/;

/** Whether it names a time zone: one of the IANA database, or a fixed distance from UTC such as "+02:00". */
export function isZone(text: string): boolean {
  if (!ZONE.test(text)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The date that a zone's clocks show, as days since 1970-01-01. */
export function zoneDay(zone: string, at: EpochMs): number {
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/**
 * When a zone's clocks first show a time of a day. A time that they skip is the moment at which they skip it.
 * @param day Days since 1970-01-01. @param minute After midnight, 0 to 1439.
 */
export function zoneTime(zone: string, day: number, minute: number): EpochMs {
  const asked = day * DAY_MS + minute * MINUTE_MS;
  const plain = Temporal.Instant.fromEpochMilliseconds(asked).toZonedDateTimeISO('UTC').toPlainDateTime();
  // Of a time that is shown twice the first one.
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(plain)) return earlier.epochMilliseconds as EpochMs;
  return earlier.getTimeZoneTransition('next')!.epochMilliseconds as EpochMs;
}
