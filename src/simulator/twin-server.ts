import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Conditions } from './conditions.ts';
import type { Fault, Faults } from './faults.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { StreamSocket } from './stream-socket.ts';
import type { Twin, TwinAnswer, TwinRequest } from './twin.ts';

/** Chart images come to models as text. */
const BODY_LIMIT = 32 * 1024 * 1024;
const MAINTENANCE: TwinAnswer = { status: 503, body: 'Service Unavailable' };
const REQUEST_FAULTS = ['delay', 'drop-request', 'drop-reply', 'answer', 'truncate', 'slow-body'] as const;
/** Pieces that a slow body is sent in, each second. */
const SLOW_PIECES = 10;

export interface Surroundings {
  readonly name: string;
  readonly clock: WallClock;
  readonly faults: Faults;
  readonly conditions: Conditions;
  readonly journal: Journal;
  readonly marketTime: () => EpochMs;
  /** Hears of faults in the simulator itself. */
  readonly onFault: (error: unknown) => void;
}

/** One service's port on loopback: it notes what comes, lets happen what is set to go wrong, and asks the twin. */
export class TwinServer {
  private readonly around: Surroundings;
  private readonly app: FastifyInstance;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly ended = new AbortController();
  private twin: Twin | undefined;
  private connections = 0;

  private constructor(around: Surroundings) {
    this.around = around;
    this.app = Fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true, exposeHeadRoutes: false });
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.app.all('*', (request, reply) => this.serve(request, reply));
    this.app.server.on('upgrade', (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (ws) => {
        const { path, query } = partsOf(request.url ?? '/');
        const headers = headersOf(request.headers);
        this.connections += 1;
        const stream = new StreamSocket(ws, path, this.connections, around, this.ended.signal);
        around.journal.note({
          service: around.name,
          kind: 'connection',
          route: `STREAM ${path}`,
          query,
          headers,
          body: '',
          connection: stream.id,
        });
        if (around.conditions.maintenance || this.twin?.connect?.(stream, { path, query, headers }) !== true)
          ws.close();
      });
    });
  }

  /** Listens on a free port. @param port 0 for any. */
  static async listen(around: Surroundings, port: number): Promise<TwinServer> {
    const server = new TwinServer(around);
    await server.app.listen({ host: '127.0.0.1', port });
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  /** Whom it asks; until then nothing is there. */
  serveWith(twin: Twin): void {
    this.twin = twin;
  }

  async close(): Promise<void> {
    this.ended.abort();
    this.twin?.close?.();
    for (const client of this.sockets.clients) client.terminate();
    this.sockets.close();
    await this.app.close();
  }

  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { name, faults, journal, conditions } = this.around;
    const { path, query } = partsOf(request.url);
    const headers = headersOf(request.headers);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const route = `${request.method} ${path}`;
    const entry = journal.note({ service: name, kind: 'request', route, query, headers, body });
    const struck = faults.strike(name, route, REQUEST_FAULTS);
    await this.wait(struck);
    if (struck.some(({ kind }) => kind === 'drop-request')) return cut(reply, entry);
    const asked = { method: request.method, path, query, headers, body };
    const other = struck.find((fault) => fault.kind === 'answer');
    const isDone = other === undefined || other.acts === true;
    const own = conditions.maintenance ? MAINTENANCE : isDone ? await this.ask(asked) : undefined;
    if (struck.some(({ kind }) => kind === 'drop-reply')) return cut(reply, entry);
    return this.send(reply, entry, other ?? own!, struck);
  }

  private async ask(request: TwinRequest): Promise<TwinAnswer> {
    try {
      return (await this.twin?.answer(request)) ?? { status: 503, body: 'not there yet' };
    } catch (error) {
      this.around.onFault(error);
      return { status: 500, body: 'the simulator failed' };
    }
  }

  private async wait(struck: readonly Fault[]): Promise<void> {
    for (const fault of struck) {
      if (fault.kind === 'delay') await this.around.clock.sleep(fault.ms, this.ended.signal);
    }
  }

  private send(
    reply: FastifyReply,
    entry: JournalEntry,
    { status, headers = {}, body }: TwinAnswer,
    struck: readonly Fault[],
  ): unknown {
    entry.status = status;
    reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      .header('x-simulator-market-time', this.around.marketTime());
    for (const [name, value] of Object.entries(headers)) reply.header(name, value);
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) return reply.send(Readable.from(body));
    const bytes = Buffer.from(body);
    const truncate = struck.find((fault) => fault.kind === 'truncate');
    if (truncate) {
      reply.hijack();
      reply.raw.writeHead(status, { ...ownHeaders(reply), 'content-length': bytes.length });
      reply.raw.write(bytes.subarray(0, truncate.bytes), () => reply.raw.destroy());
      return reply;
    }
    const slow = struck.find((fault) => fault.kind === 'slow-body');
    return reply.send(slow ? Readable.from(this.slowly(bytes, slow.bytesPerSecond)) : bytes);
  }

  private async *slowly(bytes: Buffer, perSecond: number): AsyncGenerator<Buffer> {
    const piece = Math.max(1, Math.round(perSecond / SLOW_PIECES));
    for (let at = 0; at < bytes.length; at += piece) {
      await this.around.clock.sleep((1000 * piece) / perSecond, this.ended.signal);
      yield bytes.subarray(at, at + piece);
    }
  }
}

function cut(reply: FastifyReply, entry: JournalEntry): FastifyReply {
  entry.status = 0;
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

function ownHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

function partsOf(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function headersOf(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
