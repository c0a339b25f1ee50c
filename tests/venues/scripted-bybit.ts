import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What came in, as it was signed. */
export interface BybitRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly raw: string;
  readonly headers: IncomingMessage['headers'];
}

/** An answer, or what goes wrong with it. */
export type BybitReply =
  | { readonly retCode?: number; readonly result?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly page: string }
  | 'cut'
  | 'truncated'
  | 'silence'
  | 'drip';

type Route = (request: BybitRequest) => BybitReply;

export const KEY = 'testkey';
export const SECRET = 'testsecret';

/** A server on loopback that answers each path with what a test says, for failures that no honest exchange has. */
export class ScriptedBybit {
  readonly requests: BybitRequest[] = [];
  /** Its clock less ours, ms. */
  aheadMs = 0;
  private readonly routes = new Map<string, Route>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async open(): Promise<ScriptedBybit> {
    const scripted = new ScriptedBybit();
    scripted.on('/v5/market/time', () => {
      const now = Date.now() + scripted.aheadMs;
      return { result: { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` } };
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    scripted.server.listen(0, '127.0.0.1', resolve);
    await promise;
    return scripted;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Replies one after another, and the last one for ever. */
  on(path: string, ...replies: readonly (Route | BybitReply)[]): void {
    const left = [...replies];
    this.routes.set(path, (request) => {
      const reply = left.length > 1 ? left.shift()! : left[0]!;
      return typeof reply === 'function' ? reply(request) : reply;
    });
  }

  askedOf(path: string): BybitRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query, search } = new URL(request.url!, 'http://loopback');
    const raw = request.method === 'GET' ? search.slice(1) : await text(request);
    const body = request.method === 'GET' || raw === '' ? {} : JSON.parse(raw);
    const asked = { method: request.method!, path, query, body, raw, headers: request.headers };
    this.requests.push(asked);
    const reply = this.refusal(asked) ?? this.routes.get(path)?.(asked) ?? { status: 404, page: 'no such path' };
    if (reply === 'silence') return;
    if (reply === 'cut') {
      request.socket.destroy();
      return;
    }
    if (reply === 'drip') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
      return;
    }
    if (reply === 'truncated') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"retCode":0,"result":{"list":[');
      request.socket.end();
      return;
    }
    if ('page' in reply) {
      response.writeHead(reply.status, { 'content-type': 'text/html' }).end(reply.page);
      return;
    }
    const { retCode = 0, result = {}, headers = {} } = reply;
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ retCode, retMsg: 'texto', result, retExtInfo: {}, time: Date.now() + this.aheadMs }));
  }

  /** A signature that does not fit, and a time outside the window, are refused as Bybit does. */
  private refusal({ headers, raw }: BybitRequest): BybitReply | undefined {
    const timestamp = headers['x-bapi-timestamp'];
    if (timestamp === undefined) return undefined;
    const window = Number(headers['x-bapi-recv-window']);
    const signed = createHmac('sha256', SECRET).update(`${timestamp}${KEY}${window}${raw}`).digest('hex');
    if (headers['x-bapi-api-key'] !== KEY) return { retCode: 10003 };
    if (headers['x-bapi-sign'] !== signed) return { retCode: 10004 };
    const now = Date.now() + this.aheadMs;
    return now - window <= Number(timestamp) && Number(timestamp) < now + 1000 ? undefined : { retCode: 10002 };
  }
}
