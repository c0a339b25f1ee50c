import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  type CandleText,
  CandleTextError,
  type CandleTextOptions,
  CandleTextReader,
} from '#core/candle-text/candle-text.ts';
import type { Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { type Money, price, quantity } from '#core/money.ts';
import { InputError } from '../errors.ts';
import { unreadable } from './input-files.ts';

const CHUNK_BYTES = 1 << 17;
/** The first bytes of every gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b]);

export interface CandleFileOptions extends CandleTextOptions {
  /** Hears how much of the file has been read, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Reads a candle file, plain or gzip, as it streams in: what it takes is the candles and a few hundred kilobytes.
 * Whether it is gzip is told by its first bytes; a name that ends in .gz must tell the truth.
 *
 * @throws InputError with the file, the line and the fix.
 */
export async function readCandleFile(path: string, options: CandleFileOptions = {}): Promise<CandleText> {
  const reader = new CandleTextReader(options);
  try {
    await using file = await open(path);
    await feed(file, path, reader, options.onProgress);
    return reader.end();
  } catch (error) {
    throw explained(error, path);
  }
}

async function feed(
  file: FileHandle,
  path: string,
  reader: CandleTextReader,
  onProgress?: (fraction: number) => void,
): Promise<void> {
  const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(GZIP.length) });
  const head = buffer.subarray(0, bytesRead);
  const isGzip = head.equals(GZIP);
  if (!isGzip && bytesRead > 0 && path.endsWith('.gz')) throw new NotGzip();
  const { size } = await file.stat();
  const source = file.createReadStream({ highWaterMark: CHUNK_BYTES });
  const unpacked = isGzip ? createGunzip({ chunkSize: CHUNK_BYTES }) : new PassThrough();
  unpacked.write(head);
  await pipeline(source, unpacked, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      reader.push(chunk);
      onProgress?.((bytesRead + source.bytesRead) / size);
    }
  });
}

class NotGzip extends Error {}

function explained(error: unknown, path: string): unknown {
  const action = `Cannot read candles from "${path}"`;
  if (error instanceof CandleTextError) return new InputError(`${action}: ${error.message}`);
  if (error instanceof NotGzip) {
    return new InputError(`${action} as a file whose name ends in .gz must be gzip; rename it, or pack it with gzip`);
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    return new InputError(`${action} as a gzip file must be whole: ${error.message}; copy or download it again`);
  }
  return unreadable(error, action);
}

/**
 * The market that a candle file tells of. Of one that never closes, the steps are the finest that the file's own prices
 * and volumes lie on; stocks trade in whole shares, and have the ticks of their exchange whatever averages a file holds.
 */
export function instrumentOf(symbol: MarketSymbol, { priceTick, quantityLot, candles }: CandleText): Instrument {
  const [base = '', quote = ''] = symbol.split('/');
  const { name: calendar } = candles.calendar;
  const steps = calendar === 'us-stocks' ? stockSteps(candles) : { tick: priceTick, lot: quantityLot };
  const lot = quantity(steps.lot);
  return { symbol, base, quote, tick: price(steps.tick), lot, minQuantity: lot, minNotional: 0n as Money, calendar };
}

/** A cent, and a hundredth of one below a dollar. @see SEC Rule 612 (17 CFR 242.612), minimum pricing increment. */
function stockSteps({ low, length }: Candles): { readonly tick: string; readonly lot: string } {
  const isBelowDollar = low.values.subarray(0, length).some((price) => price < 1);
  return { tick: isBelowDollar ? '0.0001' : '0.01', lot: '1' };
}
