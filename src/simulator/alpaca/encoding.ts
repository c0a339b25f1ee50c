import { decode, encode } from '@msgpack/msgpack';

/** How the messages of a data stream travel. */
export interface Encoding {
  /** Dates are times; a bigint is an integer of 64 bits. */
  pack(message: unknown): string | Buffer;
  /** @throws Error for bytes that are no message. */
  unpack(bytes: Buffer): unknown;
}

const BIG = /"#(\d+)#"/g;
/** How a date's text ends that Alpaca writes without a fraction. */
const WHOLE_SECOND = /\.000Z"/g;

/** Text frames of JSON; what is larger than a float holds is written out in full. */
const JSON_TEXT: Encoding = {
  pack: (message) =>
    JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? `#${value}#` : value))
      .replace(BIG, '$1')
      .replace(WHOLE_SECOND, 'Z"'),
  unpack: (bytes) => JSON.parse(bytes.toString('utf8')),
};

/** Binary frames of MessagePack, times as its timestamp extension. */
const MSGPACK: Encoding = {
  pack: (message) => Buffer.from(encode(message, { useBigInt64: true })),
  unpack: (bytes) => decode(bytes),
};

/** What the upgrade request asks for by its content type. */
export function encodingOf(contentType: string | undefined): Encoding {
  return contentType?.includes('msgpack') ? MSGPACK : JSON_TEXT;
}
