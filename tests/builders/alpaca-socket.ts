import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Service } from '#simulator/simulator.ts';
import { Events } from './events.ts';

/** A frame as it came. */
export interface Frame {
  readonly isBinary: boolean;
  readonly bytes: Buffer;
}

/** A plain connection to a stream of the twin, for one test. */
export interface OpenSocket {
  readonly frames: Events<Frame>;
  /** Resolves when the other side has closed it. */
  readonly closed: Promise<void>;
  send(message: unknown): void;
  sendBytes(bytes: Uint8Array): void;
  /** The next frame, read as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: messages have many shapes, and each test knows its own
  json(): Promise<any>;
}

export async function openSocket(
  service: Service,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenSocket> {
  const ws = new WebSocket(`${service.address.replace('http', 'ws')}${path}`, { headers });
  const frames = new Events<Frame>();
  ws.on('message', (bytes: Buffer, isBinary) => frames.push({ isBinary, bytes }));
  const closed = new Promise<void>((resolve) => {
    ws.on('close', () => resolve());
  });
  onTestFinished(() => ws.terminate());
  await new Promise((resolve, reject) => {
    ws.on('open', resolve);
    ws.on('error', reject);
  });
  return {
    frames,
    closed,
    send: (message) => ws.send(JSON.stringify(message)),
    sendBytes: (bytes) => ws.send(bytes),
    json: async () => JSON.parse((await frames.next()).bytes.toString('utf8')),
  };
}
