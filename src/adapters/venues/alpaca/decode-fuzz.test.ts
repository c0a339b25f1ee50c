import { expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { hasNaN, mangled, one } from '#tests/builders/mangled.ts';
import {
  ACCOUNT,
  BARS,
  CLOCK,
  COIN,
  FILL,
  ORDER,
  POSITION,
  SHARE,
  SNAPSHOTS,
  STOP_LEG,
  UPDATE,
} from '#tests/fixtures/alpaca-messages.ts';
import { rowsOf } from './decode.ts';
import { accountFrom, positionFrom } from './decode-account.ts';
import { barPageFrom, coinCandles, shareCandles, snapshotsFrom } from './decode-bars.ts';
import { activityFrom, NO_FEE, updateFrom } from './decode-fill.ts';
import { clockFrom, instrumentFrom, pairsFrom, shareTickFrom } from './decode-market.ts';
import { orderFrom } from './decode-order.ts';
import { AlpacaFailure, failureOf } from './failures.ts';
import { AlpacaSymbols } from './symbols.ts';

/** A million takes a minute: AUTOTRADER_FUZZ_RUNS=1000000. */
const RUNS = Number(process.env.AUTOTRADER_FUZZ_RUNS ?? 20_000);

const SYMBOLS = new AlpacaSymbols(['BTC/USD']);
const free = () => NO_FEE;
const START = 0 as EpochMs;

const DECODERS: readonly { readonly decode: (message: unknown) => unknown; readonly messages: readonly unknown[] }[] = [
  { decode: (message) => orderFrom(message, SYMBOLS), messages: [{ ...ORDER, legs: [STOP_LEG] }, STOP_LEG] },
  { decode: (message) => activityFrom(message, SYMBOLS, free), messages: [FILL] },
  { decode: (message) => updateFrom(message, SYMBOLS, free), messages: [UPDATE, { ...UPDATE, event: 'new' }] },
  {
    decode: (message) => positionFrom(message, SYMBOLS),
    messages: [
      POSITION,
      { ...POSITION, side: 'short', qty: '-4' },
      { ...POSITION, asset_class: 'crypto', symbol: 'BTCUSD' },
    ],
  },
  { decode: accountFrom, messages: [ACCOUNT] },
  { decode: (message) => instrumentFrom(message, SYMBOLS), messages: [SHARE, COIN] },
  { decode: pairsFrom, messages: [[COIN]] },
  { decode: clockFrom, messages: [CLOCK] },
  { decode: shareTickFrom, messages: [{ symbol: 'SPY', trade: { p: 590.5, s: 1 } }] },
  { decode: (message) => shareCandles(barPageFrom(message, 'SPY'), '1m', START), messages: [BARS] },
  { decode: (message) => shareCandles(barPageFrom(message, 'SPY'), '1d', START), messages: [BARS] },
  { decode: (message) => coinCandles(barPageFrom(message, 'SPY'), '1m', START), messages: [BARS] },
  { decode: (message) => [...snapshotsFrom(message, false)], messages: [SNAPSHOTS] },
  // What is inside is read by the others.
  { decode: (message) => rowsOf(message, 'rows').length, messages: [[ORDER], []] },
  {
    decode: (message) => failureOf(403, message).message,
    messages: [{ code: 40310000, message: 'insufficient buying power' }],
  },
];

test(`${RUNS} messages that are not quite right give a value or a typed error`, () => {
  const chance = seededChance(7);
  const counts = { values: 0, errors: 0 };
  for (let run = 0; run < RUNS; run++) {
    const { decode, messages } = one(DECODERS, chance);
    const message = mangled(one(messages, chance), chance);
    try {
      const value = decode(message);
      counts.values += 1;
      if (hasNaN(value)) expect.fail(`NaN from ${JSON.stringify(message)}`);
    } catch (error) {
      counts.errors += 1;
      if (!(error instanceof AnswerRefused || error instanceof AlpacaFailure)) throw error;
    }
  }
  // Both happen, or nothing was tried.
  expect(Math.min(counts.values, counts.errors)).toBeGreaterThan(RUNS / 10);
});

test(`${RUNS} positions that are not quite right are never flat`, () => {
  const chance = seededChance(11);
  for (let run = 0; run < RUNS; run++) {
    const message = mangled(POSITION, chance);
    let read: ReturnType<typeof positionFrom>;
    try {
      read = positionFrom(message, SYMBOLS);
    } catch {
      continue;
    }
    const { symbol, asset_class } = message as { readonly symbol: string; readonly asset_class: string };
    if (read.position !== undefined) expect(read.position.quantity).not.toBe(0n);
    // What is of no market here is left out by its name or its kind alone.
    else expect(asset_class === 'us_option' || !/^[A-Z0-9]{1,10}$/.test(symbol)).toBe(true);
  }
});
