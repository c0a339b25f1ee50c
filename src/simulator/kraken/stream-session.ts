import { z } from 'zod';
import type { EpochMs } from '#core/time.ts';
import { KRAKEN_BOOK_DEPTHS, KRAKEN_INTERVALS } from '#protocols/kraken.ts';
import type { MarketSeries } from '../market-series.ts';
import type { TwinSocket } from '../twin.ts';
import type { Pairs } from './pairs.ts';
import { instant } from './stream-messages.ts';
import { CHANNELS, Subscription } from './subscription.ts';

const Request = z.looseObject({ method: z.string(), req_id: z.int().optional(), params: z.unknown().optional() });
const Params = z.looseObject({
  channel: z.enum(CHANNELS),
  symbol: z.array(z.string()).min(1),
  interval: z.int().default(1),
  depth: z.int().default(KRAKEN_BOOK_DEPTHS[0]),
  snapshot: z.boolean().optional(),
});

/** What a session knows of the world. */
export interface StreamWorld {
  readonly pairs: Pairs;
  /** Market time. */
  readonly now: () => EpochMs;
  /** What Kraken's own clock shows. */
  readonly time: () => EpochMs;
}

/** What all answers to one request have in common. */
interface Occasion {
  readonly method: string;
  readonly id: { readonly req_id?: number };
  readonly came: EpochMs;
}

/** One client of WebSocket v2. */
export class StreamSession {
  private readonly socket: TwinSocket;
  private readonly world: StreamWorld;
  private subscriptions: readonly Subscription[] = [];
  private hasSpoken = false;

  constructor(socket: TwinSocket, world: StreamWorld) {
    this.socket = socket;
    this.world = world;
    socket.onMessage((message) => this.hear(message.toString()));
  }

  /** Tells how the whole exchange is doing. */
  tellStatus(system: string): void {
    const data = [{ version: '2.0.10', system, api_version: 'v2', connection_id: this.socket.id }];
    this.send('status', { channel: 'status', type: 'update', data });
  }

  /** Tells a client that wants to hear something, and has heard nothing since the last time, that it is still there. */
  beat(): void {
    if (this.subscriptions.length > 0 && !this.hasSpoken) this.send('heartbeat', { channel: 'heartbeat' });
    this.hasSpoken = false;
  }

  /** A candle closed: its trades are told, and what they changed. */
  onClosed(series: MarketSeries, i: number): void {
    for (const one of this.subscriptionsOf(series)) this.tell(one, 'update', one.traded(i, this.world.now()));
  }

  /** The next candle stands at its open: the first sign that the one before is final. */
  onOpened(series: MarketSeries): void {
    for (const one of this.subscriptionsOf(series)) this.tell(one, 'update', one.opened(this.world.now()));
  }

  private subscriptionsOf(series: MarketSeries): readonly Subscription[] {
    return this.subscriptions.filter(({ pair }) => pair.series === series);
  }

  private hear(text: string): void {
    const came = this.world.time();
    const request = Request.safeParse(jsonOf(text));
    if (!request.success) {
      this.refuse({ method: 'error', id: {}, came }, 'Malformed request');
      return;
    }
    const { method, req_id, params } = request.data;
    const occasion = { method, id: req_id === undefined ? {} : { req_id }, came };
    if (method === 'ping') this.reply({ ...occasion, method: 'pong' }, {});
    else if (method === 'subscribe' || method === 'unsubscribe') this.change(occasion, params);
    else this.refuse(occasion, `Unsupported method: '${method}'`);
  }

  /** Subscribes or unsubscribes; each symbol gets an answer of its own. */
  private change(occasion: Occasion, params: unknown): void {
    const asked = Params.safeParse(params);
    if (!asked.success) {
      this.refuse(occasion, `Unsupported field or value: '${asked.error.issues[0]!.path.join('.')}'`);
      return;
    }
    const { interval, depth, symbol: symbols } = asked.data;
    if (KRAKEN_INTERVALS[interval] === undefined) this.refuse(occasion, 'Ohlc interval not supported');
    else if (!KRAKEN_BOOK_DEPTHS.some((known) => known === depth)) this.refuse(occasion, 'Book depth not supported');
    else for (const symbol of symbols) this.changeOne(occasion, asked.data, symbol);
  }

  private changeOne(occasion: Occasion, asked: z.infer<typeof Params>, symbol: string): void {
    const { channel, interval, depth, snapshot = channel !== 'trade' } = asked;
    const pair = this.world.pairs.bySymbol(symbol);
    if (pair === undefined) {
      this.refuse(occasion, `Currency pair not supported ${symbol}`, { symbol });
      return;
    }
    const wanted = new Subscription(channel, pair, KRAKEN_INTERVALS[interval]!, depth);
    const isAdded = occasion.method === 'subscribe';
    const others = this.subscriptions.filter((one) => !one.isLike(wanted));
    this.subscriptions = isAdded ? [...others, wanted] : others;
    const result = {
      channel,
      ...(channel === 'ohlc' && { interval }),
      ...(channel === 'book' && { depth }),
      ...(isAdded && { snapshot }),
      symbol,
    };
    this.reply(occasion, { result, success: true });
    if (isAdded && snapshot) this.tell(wanted, 'snapshot', wanted.snapshot(this.world.now()));
  }

  private tell({ channel, pair }: Subscription, type: 'snapshot' | 'update', data: readonly object[]): void {
    if (data.length === 0) return;
    const timestamp = channel === 'ohlc' ? { timestamp: instant(this.world.now()) } : {};
    this.send(`${channel} ${pair.series.symbol}`, { channel, type, ...timestamp, data });
  }

  private refuse(occasion: Occasion, error: string, more: object = {}): void {
    this.reply(occasion, { error, success: false, ...more });
  }

  private reply({ method, id, came }: Occasion, content: object): void {
    const times = { time_in: instant(came), time_out: instant(this.world.time()) };
    this.send(method, { method, ...id, ...content, ...times });
  }

  private send(topic: string, message: object): void {
    this.hasSpoken = true;
    this.socket.send(topic, JSON.stringify(message));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
