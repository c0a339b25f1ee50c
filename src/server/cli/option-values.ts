import { InvalidArgumentError } from 'commander';
import { type Ratio, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';

/** Where candles come from. */
export type Market =
  | { readonly kind: 'simulated' }
  | { readonly kind: 'replay'; readonly file: string }
  /** An exchange by CCXT's name for it, "bybit-linear" or "alpaca". */
  | { readonly kind: 'exchange'; readonly id: string };
/** Times real time; `max` is as fast as it goes. */
export type Speed = number | 'max';

const REPLAY = 'replay:';
const CCXT = 'ccxt:';
const MOST_FEE_BPS = 1000;
const MOST_BORROW_PERCENT = 1000;
const MOST_PORT = 65_535;

/** @throws InvalidArgumentError */
export function parseMarket(text: string): Market {
  if (text === 'simulated') return { kind: 'simulated' };
  const file = text.slice(REPLAY.length);
  if (text.startsWith(REPLAY) && file !== '') return { kind: 'replay', file };
  if (text === 'kraken' || text === 'bybit-linear' || text === 'alpaca') return { kind: 'exchange', id: text };
  const id = text.slice(CCXT.length);
  if (text.startsWith(CCXT) && id !== '') return { kind: 'exchange', id };
  throw new InvalidArgumentError(
    'It must be "simulated", "replay:" and a file, "kraken", "bybit-linear", "alpaca", or "ccxt:" and an exchange of CCXT.',
  );
}

/** A day or a minute in UTC: "2025-01-01", "2025-01-01T08:30". @throws InvalidArgumentError */
export function parseTime(text: string): EpochMs {
  const [, day, time = '00:00'] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::00)?Z?)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}:00Z`);
  // A day that no month has would be taken for one of the next month.
  if (day !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${day}T${time}`)) {
    return at as EpochMs;
  }
  throw new InvalidArgumentError('It must be a day or a minute in UTC, for example 2025-01-31 or 2025-01-31T08:30.');
}

/** @throws InvalidArgumentError */
export function parseSpeed(text: string): Speed {
  if (text === 'max') return 'max';
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new InvalidArgumentError('It must be a number above 0, for example 60, or "max".');
}

/** What moves market time of the simulator. @throws InvalidArgumentError */
export function parsePace(text: string): 'manual' | 'lock-step' | { readonly speed: number } {
  if (text === 'manual' || text === 'lock-step') return text;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (speed > 0 && Number.isFinite(speed)) return { speed };
  throw new InvalidArgumentError('It must be "manual", "lock-step", or a number above 0, for example 60.');
}

/** Collects ports by name: "bybit=8080". @throws InvalidArgumentError */
export function parsePorts(text: string, before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const [, name, digits] = /^([a-z-]+)=(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (name !== undefined && port <= MOST_PORT) return { ...before, [name]: port };
  throw new InvalidArgumentError(`It must be a name and a port up to ${MOST_PORT}, for example bybit=8080.`);
}

/** @throws InvalidArgumentError */
export function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0 to 999999999.');
}

/** A plain decimal, kept as text so that it stays exact. @throws InvalidArgumentError */
export function parseFeeBps(text: string): string {
  if (/^\d+(\.\d{1,4})?$/.test(text) && Number(text) <= MOST_FEE_BPS) return text;
  throw new InvalidArgumentError(
    `It must be a number from 0 to ${MOST_FEE_BPS} with up to 4 decimals, for example 5.5.`,
  );
}

/** In percent a year, exact. @throws InvalidArgumentError */
export function parseBorrowRate(text: string): Ratio {
  if (/^\d+(\.\d{1,6})?$/.test(text) && Number(text) > 0 && Number(text) <= MOST_BORROW_PERCENT) return ratio(text);
  throw new InvalidArgumentError(
    `It must be a percentage above 0 and up to ${MOST_BORROW_PERCENT} a year, with up to 6 decimals, for example 5.`,
  );
}

/** Collects an option that may stand several times. */
export function listOf(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

const LIFTED = 'none';

/** A whole number from 1, or "none", which lifts the limit. @throws InvalidArgumentError */
export function parseMaxTrades(text: string): number | null {
  if (text === LIFTED) return null;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999, or "none".');
}

/** The number of a trade, from 1. @throws InvalidArgumentError */
export function parseTradeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a trade, 1 for the first.');
}

/** Percent above 0 and up to 100, or "none", which lifts the limit. @throws InvalidArgumentError */
export function parseDailyLoss(text: string): number | null {
  if (text === LIFTED) return null;
  const percent = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError('It must be a percentage above 0 and up to 100, for example 3, or "none".');
}

/** A count of rows. @throws InvalidArgumentError */
export function parseLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}
