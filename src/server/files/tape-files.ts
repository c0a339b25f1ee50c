import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { candleTape, type Quote, type QuotedSide, QuoteTape, type Tape } from '#core/matching/tape.ts';
import type { EpochMs } from '#core/time.ts';
import { InputError } from '../errors.ts';
import { type CandleFileOptions, readCandleFile } from './candle-files.ts';
import { unreadable } from './input-files.ts';

/** What happened inside candles, and how long it reaches: UTC ms, half-open. */
export interface RecordedTape {
  readonly tape: Tape;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Length of a row. */
  readonly durationMs: number;
}

const COLUMNS = 'ts,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size';

/**
 * Reads finer candles, or quotes: their first line tells which.
 * @throws InputError with the file, the line and the fix.
 */
export async function readTapeFile(path: string, options: CandleFileOptions): Promise<RecordedTape> {
  if (await isQuoteFile(path)) return readQuotes(path);
  const { candles } = await readCandleFile(path, options);
  const [from, to] = [candles.openTimeOf(0), candles.closeTimeOf(candles.length - 1)];
  return { tape: candleTape(candles), from, to, durationMs: candles.durationMs };
}

async function isQuoteFile(path: string): Promise<boolean> {
  for await (const line of linesOf(path)) return line.trim() === COLUMNS;
  return false;
}

async function readQuotes(path: string): Promise<RecordedTape> {
  const tape = new QuoteTape();
  let count = 0;
  let durationMs = Number.POSITIVE_INFINITY;
  for await (const line of linesOf(path)) {
    count += 1;
    if (count === 1 || line === '') continue;
    const quote = quoteOf(line, path, count);
    const before = tape.openTime.values[tape.length - 1];
    if (before !== undefined && tape.length > 0) {
      if (quote.openTime <= before) throw refused(path, count, 'its time must be after that of the row before');
      durationMs = Math.min(durationMs, quote.openTime - before);
    }
    tape.append(quote);
  }
  if (tape.length < 2) throw new InputError(`Cannot read quotes from "${path}" as it must have two rows or more`);
  const [from, last] = [tape.openTime.values[0]!, tape.openTime.values[tape.length - 1]!];
  tape.rowMs = durationMs;
  return { tape, from: from as EpochMs, to: (last + durationMs) as EpochMs, durationMs };
}

function quoteOf(line: string, path: string, number: number): Quote {
  const cells = line.split(',');
  const values = cells.map(Number);
  if (cells.length !== COLUMNS.split(',').length || !values.every((value) => Number.isFinite(value) && value >= 0)) {
    throw refused(path, number, `it must have ${COLUMNS.split(',').length} numbers of 0 or more`);
  }
  const [openTime, ...sides] = values as [number, ...number[]];
  const [bid, ask] = [sideOf(sides.slice(0, 5)), sideOf(sides.slice(5))];
  if (![bid, ask].every(isCandle))
    throw refused(path, number, 'each high must be its highest price, each low its lowest');
  if (bid.open > ask.open || bid.close > ask.close) throw refused(path, number, 'its bid must not be above its ask');
  if (!Number.isSafeInteger(openTime)) throw refused(path, number, 'its time must be whole UTC milliseconds');
  return { openTime: openTime as EpochMs, bid, ask };
}

function sideOf(values: readonly number[]): QuotedSide {
  const [open, high, low, close, size] = values as [number, number, number, number, number];
  return { open, high, low, close, size };
}

function isCandle({ open, high, low, close }: QuotedSide): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
}

function refused(path: string, line: number, rule: string): InputError {
  return new InputError(`Cannot read quotes from "${path}", line ${line}, as ${rule}; mend or remove the row`);
}

/** The lines of a file, plain or gzip. */
async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read({ buffer: Buffer.alloc(2) });
    const isGzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
    const source = createReadStream(path);
    yield* createInterface({ input: isGzip ? source.pipe(createGunzip()) : source, crlfDelay: Infinity });
  } catch (error) {
    throw unreadable(error, `Cannot read what happened inside the candles from "${path}"`);
  }
}
