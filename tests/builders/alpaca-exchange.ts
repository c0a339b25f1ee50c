import { onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { alpacaTwin } from '#simulator/alpaca/twin.ts';
import { type PriceStream, recordedPrices } from '#simulator/price-streams.ts';
import { type Service, type Simulator, type SimulatorOptions, startSimulator } from '#simulator/simulator.ts';
import { stockCandles } from './stock-candles.ts';

/** Open, high, low, close, and volume (100 when left out). */
export type Row = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** July 2nd, 2025, a whole day; then the 3rd, which closes at 13:00 in New York; then the 7th. */
export const FIRST_DAY_MINUTES = 390;
export const SHORT_DAY_MINUTES = 210;
export const SHORT_DAY_OPEN = Date.UTC(2025, 6, 3, 13, 30) as EpochMs;
export const SHORT_DAY_CLOSE = Date.UTC(2025, 6, 3, 17) as EpochMs;

const MINUTE_MS = 60_000;

/**
 * Minutes of a share over those three days, at one price but for the rows that are written down.
 * @param rows From the second minute of the short day on, which is the first that is not history.
 */
export function shares(symbol: string, price: number, rows: readonly Row[] = [], from = 1): PriceStream {
  const candles = stockCandles('2025-07-02', '2025-07-07', '1m', (k) => {
    const [open, high, low, close, volume = 100] = rows[k - FIRST_DAY_MINUTES - from] ?? [price, price, price, price];
    return [open, high, low, close, volume];
  });
  return recordedPrices(`${symbol}/USD` as MarketSymbol, candles);
}

/** Minutes of a coin from the second minute of that short day on, and as many as a share's history has before it. */
export function coins(symbol: string, price: number, rows: readonly Row[] = []): PriceStream {
  const candles = new Candles('1m');
  const before = FIRST_DAY_MINUTES + 1;
  for (let k = 0; k < before + 600; k++) {
    const [open, high, low, close, volume = 1] = rows[k - before] ?? [price, price, price, price];
    const openTime = (SHORT_DAY_OPEN + (k + 1 - before) * MINUTE_MS) as EpochMs;
    candles.append({ openTime, open, high, low, close, volume });
  }
  return recordedPrices(symbol as MarketSymbol, candles);
}

/** Minutes of a share before and after hours too, from 9:00 in New York on the short day. */
export function sharesOfAllHours(symbol: string, price: number, rows: readonly Row[] = []): PriceStream {
  const candles = new Candles('1m');
  for (let k = 0; k < 600; k++) {
    const [open, high, low, close, volume = 100] = rows[k] ?? [price, price, price, price];
    candles.append({ openTime: (SHORT_DAY_OPEN + (k - 30) * MINUTE_MS) as EpochMs, open, high, low, close, volume });
  }
  return recordedPrices(`${symbol}/USD` as MarketSymbol, candles);
}

/** What an answer was. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what Alpaca answers has many shapes, and each test knows its own
  readonly json: any;
}

/** The twin on loopback for one test, and a plain way to ask it. */
export interface OpenAlpaca {
  readonly simulator: Simulator;
  readonly service: Service;
  ask(method: string, path: string, body?: unknown): Promise<Answered>;
  /** Places an order, which must be taken. */
  place(order: Readonly<Record<string, unknown>>): Promise<Answered['json']>;
  order(id: string): Promise<Answered['json']>;
}

/** By default the first minute of the short day is over, and the account has 100,000 USD. */
export async function openAlpaca(
  prices: readonly PriceStream[],
  options: Partial<SimulatorOptions> = {},
): Promise<OpenAlpaca> {
  const accounts = [{ ...DEFAULT, ...options.accounts?.[0] }];
  const simulator = await startSimulator({
    twins: [alpacaTwin],
    prices,
    clock: systemClock,
    history: FIRST_DAY_MINUTES + 1,
    ...options,
    accounts,
  });
  onTestFinished(() => simulator.close());
  const service = simulator.service('alpaca');
  const { key, secret } = accounts[0]!;
  const headers = { 'apca-api-key-id': key, 'apca-api-secret-key': secret, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${service.address}${path}`, { method, headers, ...sent });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    simulator,
    service,
    ask,
    place: async (order) => {
      const answer = await ask('POST', '/v2/orders', order);
      if (answer.status !== 200) throw new Error(`Alpaca refuses the order: ${JSON.stringify(answer.json)}`);
      return answer.json;
    },
    order: async (id) => (await ask('GET', `/v2/orders/${id}?nested=true`)).json,
  };
}

const DEFAULT = {
  name: 'default',
  key: 'testkey',
  secret: 'testsecret',
  permissions: { read: true, trade: true, withdraw: false },
  balance: '100000',
  leverage: '4',
  marginMode: 'isolated',
} as const;
