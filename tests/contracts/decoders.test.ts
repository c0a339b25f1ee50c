import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import { AnswerRefused as ContextRefused } from '#adapters/context/answer.ts';
import { coinsFrom, cryptoMarketFrom } from '#adapters/context/coin-gecko.ts';
import { fearGreedFrom } from '#adapters/context/fear-greed.ts';
import { candlesFrom, krakenTradesFrom } from '#adapters/market-data/ccxt/answers.ts';
import { listingsFrom } from '#adapters/market-data/ccxt/listings.ts';
import { fundingRatesFrom, tickersFrom } from '#adapters/market-data/ccxt/quotes.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { coinRow, fearGreedAnswer, globalBody } from '#tests/exchanges/context-answers.ts';

const NOW = Date.UTC(2026, 0, 5, 14, 30) as EpochMs;
const SYMBOLS = ['A/X', 'B/X'] as MarketSymbol[];
const TICKER = { bid: 99, ask: 101, last: 100, timestamp: NOW };
const FUNDING = { fundingRate: 0.0001, fundingTimestamp: NOW, interval: '8h' };
const MARKET = {
  base: 'A',
  quote: 'X',
  type: 'swap',
  contractSize: 0.01,
  precision: { price: 0.1, amount: 0.001 },
  limits: { amount: { min: 0.01 }, cost: { min: 5 } },
  maker: 0.0002,
  taker: 0.0005,
};

const DECODERS: readonly {
  readonly name: string;
  readonly sound: unknown;
  readonly decode: (a: unknown) => unknown;
}[] = [
  { name: 'tickers', sound: { 'A/X': TICKER, 'B/X': TICKER }, decode: (a) => tickersFrom(a, SYMBOLS, NOW) },
  { name: 'funding', sound: { 'A/X': FUNDING, 'B/X': FUNDING }, decode: (a) => fundingRatesFrom(a, SYMBOLS) },
  { name: 'listings, steps', sound: { 'A/X': MARKET }, decode: (a) => listingsFrom(a, 4) },
  {
    name: 'listings, decimals',
    sound: { 'A/X': { ...MARKET, precision: { price: 2, amount: 3 } } },
    decode: (a) => listingsFrom(a, 2),
  },
  {
    name: 'candles',
    sound: [
      [0, 100, 102, 99, 101, 5],
      [60_000, 100, 102, 99, 101, 5],
    ],
    decode: (a) => candlesFrom(a, '1m', 0 as EpochMs, NOW),
  },
  {
    name: 'trades',
    sound: [{ timestamp: NOW, price: 100, amount: 1, info: ['100', '1', 5, 'b', 'l', '', 7, '2000001'] }],
    decode: (a) => krakenTradesFrom(a, '5'),
  },
  { name: 'Fear & Greed', sound: (fearGreedAnswer(NOW) as { json: unknown }).json, decode: fearGreedFrom },
  { name: 'the market', sound: globalBody(NOW), decode: cryptoMarketFrom },
  { name: 'coins', sound: [coinRow(NOW)], decode: coinsFrom },
];

/** What a broken or lying service puts in the place of something. */
const lie = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    1e308,
    5e-324,
    2 ** 53,
    undefined,
  ),
  fc.constantFrom('', ' ', 'NaN', '1e5', '-5', '101', '0x10', '__proto__', '<html>', '\u0000', '99999999999999999'),
  fc.maxSafeInteger(),
);

/** A sound answer with a lie somewhere in it, or nothing but one. */
function lied(sound: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(sound);
  const inside = fc.tuple(fc.constantFrom(...paths), lie).map(([path, value]) => replaced(sound, path, value));
  return fc.oneof({ weight: 4, arbitrary: inside }, { weight: 1, arbitrary: lie });
}

function pathsOf(value: unknown): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])]);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, k) => (String(k) === key ? replaced(item, rest, by) : item));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

/** Every number in a value, wherever it stands. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return [...value.values()].flatMap(numbersIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

test.each(DECODERS)(
  '$name: a lie is refused or harmless, and no number that comes out is none',
  ({ sound, decode }) => {
    expect(numbersIn(decode(sound)).length).toBeGreaterThan(0);
    fc.assert(
      fc.property(lied(sound), (answer) => {
        try {
          expect(numbersIn(decode(answer)).filter((value) => !Number.isFinite(value))).toEqual([]);
        } catch (error) {
          if (!(error instanceof AnswerRefused || error instanceof ContextRefused)) throw error;
        }
      }),
      { numRuns: 4 * PROPERTY_RUNS },
    );
  },
);
