import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an answer is: a JSON body, text as it stands, a status with both, or none. */
export type LoopbackAnswer =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | 'cut'
  | 'silence';

type Answering = (url: URL, headers: IncomingHttpHeaders) => LoopbackAnswer;

/** A small HTTP server on loopback that answers as a test says. */
export class LoopbackServer {
  /** Path and query of each request, in order. */
  readonly asked: string[] = [];
  answer: Answering;
  /** Requests that wait for the end of their answer. */
  waiting = 0;
  private readonly server: Server;

  private constructor(answer: Answering) {
    this.answer = answer;
    this.server = createServer((request, response) => {
      this.asked.push(request.url!);
      this.waiting += 1;
      response.once('close', () => {
        this.waiting -= 1;
      });
      send(response, this.answer(new URL(request.url!, this.address), request.headers));
    });
  }

  static async open(answer: Answering): Promise<LoopbackServer> {
    const loopback = new LoopbackServer(answer);
    await new Promise<void>((resolve) => loopback.server.listen(0, '127.0.0.1', resolve));
    return loopback;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function send(response: ServerResponse, answer: LoopbackAnswer): void {
  if (answer === 'silence') return;
  if (answer === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"data":[');
    setTimeout(() => response.destroy(), 10);
    return;
  }
  const type = 'json' in answer ? 'application/json' : 'text/html';
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
  response.end('json' in answer ? JSON.stringify(answer.json) : answer.text);
}
