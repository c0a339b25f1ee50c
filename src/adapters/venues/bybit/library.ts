import type { RestClientV5, WebsocketClient } from 'bybit-api';

/** Where an account lives. A key belongs to one of them. */
export type BybitEnvironment = 'mainnet' | 'demo' | 'testnet';

export interface BybitAccess {
  readonly environment: BybitEnvironment;
  /** Left out, only public data is asked for. */
  readonly credentials?: { readonly key: string; readonly secret: string } | undefined;
  /** Asked instead of Bybit itself, for tests: "http://127.0.0.1:8080". */
  readonly address?: string | undefined;
}

/** An order older than this when it comes is refused, ms. Never wider: what is not found after it will never come. */
export const RECEIVE_WINDOW_MS = 5_000;
/** A stream is asked for a sign of life so often, and is given up when it has not answered after so long, ms. */
const PING_MS = 10_000;
const PONG_MS = 5_000;

export interface RestOptions {
  /** ms for one call, to the last byte. */
  readonly timeoutMs: number;
  /** Ends every call. */
  readonly abort: AbortSignal;
  /** Bybit's clock less ours, in ms, as it is known when a request is signed. */
  readonly aheadMs: () => number;
}

function settingsOf({ environment, credentials }: BybitAccess) {
  return {
    testnet: environment === 'testnet',
    demoTrading: environment === 'demo',
    ...(credentials && { key: credentials.key, secret: credentials.secret }),
  };
}

/** The REST client of bybit-api, which is loaded here and at no other place: docs/decisions/0007. */
export async function loadRest(access: BybitAccess, options: RestOptions): Promise<RestClientV5> {
  const { RestClientV5 } = await import('bybit-api');
  /** Signs with the clock we measured instead of one it would measure before each request. */
  class Client extends RestClientV5 {
    override fetchTimeOffset(): Promise<number> {
      return Promise.resolve(options.aheadMs());
    }
  }
  const { address } = access;
  return new Client(
    {
      ...settingsOf(access),
      ...(address !== undefined && { baseUrl: address.replace(/\/$/, '') }),
      recv_window: RECEIVE_WINDOW_MS,
      syncTimeBeforePrivateRequests: true,
      parseAPIRateLimits: true,
      // Its own errors carry the key and the secret; the library's reader of them is not asked.
      parse_exceptions: false,
    },
    {
      // Its time limit covers the last byte, which that of the other adapter does not.
      adapter: 'fetch',
      timeout: options.timeoutMs,
      signal: options.abort,
      fetchOptions: { redirect: 'error' },
    },
  );
}

const SILENT = { trace: () => undefined, info: () => undefined, error: () => undefined };

/** A client for the private stream. It has one path alone: `wsUrl` would move all of them. */
export async function loadPrivateStream(access: BybitAccess, aheadMs: number): Promise<WebsocketClient> {
  const { WebsocketClient } = await import('bybit-api');
  const { address } = access;
  const client = new WebsocketClient(
    {
      ...settingsOf(access),
      ...(address !== undefined && { wsUrl: `${address.replace(/^http/, 'ws').replace(/\/$/, '')}/v5/private` }),
      recvWindow: RECEIVE_WINDOW_MS,
      pingInterval: PING_MS,
      pongTimeout: PONG_MS,
    },
    SILENT,
  );
  client.setTimeOffsetMs(aheadMs);
  return client;
}
