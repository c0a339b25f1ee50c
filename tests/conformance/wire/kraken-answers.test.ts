import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { decimalPlaces, formatDecimal } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { areThere, casesPath } from '../cases.ts';

/** Answers that were recorded from Kraken, read by CCXT and then by the adapter: nothing of them is lost. */
const FOLDER = casesPath('..', 'wire', 'kraken');
const BTC = 'BTC/USDT' as MarketSymbol;
/** Later than every answer here. */
const NOW = Date.UTC(2030, 0, 1) as EpochMs;

function recorded(name: string): string {
  const bytes = readFileSync(`${FOLDER}/${name}`);
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** The answers of another library's tests, by their path. */
function answerOf(path: string): Record<string, unknown> {
  const lines = recorded('kraken_net.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.find((line) => line.path === path)!.payload;
}

/** The pairs that cryptofeed recorded in 2021. */
function cryptofeed(name: string): string {
  const text = recorded(`cryptofeed/${name}`).split('\n')[0]!;
  const { error, result } = JSON.parse(text.replace(/^\S+ -> [\d.]+: /, ''));
  // CCXT has one name for a pair and its dark pool, and for both kinds of REP: Kraken lists neither any more.
  const pairs = Object.entries(result).filter(([pair]) => !/\.d$|^REPV2/.test(pair));
  return JSON.stringify({ error, result: Object.fromEntries(pairs) });
}

afterEach(() => void vi.unstubAllGlobals());

/** The adapter, which is answered with these texts by the path that it asks for. */
async function open(told: Readonly<Record<string, string>>): Promise<CcxtClient> {
  const answers: Readonly<Record<string, string>> = { '/Assets': '{"error":[],"result":{}}', ...told };
  vi.stubGlobal('fetch', async (url: string | URL) => {
    const found = Object.keys(answers).find((path) => new URL(url).pathname.endsWith(path));
    const body = found === undefined ? '{"error":["EGeneral:Unknown method"]}' : answers[found]!;
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  });
  const clock = { ...systemClock, wall: () => NOW };
  const client = (await CcxtClient.load('kraken', { clock, random: systemRandom, retries: 0, betweenMs: 1 }))!;
  await client.loadMarkets();
  return client;
}

interface RawPair {
  readonly wsname?: string;
  readonly pair_decimals: number;
  readonly tick_size?: string;
  readonly lot_decimals: number;
  readonly ordermin?: string;
}

describe.runIf(areThere("Kraken's answers", FOLDER))('of what Kraken answered', () => {
  const pairs = recorded('nautilus/http_asset_pairs.json');

  test.each([
    { from: 'nautilus', text: pairs, least: 1 },
    { from: 'cryptofeed', text: cryptofeed('KRAKEN.0.gz'), least: 200 },
    { from: 'kraken_net', text: JSON.stringify(answerOf('/0/public/AssetPairs')), least: 1 },
  ])('the pairs of $from keep their steps', async ({ text, least }) => {
    const client = await open({ AssetPairs: text });
    const listings = client.listings();
    const raw = Object.values(JSON.parse(text).result as Record<string, RawPair>);
    expect(listings.length).toBeGreaterThanOrEqual(least);
    const lost = raw.filter(
      ({ wsname }) => wsname && !listings.some(({ instrument }) => sameName(wsname, instrument.symbol)),
    );
    expect(lost).toEqual([]);
    for (const { instrument } of listings) {
      const names = raw.filter(({ wsname }) => wsname !== undefined && sameName(wsname, instrument.symbol));
      expect(names.length, instrument.symbol).toBe(1);
      const { tick_size, pair_decimals, lot_decimals } = names[0]!;
      const tick = Number(tick_size ?? 10 ** -pair_decimals);
      expect(Number(formatDecimal(instrument.tick)), instrument.symbol).toBe(Number(tick.toPrecision(15)));
      // Tick and lot have twelve decimals together.
      const decimals = Math.min(lot_decimals, 12 - decimalPlaces(formatDecimal(instrument.tick)));
      expect(Number(formatDecimal(instrument.lot))).toBe(Number((10 ** -decimals).toPrecision(15)));
    }
  });

  test('candles are told as they stand', async () => {
    const text = recorded('nautilus/http_ohlc.json.gz');
    const client = await open({ AssetPairs: pairs, OHLC: text });
    const rows: (string | number)[][] = JSON.parse(text).result.XBTUSDT;
    const candles = await client.candles(BTC, '1m', 0 as EpochMs);
    expect(candles.length).toBeGreaterThan(700);
    expect(
      candles.map(({ openTime, open, high, low, close, volume }) => [openTime / 1000, open, high, low, close, volume]),
    ).toEqual(
      rows.map(([time, open, high, low, close, , volume]) => [time, open, high, low, close, volume].map(Number)),
    );
  });

  test('trades are told as they stand, with the place after them', async () => {
    const text = recorded('nautilus/http_trades.json.gz');
    const client = await open({ AssetPairs: pairs, Trades: text });
    const { XBTUSDT: rows, last } = JSON.parse(text).result as { XBTUSDT: [string, string, number][]; last: string };
    const { trades, next } = await client.trades!.page(BTC, '0');
    expect(trades.map(({ price, amount, at }) => [price, amount, at])).toEqual(
      rows.map(([price, amount, seconds]) => [Number(price), Number(amount), Math.floor(seconds * 1000)]),
    );
    expect(next).toBe(String(last));
  });

  test('prices are told as they stand', async () => {
    const text = recorded('nautilus/http_ticker.json');
    const client = await open({ AssetPairs: pairs, Ticker: text });
    const { a, b, c } = JSON.parse(text).result.XBTUSDT;
    const { rows } = await client.tickers([BTC]);
    expect(rows.get(BTC)).toMatchObject({ ask: Number(a[0]), bid: Number(b[0]), last: Number(c[0]) });
  });
});

/** Kraken writes XBT and XDG; CCXT has names of its own for a few more. */
function sameName(theirs: string, ours: string): boolean {
  const plain = theirs.replace(/\bXBT\b/g, 'BTC').replace(/\bXDG\b/g, 'DOGE');
  return plain === ours || theirs === ours;
}
