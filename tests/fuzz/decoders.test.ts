import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { AnswerRefused } from '#adapters/calls/answer-refused.ts';
import { AnswerRefused as ContextRefused } from '#adapters/context/answer.ts';
import { coinsFrom, cryptoMarketFrom } from '#adapters/context/coin-gecko.ts';
import { fearGreedFrom } from '#adapters/context/fear-greed.ts';
import { candlesFrom, krakenTradesFrom } from '#adapters/market-data/ccxt/answers.ts';
import { instrumentFrom as instrumentOfCcxt, listingsFrom } from '#adapters/market-data/ccxt/listings.ts';
import { fundingRatesFrom, tickersFrom } from '#adapters/market-data/ccxt/quotes.ts';
import { readAnswerText } from '#adapters/models/answer-text.ts';
import { answerFrom, rowsOf } from '#adapters/venues/bybit/decode.ts';
import { accountInfoFrom, balancesFrom, feeRatesFrom, permissionsFrom } from '#adapters/venues/bybit/decode-account.ts';
import { executedFrom } from '#adapters/venues/bybit/decode-execution.ts';
import {
  fundingRatesFrom as fundingOfBybit,
  instrumentFrom,
  klinesFrom,
  spotInstrumentFrom,
  tickersFrom as tickersOfBybit,
  timeFrom,
} from '#adapters/venues/bybit/decode-market.ts';
import { orderFrom, placedFrom } from '#adapters/venues/bybit/decode-order.ts';
import { positionFrom } from '#adapters/venues/bybit/decode-position.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused } from '#ports/venue.ts';
import { readChart } from '#strategies/chart-vision/answer.ts';
import { fractionIn, priceIn, recommendationIn, textIn } from '#strategies/model-answers/fields.ts';
import { readVote } from '#strategies/model-vote/answer.ts';
import { FUZZ_RUNS, hasNaN, mangled, one } from '#tests/builders/mangled.ts';
import { coinRow, globalBody } from '#tests/exchanges/context-answers.ts';
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
  SPOT_ROW,
  WALLET,
} from '#tests/fixtures/bybit-messages.ts';

/** Later than every message here. */
const NOW = Date.UTC(2030, 0, 1) as EpochMs;

const REFUSALS = [AnswerRefused, ContextRefused, VenueRefused];
const AT = Date.UTC(2026, 0, 5) as EpochMs;
const BTC = 'BTC/USDT' as MarketSymbol;

/** As CCXT tells things of an exchange. */
const CANDLES = [0, 1, 2].map((k) => [AT + k * 3_600_000, 100, 102.5, 99.5, 101, 12.25]);
const TRADES = [0, 1].map((k) => ({
  timestamp: AT + k,
  price: 100.5,
  amount: 0.25,
  info: ['100.5', '0.25', AT, 'b', '1767571200000000000'],
}));
const TICKERS = { [BTC]: { symbol: BTC, bid: 100, ask: 100.5, last: 100.25, timestamp: AT } };
const FUNDING = { [BTC]: { fundingRate: 0.0001, fundingTimestamp: AT, nextFundingTimestamp: AT + 1, interval: '8h' } };
const MARKET = {
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  type: 'swap',
  inverse: false,
  contractSize: 0.001,
  active: true,
  precision: { price: 0.1, amount: 1 },
  limits: { amount: { min: 1 }, cost: { min: 5 } },
  maker: 0.0002,
  taker: 0.00055,
};
const MARKETS = { [BTC]: { ...MARKET, type: 'spot', contractSize: null }, 'BTC/USDT:USDT': MARKET };
const INDEX = {
  data: [{ value: '40', value_classification: 'Fear', timestamp: '1767571200' }],
  metadata: { error: null },
};
const BYBIT_TICKERS = { list: [{ symbol: 'BTCUSDT', bid1Price: '100.1', ask1Price: '100.2', lastPrice: '100.1' }] };
const BYBIT_FUNDING = {
  list: [{ symbol: 'BTCUSDT', fundingRate: '-0.005', nextFundingTime: '1760342400000', fundingIntervalHour: '8' }],
};

const TEXTS = [
  '{"recommendation":"buy","confidence":"0.85","entry":65000.5,"stop":64000}',
  '```json\n{"action":"hold","why":"it is quiet"}\n```',
  '<think>{"action":"buy"}</think>\nMy answer: {\'action\': \'hold\', \'levels\': [1, 2, 3,], // here\n "x": None}',
];
const FIGURES = {
  price: 100,
  emaFast: 101,
  emaSlow: 99,
  rsi: 55,
  adx: 20,
  atr: 2,
  support: 95,
  resistance: 108,
  low: 90,
  high: 112,
};
const PRICE = { price: 100, spread: 0.1 };
const VOTE = { recommendation: 'sell', confidence: 0.7, reasoning: 'It falls.', stop: 104, target: 92, trend: 'down' };
const CHART = {
  ...{ recommendation: 'BUY', entry: 100, stop: '96', target: 110.8, setup_quality: 0.8, risk_reward: 2.7 },
  ...{
    market_environment: '70%',
    trend: 'up',
    support: 95,
    resistance: 108,
    invalidation_level: 95,
    summary: 'It rises.',
  },
};
/** What is made of a field of an answer. */
const fields = (message: unknown) => {
  const a = Object(message).a as unknown;
  return [priceIn(a), fractionIn(a), recommendationIn(a), textIn(a)];
};

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
  { decode: spotInstrumentFrom, messages: [SPOT_ROW] },
  { decode: (message) => fundingOfBybit(message, () => BTC), messages: [BYBIT_FUNDING] },
  { decode: (message) => klinesFrom(message, '1h', 0 as EpochMs, NOW), messages: [KLINES] },
  { decode: timeFrom, messages: [SERVER_TIME] },
  { decode: placedFrom, messages: [{ orderId: ORDER_ROW.orderId, orderLinkId: '' }] },
  // What is inside is read by the others.
  { decode: (message) => rowsOf(message, 'rows').cursor, messages: [{ list: [ORDER_ROW], nextPageCursor: 'a%3D1' }] },
  { decode: (message) => tickersOfBybit(message, AT), messages: [BYBIT_TICKERS] },
  { decode: (message) => candlesFrom(message, '1h', 0 as EpochMs, NOW), messages: [CANDLES] },
  { decode: (message) => krakenTradesFrom(message, '1'), messages: [TRADES] },
  { decode: (message) => tickersFrom(message, [BTC], NOW), messages: [TICKERS] },
  { decode: (message) => fundingRatesFrom(message, [BTC]), messages: [FUNDING] },
  { decode: (message) => listingsFrom(message, 4), messages: [MARKETS] },
  { decode: (message) => instrumentOfCcxt(message, BTC, 4), messages: [MARKETS] },
  { decode: fearGreedFrom, messages: [INDEX] },
  { decode: cryptoMarketFrom, messages: [globalBody(AT)] },
  { decode: coinsFrom, messages: [[coinRow(AT)]] },
  { decode: (message) => readAnswerText(String(message)), messages: TEXTS },
  { decode: (message) => readVote(message, PRICE, FIGURES), messages: [VOTE] },
  {
    decode: (message) => readChart(message, PRICE, FIGURES, () => ({ entry: 100, stop: 98, target: undefined })),
    messages: [CHART],
  },
  { decode: fields, messages: ['65000.5', '85%', 'buy', '$1', 0.5, 85].map((a) => ({ a })) },
  {
    decode: (message) => answerFrom(message).code,
    messages: [{ retCode: 0, retMsg: 'OK', result: { list: [] }, time: 1767225600123 }],
  },
];

test(`${FUZZ_RUNS} messages that are not quite right give a value or a typed error`, { timeout: 900_000 }, () => {
  const chance = seededChance(7);
  const counts = { values: 0, errors: 0 };
  for (let run = 0; run < FUZZ_RUNS; run++) {
    const { decode, messages } = one(DECODERS, chance);
    const message = mangled(one(messages, chance), chance);
    try {
      const value = decode(message);
      counts.values += 1;
      if (hasNaN(value)) expect.fail(`NaN from ${inspect(message)}`);
    } catch (error) {
      counts.errors += 1;
      if (!REFUSALS.some((kind) => error instanceof kind)) throw error;
    }
  }
  // Both happen, or nothing was tried.
  expect(Math.min(counts.values, counts.errors)).toBeGreaterThan(FUZZ_RUNS / 10);
});

test(`${FUZZ_RUNS / 4} positions that are not quite right are never flat`, () => {
  const chance = seededChance(11);
  for (let run = 0; run < FUZZ_RUNS / 4; run++) {
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

test(`${FUZZ_RUNS / 4} lists that are not quite right are never empty`, () => {
  const chance = seededChance(12);
  for (let run = 0; run < FUZZ_RUNS / 4; run++) {
    const message = mangled({ list: [POSITION_ROW], nextPageCursor: '' }, chance);
    try {
      if (rowsOf(message, 'positions').rows.length === 0) expect(Object(message).list).toEqual([]);
    } catch (error) {
      if (!(error instanceof AnswerRefused)) throw error;
    }
  }
});
