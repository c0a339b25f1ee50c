import { expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import type { MarketSymbol } from '#core/bots.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused } from '#ports/venue.ts';
import { hasNaN, mangled, one } from '#tests/builders/mangled.ts';
import {
  ACCOUNT_INFO,
  API_KEY,
  CHILD_ROW,
  EXECUTION_ROW,
  FEE_RATES,
  FUNDING_ROW,
  INSTRUMENT_ROW,
  KLINES,
  ORDER_ROW,
  POSITION_ROW,
  SERVER_TIME,
  WALLET,
} from '#tests/fixtures/bybit-messages.ts';
import { answerFrom, rowsOf } from './decode.ts';
import { accountInfoFrom, balancesFrom, feeRatesFrom, permissionsFrom } from './decode-account.ts';
import { executedFrom } from './decode-execution.ts';
import { instrumentFrom, klinesFrom, timeFrom } from './decode-market.ts';
import { orderFrom, placedFrom } from './decode-order.ts';
import { positionFrom } from './decode-position.ts';

/** Later than every message here. */
const NOW = Date.UTC(2030, 0, 1) as EpochMs;

/** A million takes a minute: AUTOTRADER_FUZZ_RUNS=1000000. */
const RUNS = Number(process.env.AUTOTRADER_FUZZ_RUNS ?? 20_000);

const DECODERS: readonly { readonly decode: (message: unknown) => unknown; readonly messages: readonly unknown[] }[] = [
  { decode: orderFrom, messages: [ORDER_ROW, CHILD_ROW] },
  { decode: executedFrom, messages: [EXECUTION_ROW, FUNDING_ROW] },
  { decode: positionFrom, messages: [POSITION_ROW, { ...POSITION_ROW, side: '', size: '0', avgPrice: '' }] },
  { decode: (message) => balancesFrom(message, 'isolated'), messages: [WALLET] },
  { decode: (message) => balancesFrom(message, 'cross'), messages: [WALLET] },
  { decode: accountInfoFrom, messages: [ACCOUNT_INFO] },
  { decode: permissionsFrom, messages: [API_KEY] },
  { decode: (message) => feeRatesFrom(message, 'BTC/USDT' as MarketSymbol), messages: [FEE_RATES] },
  { decode: instrumentFrom, messages: [INSTRUMENT_ROW] },
  { decode: (message) => klinesFrom(message, '1h', 0 as EpochMs, NOW), messages: [KLINES] },
  { decode: timeFrom, messages: [SERVER_TIME] },
  { decode: placedFrom, messages: [{ orderId: ORDER_ROW.orderId, orderLinkId: '' }] },
  // What is inside is read by the others.
  { decode: (message) => rowsOf(message, 'rows').cursor, messages: [{ list: [ORDER_ROW], nextPageCursor: 'a%3D1' }] },
  {
    decode: (message) => answerFrom(message).code,
    messages: [{ retCode: 0, retMsg: 'OK', result: { list: [] }, time: 1767225600123 }],
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
      if (!(error instanceof AnswerRefused || error instanceof VenueRefused)) throw error;
    }
  }
  // Both happen, or nothing was tried.
  expect(Math.min(counts.values, counts.errors)).toBeGreaterThan(RUNS / 10);
});

test(`${RUNS} positions that are not quite right are never flat`, () => {
  const chance = seededChance(11);
  for (let run = 0; run < RUNS; run++) {
    const message = mangled(POSITION_ROW, chance);
    let position: unknown;
    try {
      position = positionFrom(message);
    } catch {
      continue;
    }
    if (position !== undefined) continue;
    const { symbol, size } = message as { symbol: string; size: string };
    if (/^[A-Z0-9]+USDT$/.test(symbol)) expect(size).toMatch(/^-?0+(\.0+)?$/);
  }
});
