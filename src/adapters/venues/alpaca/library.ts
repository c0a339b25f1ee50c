import type { Alpaca } from '@alpacahq/alpaca-trade-api';

/** Of trading; prices are the same for both. */
export type AlpacaHost = 'api' | 'paper-api';

export interface AlpacaAccess {
  /** Where it lives: that of paper money has a host of its own, and keys of its own. */
  readonly host: AlpacaHost;
  readonly credentials: { readonly key: string; readonly secret: string };
  /** Asked instead of Alpaca itself, for tests: "http://127.0.0.1:8080". Trading, data and stream are all there. */
  readonly address?: string | undefined;
}

/** A stream is asked for a sign of life so often, and is given up when it has not answered after so long, ms. */
const PING_MS = 10_000;
const PONG_MS = 5_000;

export type TradeStream = ReturnType<Alpaca['trading']['stream']>;
type Update = Parameters<Parameters<TradeStream['onTradeUpdate']>[0]>[0];

/** What is used of the library. */
export interface AlpacaLibrary {
  readonly client: Alpaca;
  /** News of the stream in Alpaca's own words, which the library has put into its own. @throws RangeError for times that are none */
  readonly updateJson: (update: Update) => unknown;
}

/** Alpaca's own library, which is loaded here and at no other place: docs/decisions/0008. */
export async function loadLibrary({ host, credentials, address }: AlpacaAccess): Promise<AlpacaLibrary> {
  const { Alpaca: Client, trading } = await import('@alpacahq/alpaca-trade-api');
  const client = new Client({
    keyId: credentials.key,
    secret: credentials.secret,
    paper: host === 'paper-api',
    // Time limits, repeats and the budget are those of the policy of all calls.
    timeoutMs: 0,
    retry: false,
    rateLimit: false,
    ...(address !== undefined && { fetchApi: (url, init) => fetch(redirected(String(url), address), init) }),
  });
  const updateJson = ({ event, price, qty, timestamp, order }: Update) => ({
    event,
    price,
    qty,
    timestamp: timestamp?.toISOString(),
    order: trading.OrderToJSON(order),
  });
  return { client, updateJson };
}

/** A connection of the stream of orders, which is not opened yet. Once it is cut it is used up. */
export function tradeStream({ client }: AlpacaLibrary, { address }: AlpacaAccess): TradeStream {
  return client.trading.stream({
    ...(address !== undefined && { url: `${address.replace(/^http/, 'ws').replace(/\/$/, '')}/stream` }),
    reconnect: false,
    pingIntervalMs: PING_MS,
    pongWaitMs: PONG_MS,
  });
}

/** The library knows no other hosts than Alpaca's. */
function redirected(url: string, address: string): string {
  const { pathname, search } = new URL(url);
  return `${address.replace(/\/$/, '')}${pathname}${search}`;
}
