import { z } from 'zod';
import type { TradingWindow } from '../core/bots.ts';
import { WEEKDAYS } from '../core/sessions/calendar-days.ts';
import { isZone } from '../core/sessions/zone.ts';
import { section } from './problems.ts';

const TIME = 'must be a time of day from "00:00" to "23:59"';
const ZONE = 'must be a time zone, for example "America/New_York" or "UTC"';
const DAY = `must be one of ${WEEKDAYS.join(', ')}`;
const DAYS = `must be a list of 1 to 7 days, each once, for example ["mon", "tue"]`;
const FLATTEN = 'must be true or false';

const minuteOfDay = z
  .string(TIME)
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, TIME)
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** From the part of a bot file that says at what time of day it trades. */
export const tradingWindowSchema: z.ZodType<TradingWindow> = section({
  start: minuteOfDay,
  end: minuteOfDay,
  zone: z.string(ZONE).refine(isZone, ZONE),
  days: z
    .array(z.enum(WEEKDAYS, DAY), DAYS)
    .min(1, DAYS)
    .refine((days) => new Set(days).size === days.length, DAYS)
    .default([...WEEKDAYS]),
  flattenAtEnd: z.boolean(FLATTEN).default(false),
}).transform(({ start, end, ...window }): TradingWindow => ({ ...window, startMinute: start, endMinute: end }));
