import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Tape } from '#core/matching/tape.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { durationText, utcText } from '../cli/time-text.ts';
import { InputError } from '../errors.ts';
import type { CandleFileOptions } from './candle-files.ts';
import { readTapeFile } from './tape-files.ts';

/** Sessions open at a half hour: candles longer than that do not close on the hours that an interval ticks on. */
const LONGEST_ALIGNED_MS = TIMEFRAME_MS['30m'];

/** What happened inside candles, from a file. @throws InputError when it does not cover them, or is not finer. */
export async function readInside(path: string, outer: Candles, options: CandleFileOptions): Promise<Tape> {
  const { tape, from, to, durationMs } = await readTapeFile(path, options);
  if (durationMs > outer.durationMs || outer.durationMs % durationMs !== 0) {
    throw new InputError(
      `Cannot replay "${path}" inside the candles as its rows must fit into them: a row lasts ${durationText(durationMs)}, ` +
        `a candle ${durationText(outer.durationMs)}`,
    );
  }
  const [first, last] = [outer.openTimeOf(0), outer.closeTimeOf(outer.known - 1)];
  if (from > first || to < last) {
    throw new InputError(
      `Cannot replay "${path}" inside the candles as it must cover them all: it goes from ${spanText(from, to)}, and they ` +
        `from ${spanText(first, last)}`,
    );
  }
  return tape;
}

/**
 * A bot that decides between closes needs to know the price there.
 * @throws InputError where recorded candles, with what happened inside them, do not tell it.
 */
export function checkBetweenCloses(bot: Bot, candles: Candles, inside: Tape | undefined): void {
  checkInterval(bot, candles, inside);
  checkEvents(bot, inside);
}

function checkInterval({ name, intervalMs }: Bot, candles: Candles, inside: Tape | undefined): void {
  if (intervalMs === undefined) return;
  const action = `Cannot run "${name}" every ${secondsText(intervalMs)}`;
  const { durationMs, calendar } = candles;
  if (inside === undefined) {
    const isAligned = calendar === ALWAYS || durationMs <= LONGEST_ALIGNED_MS;
    if (isAligned && intervalMs % durationMs === 0) return;
    const multiple = isAligned ? `, or make "tradingFrequency" a multiple of ${durationMs / 1000}` : '';
    throw new InputError(
      `${action} as the price between two closes must be known: a candle lasts ${secondsText(durationMs)}, and nothing tells ` +
        `what happened inside it; add --inside with finer candles or quotes${multiple}`,
    );
  }
  const { rowMs } = inside;
  if (rowMs === undefined || intervalMs % rowMs !== 0) {
    const row = rowMs === undefined ? 'any time' : secondsText(rowMs);
    throw new InputError(
      `${action} as its interval must be a multiple of what is replayed inside the candles: a row there lasts ${row}; ` +
        'give finer rows, or a longer "tradingFrequency"',
    );
  }
  checkAligned(inside, rowMs, action, 'tradingFrequency');
}

function checkEvents({ name, callingEvents }: Bot, inside: Tape | undefined): void {
  if (callingEvents === undefined) return;
  const action = `Cannot call "${name}" at market events`;
  if (inside === undefined) {
    throw new InputError(
      `${action} as what happens between two closes must be known: nothing tells what happened inside the candles; ` +
        'add --inside with finer candles, or leave "tradingEvents" out',
    );
  }
  if (inside.rowMs !== undefined) checkAligned(inside, inside.rowMs, action, 'tradingEvents');
}

function checkAligned(inside: Tape, rowMs: number, action: string, field: string): void {
  for (let row = 0; row < inside.length; row++) {
    const openTime = inside.openTime.values[row]! as EpochMs;
    if (openTime % rowMs === 0) continue;
    throw new InputError(
      `${action} as the rows inside the candles must begin at multiples of ${secondsText(rowMs)}: one begins at ` +
        `${utcText(openTime)} and ${openTime % rowMs} ms; leave "${field}" out`,
    );
  }
}

function secondsText(ms: number): string {
  return `${ms / 1000} s`;
}

function spanText(from: EpochMs, to: EpochMs): string {
  return `${utcText(from)} to ${utcText(to)}`;
}
