import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { FundingEvent } from '#core/margin/funding.ts';
import { decimalOf, ratio } from '#core/money.ts';
import { epochMs } from '#core/time.ts';
import { InputError } from '../errors.ts';
import { unreadable } from './input-files.ts';

const HEADER = 'ts,funding_rate';
/** The first byte of every gzip file; no text begins with it. */
const GZIP = 0x1f;
const RATE = /^-?\d+(\.\d+)?(e-?\d+)?$/i;

/**
 * Reads funding rates, plain or gzip: a time in UTC ms and the fraction that longs pay shorts, oldest first.
 * @throws InputError with the file, the line and the fix.
 */
export async function readFundingFile(path: string): Promise<readonly FundingEvent[]> {
  const action = `Cannot read funding rates from "${path}"`;
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(error, action);
  });
  const [header = '', ...lines] = unpacked(bytes, action).trim().split(/\r?\n/);
  if (header !== HEADER) {
    throw new InputError(`${action} as its first line must be "${HEADER}": current value is "${header.slice(0, 60)}"`);
  }
  const events: FundingEvent[] = [];
  for (const [k, line] of lines.entries()) {
    const event = eventOf(line);
    const before = events.at(-1);
    if (event === undefined) {
      const rule = 'must be a time in UTC ms and a rate of up to 12 decimals, for example 1760112000000,0.0001';
      throw new InputError(`${action}: line ${k + 2} ${rule}: current value is "${line.slice(0, 60)}"; correct it`);
    }
    if (before !== undefined && event.at <= before.at) {
      throw new InputError(`${action}: line ${k + 2} must be later than the line before; sort the file by time`);
    }
    events.push(event);
  }
  return events;
}

function unpacked(bytes: Buffer, action: string): string {
  if (bytes[0] !== GZIP) return bytes.toString();
  try {
    return gunzipSync(bytes).toString();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`${action} as a gzip file must be whole: ${why}; copy or download it again`, { cause: error });
  }
}

function eventOf(line: string): FundingEvent | undefined {
  const [time = '', rate = '', ...others] = line.split(',');
  if (!/^\d{1,15}$/.test(time) || !RATE.test(rate) || others.length > 0) return undefined;
  try {
    return { at: epochMs(Number(time)), rate: ratio(decimalOf(Number(rate))) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
