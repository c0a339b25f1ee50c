import { z } from 'zod';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import {
  ALPACA_AUTH_TIMEOUT_MS,
  ALPACA_CRYPTO_CHANNELS,
  ALPACA_FREE_STREAM_SYMBOLS,
  ALPACA_STOCK_CHANNELS,
  ALPACA_STREAM_ERRORS,
  ALPACA_WITH_TRADES,
  type AlpacaStreamErrorCode,
} from '#protocols/alpaca-data.ts';
import type { TwinSocket } from '../twin.ts';
import type { Asset } from './assets.ts';
import type { BarTimeframe } from './bar-timeframe.ts';
import { barGrid, barsOf } from './bars.ts';
import type { Encoding } from './encoding.ts';
import { DAY, quoteJson, tradeJson } from './market-data.ts';

const Login = z.object({ action: z.literal('auth'), key: z.string(), secret: z.string() });
const Change = z.looseObject({ action: z.enum(['subscribe', 'unsubscribe']) });
const Symbols = z.array(z.string());
const ALL = '*';

/** A stream of market data: which one, and who may hear it. */
export interface DataFeed {
  /** "/v2/iex", "/v1beta3/crypto/us". */
  readonly path: string;
  readonly kind: 'us_equity' | 'crypto';
  /** Whether it wants a plan that is paid for. */
  readonly isPaid: boolean;
}

/** A message of data: what it is, and the rest. */
interface DataMessage {
  readonly T: string;
  readonly [field: string]: unknown;
}

/** What all its connections share. */
export interface DataStreamWorld {
  readonly clock: WallClock;
  /** The name of the account of a key, if its secret is right. */
  accountOf(key: string, secret: string): string | undefined;
  /** Who is connected to which feed: an account may be once. */
  readonly connected: Set<string>;
}

/** Serves one connection of a stream of market data. */
export class DataStream {
  private readonly socket: TwinSocket;
  private readonly feed: DataFeed;
  private readonly world: DataStreamWorld;
  private readonly encoding: Encoding;
  private readonly subscribed = new Map<string, Set<string>>();
  private place: string | undefined;
  private readonly closing = new AbortController();

  /** @param headers Of the upgrade: keys there log in at once. */
  constructor(
    socket: TwinSocket,
    feed: DataFeed,
    world: DataStreamWorld,
    encoding: Encoding,
    headers: Readonly<Record<string, string>>,
  ) {
    this.socket = socket;
    this.feed = feed;
    this.world = world;
    this.encoding = encoding;
    socket.onMessage((bytes) => this.hear(bytes));
    socket.onClose(() => {
      this.closing.abort();
      if (this.place !== undefined) world.connected.delete(this.place);
    });
    this.send('success', [{ T: 'success', msg: 'connected' }]);
    const { 'apca-api-key-id': key, 'apca-api-secret-key': secret } = headers;
    if (key !== undefined && secret !== undefined) this.login(key, secret);
    else void this.waitForLogin();
  }

  /** A candle of an asset closed: its bar, the one before once more as it stays, and the day's so far. */
  closed(asset: Asset, now: EpochMs): void {
    if (this.place === undefined || asset.settings.class !== this.feed.kind) return;
    const { symbol, series } = asset;
    const last = series.candles.length - 1;
    const messages: DataMessage[] = [];
    if (this.hears('trades', symbol))
      messages.push({ T: 't', S: symbol, ...timed(tradeJson(asset, now)), ...this.idAt(now) });
    if (this.hears('quotes', symbol)) messages.push({ T: 'q', S: symbol, ...timed(quoteJson(asset, now)) });
    if (this.hears('bars', symbol)) messages.push(...this.barAt('b', asset, last));
    if (this.hears('updatedBars', symbol)) messages.push(...this.barAt('u', asset, last - 1));
    if (this.hears('dailyBars', symbol)) messages.push(...this.barOf('d', asset, DAY, last));
    for (const message of messages) this.send(message.T, [message]);
  }

  private hear(bytes: Buffer): void {
    const message = this.read(bytes);
    const login = Login.safeParse(message);
    if (login.success) {
      if (this.place !== undefined) this.refuse(403);
      else this.login(login.data.key, login.data.secret);
      return;
    }
    const change = Change.safeParse(message);
    if (!change.success) this.refuse(400);
    else if (this.place === undefined) this.refuse(401);
    else this.change(change.data);
  }

  private login(key: string, secret: string): void {
    const { path, isPaid } = this.feed;
    const account = this.world.accountOf(key, secret);
    if (account === undefined) {
      this.refuse(402);
      return;
    }
    const place = `${account} ${path}`;
    if (isPaid || this.world.connected.has(place)) {
      this.refuse(isPaid ? 409 : 406);
      this.socket.close();
      return;
    }
    this.place = place;
    this.world.connected.add(place);
    this.send('success', [{ T: 'success', msg: 'authenticated' }]);
  }

  private async waitForLogin(): Promise<void> {
    await this.world.clock.sleep(ALPACA_AUTH_TIMEOUT_MS, this.closing.signal);
    if (this.place !== undefined || this.closing.signal.aborted) return;
    this.refuse(404);
    this.socket.close();
  }

  private change({ action, ...asked }: z.output<typeof Change>): void {
    const channels: readonly string[] = this.feed.kind === 'crypto' ? ALPACA_CRYPTO_CHANNELS : ALPACA_STOCK_CHANNELS;
    const wanted = new Map<string, readonly string[]>();
    for (const [channel, symbols] of Object.entries(asked)) {
      const read = Symbols.safeParse(symbols);
      if (!read.success || !channels.includes(channel)) {
        this.refuse(read.success ? 410 : 400);
        return;
      }
      wanted.set(channel, read.data);
    }
    if (action === 'subscribe' && this.countWith(wanted) > ALPACA_FREE_STREAM_SYMBOLS) {
      this.refuse(405);
      return;
    }
    for (const [channel, symbols] of wanted) {
      const before = this.subscribed.get(channel) ?? new Set();
      const now = new Set(symbols);
      this.subscribed.set(channel, action === 'subscribe' ? before.union(now) : before.difference(now));
    }
    this.confirm(channels);
  }

  /** The whole list, every time. */
  private confirm(channels: readonly string[]): void {
    const listed = channels.map((channel) => [channel, [...(this.subscribed.get(channel) ?? [])]] as const);
    const trades = [...(this.subscribed.get('trades') ?? [])];
    const along = this.feed.kind === 'crypto' ? [] : ALPACA_WITH_TRADES.map((channel) => [channel, trades] as const);
    this.send('subscription', [{ T: 'subscription', ...Object.fromEntries([...listed, ...along]) }]);
  }

  private countWith(wanted: ReadonlyMap<string, readonly string[]>): number {
    const symbols = new Set([...this.subscribed.values(), ...wanted.values()].flatMap((some) => [...some]));
    symbols.delete(ALL);
    return symbols.size;
  }

  private hears(channel: string, symbol: string): boolean {
    const symbols = this.subscribed.get(channel);
    return symbols !== undefined && (symbols.has(symbol) || symbols.has(ALL));
  }

  private barAt(T: 'b' | 'u', asset: Asset, i: number): readonly DataMessage[] {
    if (i < 0) return [];
    return this.barOf(T, asset, { unit: 'intraday', size: asset.series.candles.durationMs }, i);
  }

  /** The bar of a length that holds candle `i`, as far as it has come. */
  private barOf(T: 'b' | 'u' | 'd', asset: Asset, timeframe: BarTimeframe, i: number): readonly DataMessage[] {
    const from = barGrid(asset, timeframe).startOf(asset.series.candles.openTimeOf(i));
    const bars = barsOf(asset, timeframe, { from, to: from });
    return bars.map(({ at, ...bar }) => ({ T, S: asset.symbol, ...bar, t: new Date(at) })).toArray();
  }

  /** Ids of trades of crypto are longer than a float holds. */
  private idAt(now: EpochMs): { readonly i?: bigint } {
    return this.feed.kind === 'crypto' ? { i: BigInt(now) * 2_000_000n + 1n } : {};
  }

  private refuse(code: AlpacaStreamErrorCode): void {
    this.send('error', [{ T: 'error', code, msg: ALPACA_STREAM_ERRORS[code] }]);
  }

  private send(topic: string, message: unknown): void {
    this.socket.send(topic, this.encoding.pack(message));
  }

  private read(bytes: Buffer): unknown {
    try {
      return this.encoding.unpack(bytes);
    } catch {
      return undefined;
    }
  }
}

/** Its time as a time: text in JSON, a timestamp in MessagePack. */
function timed(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...json, t: new Date(String(json.t)) };
}
