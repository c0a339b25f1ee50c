import type { TwinSocket } from '../twin.ts';

/** What a client sent over a stream: one JSON object; fields that nobody knows are ignored. */
export interface Frame {
  readonly op: string;
  readonly args: readonly unknown[];
  /** Echoed as it came: bybit-api sends texts, CCXT numbers. */
  readonly req_id: unknown;
  readonly reqId: unknown;
  readonly header: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no JSON object. */
export function frameOf(message: Buffer): Frame | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...parsed };
  const { op, args, req_id, reqId, header } = fields;
  return {
    op: typeof op === 'string' ? op : '',
    args: Array.isArray(args) ? args : [],
    req_id,
    reqId,
    header: typeof header === 'object' && header !== null ? { ...header } : {},
  };
}

/** Compact: clients look for `"op":"pong"` in the text. */
export function sendJson(socket: TwinSocket, topic: string, message: object): void {
  socket.send(topic, JSON.stringify(message));
}

export function topicsIn({ args }: Frame): readonly string[] {
  return args.filter((arg) => typeof arg === 'string');
}
