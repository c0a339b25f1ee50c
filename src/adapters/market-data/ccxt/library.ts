import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What we use of an exchange of CCXT. Whatever it answers is checked before it is believed. */
export interface CcxtExchange {
  readonly id: string;
  readonly name: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly timeframes: Readonly<Record<string, unknown>>;
  readonly markets: unknown;
  /** 4: steps, 2: numbers of decimals, 3: numbers of digits. */
  readonly precisionMode: number;
  /** ms between two requests. */
  readonly rateLimit: number;
  readonly urls: { api: unknown };
  fetchTime(): Promise<unknown>;
  loadMarkets(): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number): Promise<unknown>;
  fetchTickers(symbols: readonly string[]): Promise<unknown>;
  fetchFundingRates(symbols: readonly string[]): Promise<unknown>;
  fetchTrades(symbol: string, since: undefined, limit: number, params: object): Promise<unknown>;
}

/** What CCXT is told of how to ask, ms. */
export interface CcxtSettings {
  readonly timeout: number;
  /** Between two requests; each exchange's own when left out. */
  readonly rateLimit?: number;
  readonly enableRateLimit: true;
  readonly fetchImplementation: typeof fetch;
  readonly apiKey?: string;
  readonly secret?: string;
}

/** CCXT keeps each exchange in a file of its own. Loading one costs a quarter of loading all: docs/decisions/0004. */
function sources(): string {
  return join(dirname(createRequire(import.meta.url).resolve('ccxt')), '../js/src');
}

/** The exchanges that can be named. */
export function exchangeIds(): string[] {
  const files = readdirSync(sources(), { withFileTypes: true });
  return files.filter((file) => file.isFile() && file.name.endsWith('.js')).map(({ name }) => basename(name, '.js'));
}

/** @param id One of `exchangeIds`. */
export async function loadExchange(id: string, settings: CcxtSettings): Promise<CcxtExchange> {
  const { default: Exchange } = await import(pathToFileURL(join(sources(), `${id}.js`)).href);
  return new Exchange(settings);
}
