import { type ClosedTrades, LEAST_TRADES, type Rate } from './statistics.ts';
import { winRateOf } from './trade-rates.ts';

/** The closed trades that have something in common. */
export interface BreakdownRow<Group> {
  readonly group: Group;
  readonly n: number;
  readonly won: number;
  /** Share of the trades that won; undefined under 10 of them. */
  readonly winRate: number | undefined;
  /** After fees, in the account's currency. */
  readonly pnl: number;
  /** Mean R; n trades that had a stop, undefined under 10 of them. */
  readonly averageR: Rate;
}

/** Parts the closed trades by what `groupOf` tells of each, ordered as `groups` are; one without a trade is left out. */
export function breakdown<Group>(
  { length, pnl, r }: ClosedTrades,
  groups: readonly Group[],
  groupOf: (k: number) => Group,
): readonly BreakdownRow<Group>[] {
  const members = new Map<Group, number[]>(groups.map((group) => [group, []]));
  for (let k = 0; k < length; k++) members.get(groupOf(k))?.push(k);
  return groups.flatMap((group) => {
    const trades = members.get(group) ?? [];
    if (trades.length === 0) return [];
    const results = trades.map((k) => pnl[k]);
    const multiples = trades.map((k) => r[k]).filter((value) => !Number.isNaN(value));
    return {
      group,
      n: trades.length,
      won: results.filter((value) => value > 0).length,
      winRate: trades.length >= LEAST_TRADES ? winRateOf(results) : undefined,
      pnl: sumOf(results),
      averageR: {
        value: multiples.length >= LEAST_TRADES ? sumOf(multiples) / multiples.length : undefined,
        n: multiples.length,
      },
    };
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours of a UTC day. */
export const HOURS: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);
/** Days of a week, counted as ISO 8601 does: 1 is Monday, 7 is Sunday. */
export const WEEKDAYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** The UTC hour that holds a time, 0 to 23. */
export function hourOf(at: number): number {
  return Math.floor((at - Math.floor(at / DAY_MS) * DAY_MS) / HOUR_MS);
}

/** The UTC weekday that holds a time, 1 to 7; 1970-01-01 was a Thursday. */
export function weekdayOf(at: number): number {
  const days = Math.floor(at / DAY_MS) + 3;
  return days - Math.floor(days / 7) * 7 + 1;
}
