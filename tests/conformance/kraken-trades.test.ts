import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';

/** Answers that were recorded from Kraken on one day, its candles and its trades of the same hours. */
const RECORDED = fileURLToPath(new URL('../../../shared/data/wire/kraken/nautilus/', import.meta.url));
const MINUTE = TIMEFRAME_MS['1m'];

const recorded = (name: string) => JSON.parse(gunzipSync(readFileSync(RECORDED + name)).toString()).result.XBTUSDT;

describe.skipIf(!existsSync(RECORDED))('candles that Kraken made of its trades', () => {
  test('are those that we make of them, to the last digit', () => {
    const theirs = new Map<number, number[]>(
      recorded('http_ohlc.json.gz').map(([time, open, high, low, close, , volume]: string[]) => [
        Number(time) * 1000,
        [open, high, low, close, volume].map(Number),
      ]),
    );
    const made = new TradeCandles('1m');
    // Kraken's times have parts of a millisecond.
    const ours = recorded('http_trades.json.gz').flatMap(([price, amount, seconds]: [string, string, number]) =>
      made.take(Math.floor(seconds * 1000) as EpochMs, Number(price), Number(amount)),
    );
    // The first one may have begun before the first trade that is recorded.
    const compared = ours.slice(1).filter(({ openTime }: { openTime: number }) => theirs.has(openTime));
    expect(compared.length).toBeGreaterThan(100);
    for (const { openTime, open, high, low, close, volume } of compared) {
      expect([open, high, low, close, volume], `minute ${openTime / MINUTE}`).toEqual(theirs.get(openTime));
    }
  });
});
