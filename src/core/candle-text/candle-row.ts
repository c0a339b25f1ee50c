import type { Candle } from '../candles.ts';
import { DECIMALS } from '../money.ts';
import type { EpochMs } from '../time.ts';
import { CandleTextError } from './candle-text-error.ts';
import { decimalsOf } from './decimal-step.ts';

export const CANDLE_HEADER = 'ts,open,high,low,close,volume';
const FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const PRICES = ['open', 'high', 'low', 'close'] as const;

/** The most digits a price may have, so that it stays exact as a float and as a whole number of ticks. */
const PRICE_DIGITS = 15;
/** The last moment that a date can name, in UTC ms. */
const LATEST_TIME = 8.64e15;
const LONGEST_VALUE_SHOWN = 60;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @throws CandleTextError unless the first line names the six columns in their order. */
export function checkHeader(text: string): void {
  if (text !== CANDLE_HEADER && text !== CANDLE_HEADER.replace('ts', 'time')) {
    const fix = 'make it the first line of a plain CSV text, unpacked if it was compressed';
    throw new CandleTextError(1, `the header must be "${CANDLE_HEADER}": it is ${shown(text)}`, fix);
  }
}

/**
 * Reads one row with care rather than speed: it knows each rule, and which one a row breaks.
 * @param previousOpenTime Open time of the row before, in UTC ms; -1 before the first.
 * @throws CandleTextError for the first rule that the row breaks.
 */
export function readCandleRow(text: string, line: number, previousOpenTime: number): Candle {
  const texts = text.split(',');
  if (texts.length !== FIELDS.length) {
    const problem = `a row must have ${FIELDS.length} columns: this one has ${texts.length}`;
    throw new CandleTextError(line, problem, `write it as ${CANDLE_HEADER}`);
  }
  const values = texts.map((value, k) => readNumber(value, FIELDS[k], line));
  const [openTime, open, high, low, close, volume] = values as [EpochMs, number, number, number, number, number];
  const row = { openTime, open, high, low, close, volume };
  checkTime(openTime, previousOpenTime, line);
  for (const field of PRICES) checkPrice(row[field], field, line);
  checkShape(row, line);
  return row;
}

function readNumber(text: string, field: string, line: number): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new CandleTextError(line, `the ${field} must be a number: it is ${shown(text)}`, 'correct or remove the row');
}

function checkTime(time: number, previous: number, line: number): void {
  if (!Number.isSafeInteger(time) || time < 0 || time > LATEST_TIME) {
    const problem = `the time must be whole UTC milliseconds since 1970: it is ${time}`;
    throw new CandleTextError(line, problem, 'write the open time of the candle so');
  }
  if (time === previous) {
    throw new CandleTextError(
      line,
      `each time may stand once: ${time} repeats the row before`,
      'remove one of the two rows',
    );
  }
  if (time < previous) {
    const problem = `the times must ascend: ${time} stands after ${previous}`;
    throw new CandleTextError(line, problem, 'sort the rows by time, oldest first');
  }
}

/** Prices and quantities stay whole on a grid of 12 decimals in all below it. */
const PRICE_LIMIT = 1e12;

function checkPrice(price: number, field: string, line: number): void {
  if (price <= 0) {
    throw new CandleTextError(line, `the ${field} must be above 0: it is ${price}`, 'correct or remove the row');
  }
  if (price >= PRICE_LIMIT) {
    throw new CandleTextError(
      line,
      `the ${field} must be below ${PRICE_LIMIT}: it is ${price}`,
      'correct or remove the row',
    );
  }
  const digits = price.toExponential().replace(/\.|e.*$/g, '').length;
  if (digits > PRICE_DIGITS || decimalsOf(price) > DECIMALS) {
    const problem = `the ${field} may have up to ${PRICE_DIGITS} digits, ${DECIMALS} of them decimals: it is ${price}`;
    throw new CandleTextError(line, problem, "round the prices to the instrument's tick");
  }
}

function checkShape({ open, high, low, close, volume }: Candle, line: number): void {
  const fix = 'correct or remove the row';
  if (high < low) {
    throw new CandleTextError(line, `the high must not be below the low: high ${high}, low ${low}`, fix);
  }
  for (const [field, price] of [['open', open] as const, ['close', close] as const]) {
    if (price >= low && price <= high) continue;
    throw new CandleTextError(line, `the ${field} must lie between low ${low} and high ${high}: it is ${price}`, fix);
  }
  if (volume < 0) throw new CandleTextError(line, `the volume must not be below 0: it is ${volume}`, fix);
}

/** A value as people see it, quoted, without the control characters of a file that is no text. */
function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_VALUE_SHOWN ? `${text.slice(0, LONGEST_VALUE_SHOWN)}…` : text);
}
