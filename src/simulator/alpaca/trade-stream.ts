import { z } from 'zod';
import type { TwinSocket } from '../twin.ts';
import type { Desk } from './desk.ts';

const Authenticate = z.union([
  z
    .object({ action: z.literal('authenticate'), data: z.object({ key_id: z.string(), secret_key: z.string() }) })
    .transform(({ data }) => ({ key: data.key_id, secret: data.secret_key })),
  // The older form.
  z.object({ action: z.literal('auth'), key: z.string(), secret: z.string() }),
]);
const Listen = z.object({ action: z.literal('listen'), data: z.object({ streams: z.array(z.string()) }) });

const UPDATES = 'trade_updates';

/** What the stream looks at. */
export interface TradeStreamWorld {
  /** The account of a key, if its secret is right. */
  deskOf(key: string, secret: string): Desk | undefined;
  /** Whether frames are binary, with JSON text in them: as a paper account's are. */
  readonly isBinary: boolean;
}

/** Serves one connection of `/stream`. It tells what happens from now on; nothing is told again. */
export function serveTradeStream(socket: TwinSocket, world: TradeStreamWorld): void {
  let desk: Desk | undefined;
  let stop: (() => void) | undefined;

  const send = (stream: string, data: unknown) => {
    const text = JSON.stringify({ stream, data });
    socket.send(stream, world.isBinary ? Buffer.from(text) : text);
  };
  const unauthorized = (action: string) => send('authorization', { status: 'unauthorized', action });

  socket.onMessage((bytes) => {
    const message = jsonOf(bytes);
    const login = Authenticate.safeParse(message);
    if (login.success) {
      desk = world.deskOf(login.data.key, login.data.secret);
      if (desk === undefined) unauthorized('authenticate');
      else send('authorization', { status: 'authorized', action: 'authenticate' });
      return;
    }
    const listen = Listen.safeParse(message);
    if (!listen.success) {
      send('listening', { error: 'invalid message' });
    } else if (desk === undefined) {
      unauthorized('listen');
    } else {
      // Who listens twice hears everything once.
      stop?.();
      const streams = listen.data.data.streams.filter((stream) => stream === UPDATES);
      stop = streams.length > 0 ? desk.life.listen((update) => send(UPDATES, update)) : undefined;
      send('listening', { streams });
    }
  });
  socket.onClose(() => stop?.());
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
