import type { RawData, WebSocket } from 'ws';
import type { TwinSocket } from './twin.ts';
import type { Surroundings } from './twin-server.ts';

/** A connection of a stream: it notes what comes, and what it sends may go wrong. */
export class StreamSocket implements TwinSocket {
  readonly id: number;
  private readonly ws: WebSocket;
  private readonly path: string;
  private readonly around: Surroundings;
  private readonly ended: AbortSignal;
  /** A message that is to come after the next one. */
  private held: string | Buffer | undefined;
  /** Messages are sent one after another, those behind a late one later still. */
  private line: Promise<void> | undefined;

  constructor(ws: WebSocket, path: string, id: number, around: Surroundings, ended: AbortSignal) {
    this.ws = ws;
    this.path = path;
    this.id = id;
    this.around = around;
    this.ended = ended;
    ws.on('error', () => ws.terminate());
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  send(topic: string, message: string | Buffer): void {
    const { name, faults, clock } = this.around;
    const struck = faults.strike(name, `STREAM ${this.path} ${topic}`, [
      'delay',
      'mute',
      'duplicate',
      'reorder',
      'disconnect',
    ]);
    if (struck.some(({ kind }) => kind === 'disconnect')) {
      this.ws.terminate();
      return;
    }
    if (struck.some(({ kind }) => kind === 'mute')) return;
    const times = struck.some(({ kind }) => kind === 'duplicate') ? 2 : 1;
    const lateMs = struck.reduce((sum, fault) => (fault.kind === 'delay' ? sum + fault.ms : sum), 0);
    const isHeld = struck.some(({ kind }) => kind === 'reorder') && this.held === undefined;
    const pass = () => (isHeld ? this.hold(message) : this.pass(message, times));
    if (lateMs === 0 && this.line === undefined) {
      pass();
      return;
    }
    const turn = (this.line ?? Promise.resolve()).then(() => clock.sleep(lateMs, this.ended)).then(pass);
    this.line = turn;
    void turn.finally(() => {
      if (this.line === turn) this.line = undefined;
    });
  }

  onMessage(hear: (message: Buffer, isBinary: boolean) => void): void {
    const { name, journal } = this.around;
    this.ws.on('message', (data, isBinary) => {
      const message = bufferOf(data);
      journal.note({
        service: name,
        kind: 'frame',
        route: `STREAM ${this.path}`,
        query: '',
        headers: {},
        body: message,
        connection: this.id,
      });
      hear(message, isBinary);
    });
  }

  onClose(hear: () => void): void {
    this.ws.on('close', hear);
  }

  close(code?: number, reason?: string): void {
    this.ws.close(code, reason);
  }

  private hold(message: string | Buffer): void {
    this.held = message;
  }

  private pass(message: string | Buffer, times: number): void {
    const { held } = this;
    this.held = undefined;
    for (let k = 0; k < times; k++) if (this.isOpen) this.ws.send(message);
    if (held !== undefined && this.isOpen) this.ws.send(held);
  }
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
