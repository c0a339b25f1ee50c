import { z } from 'zod';
import { ALPACA_CRYPTO_LOCATIONS, ALPACA_STOCK_FEEDS } from '#protocols/alpaca-data.ts';
import { commandInput } from '../command-input.ts';
import type { Twin, TwinAnswer, TwinDefinition, TwinRequest, TwinSocket, TwinWorld } from '../twin.ts';
import { AssetChange, Assets, assetJson } from './assets.ts';
import { answerData, isDataPath, isOpenToAll } from './data-api.ts';
import { type DataFeed, DataStream } from './data-stream.ts';
import { Desk } from './desk.ts';
import { encodingOf } from './encoding.ts';
import { readOrder } from './order-terms.ts';
import { RateLimit } from './rate-limit.ts';
import { Refusal } from './refusal.ts';
import { serveTradeStream } from './trade-stream.ts';
import { answerTrading } from './trading-api.ts';

/** Alpaca: trading and market data, REST and streams, at one address. */
export const alpacaTwin: TwinDefinition = { name: 'alpaca', open: (world) => new AlpacaTwin(world) };

interface Account {
  readonly desk: Desk;
  /** Trading and data count apart: they are two services. */
  readonly limits: { readonly trading: RateLimit; readonly data: RateLimit };
}

/** Hexadecimal digits of a UUID. */
const UUID_PARTS = [8, 4, 4, 4, 12] as const;

class AlpacaTwin implements Twin {
  readonly endpoints = {
    rest: 'http:',
    'trade-updates': 'ws:/stream',
    stocks: 'ws:/v2/iex',
    crypto: 'ws:/v1beta3/crypto/us',
  };
  readonly commands = {
    asset: (input: unknown) => this.changeAsset(input),
    frames: (input: unknown) => this.changeFrames(input),
    'place-order': (input: unknown) => this.placeOrder(input),
  };
  private readonly world: TwinWorld;
  private readonly assets: Assets;
  private readonly accounts: readonly Account[];
  private readonly dataStreams = new Set<DataStream>();
  /** Who is connected to which stream of market data. */
  private readonly connected = new Set<string>();
  /** A paper account's updates come in binary frames; what a funded one's are is not documented. */
  private isBinary = true;

  constructor(world: TwinWorld) {
    const { line, clock, conditions } = world;
    this.world = world;
    const makeId = () => this.makeId();
    this.assets = new Assets(line, makeId);
    const around = { conditions, now: () => line.now, wall: () => clock.wall(), makeId };
    this.accounts = world.accounts.map((setup) => ({
      desk: new Desk(setup, this.assets, around),
      limits: { trading: new RateLimit(), data: new RateLimit() },
    }));
    line.listen({
      onClosing: (series, i) => {
        for (const { desk } of this.accounts) desk.match(series, i);
      },
      onClosed: (series) => {
        const asset = this.assets.all.find((one) => one.series === series)!;
        for (const stream of this.dataStreams) stream.closed(asset, line.now);
      },
      onMoment: () => {
        for (const { desk } of this.accounts) desk.moved();
      },
    });
  }

  answer(request: TwinRequest): TwinAnswer {
    const { key, secret } = keysOf(request.headers);
    const account = this.accountOf(key, secret);
    if (account === undefined) {
      const isOpen = key === undefined && isOpenToAll(request.path);
      return isOpen
        ? this.reply(request, undefined)
        : this.plain(new Refusal('unauthorized', 'request is not authorized'));
    }
    const { clock, line, conditions } = this.world;
    const { isOver, headers } = conditions.rateLimits
      ? account.limits[isDataPath(request.path) ? 'data' : 'trading'].take(clock.wall(), line.now)
      : { isOver: false, headers: {} };
    const answer = isOver
      ? this.plain(new Refusal('tooMany', 'too many requests.'))
      : this.reply(request, account.desk);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }

  connect(socket: TwinSocket, { path, headers }: Omit<TwinRequest, 'body' | 'method'>): boolean {
    if (path === '/stream') {
      const { isBinary } = this;
      serveTradeStream(socket, { isBinary, deskOf: (key, secret) => this.accountOf(key, secret)?.desk });
      return true;
    }
    const feed = feedAt(path);
    if (feed === undefined) return false;
    const { clock } = this.world;
    const accountOf = (key: string, secret: string) => this.accountOf(key, secret)?.desk.id;
    const encoding = encodingOf(headers['content-type']);
    const stream = new DataStream(socket, feed, { clock, accountOf, connected: this.connected }, encoding, headers);
    this.dataStreams.add(stream);
    socket.onClose(() => this.dataStreams.delete(stream));
    return true;
  }

  /** @param desk Undefined for what is answered without keys. */
  private reply(request: TwinRequest, desk: Desk | undefined): TwinAnswer {
    const { line, pacer, conditions } = this.world;
    if (isDataPath(request.path)) {
      const now = () => line.now;
      const asked = (asset: Assets['all'][number], until: number) => {
        // One candle at a time, as it is the pacer that knows whether market time is to move.
        for (let before = -1; line.now < until && line.now !== before && !line.isEnded; ) {
          before = line.now;
          pacer.asked(asset.series, asset.series.timeframe, asset.series.openTime);
        }
      };
      const data = answerData({ assets: this.assets, now, asked }, request);
      return data === undefined ? this.nothing() : this.json(data.status, data.json);
    }
    const reply = desk && answerTrading(desk, request, conditions.skewMs);
    if (reply === undefined) return this.nothing();
    return reply instanceof Refusal ? this.plain(reply) : this.json(reply.status, reply.json);
  }

  private accountOf(key: string | undefined, secret: string | undefined): Account | undefined {
    return this.accounts.find(({ desk }) => desk.setup.key === key && desk.setup.secret === secret);
  }

  private json(status: number, json: unknown): TwinAnswer {
    const headers = { 'x-request-id': this.makeId() };
    return { status, headers, body: json === undefined ? '' : JSON.stringify(json) };
  }

  private plain({ status, body }: Refusal): TwinAnswer {
    return this.json(status, body);
  }

  private nothing(): TwinAnswer {
    return this.plain(new Refusal('notFound', 'endpoint not found.'));
  }

  /** A UUID of version 4, from the simulator's own chance. */
  private makeId(): string {
    const digit = () => Math.floor(this.world.chance.next() * 16).toString(16);
    const parts = UUID_PARTS.map((length) => Array.from({ length }, digit).join(''));
    const [a, b, c, d, e] = parts;
    return `${a}-${b}-4${c!.slice(1)}-a${d!.slice(1)}-${e}`;
  }

  private changeAsset(input: unknown): unknown {
    const { symbol, ...change } = commandInput('asset', AssetChange.extend({ symbol: z.string() }), input);
    const asset = this.assets.find(symbol);
    if (asset === undefined) {
      const known = this.assets.all.map((one) => one.symbol).join(', ');
      throw new Error(`Cannot change asset "${symbol}" as there is none: those that there are: ${known}`);
    }
    this.assets.change(asset, change);
    return assetJson(asset, this.world.line.now);
  }

  private changeFrames(input: unknown): unknown {
    const { binary } = commandInput('frames', z.strictObject({ binary: z.boolean() }), input);
    this.isBinary = binary;
    return { binary };
  }

  /** An order by the account's owner, past every limit of requests: `{"account":"default","order":{...}}`. */
  private placeOrder(input: unknown): unknown {
    const shape = z.strictObject({ account: z.string().optional(), order: z.looseObject({}) });
    const { account, order } = commandInput('place-order', shape, input);
    const found = this.accounts.find(({ desk }) => account === undefined || desk.setup.name === account);
    if (found === undefined) throw new Error(`Cannot place an order as there is no account "${account}"`);
    const terms = readOrder(order);
    const answer = terms instanceof Refusal ? terms : found.desk.submit(terms);
    if (answer instanceof Refusal) throw new Error(`Cannot place an order as Alpaca refuses it: ${answer.message}`);
    return answer;
  }
}

function keysOf(headers: Readonly<Record<string, string>>) {
  return { key: headers['apca-api-key-id'], secret: headers['apca-api-secret-key'] };
}

function feedAt(path: string): DataFeed | undefined {
  const stocks = ALPACA_STOCK_FEEDS.find((feed) => path === `/v2/${feed}`);
  if (stocks !== undefined) return { path, kind: 'us_equity', isPaid: stocks === 'sip' };
  const crypto = ALPACA_CRYPTO_LOCATIONS.find((location) => path === `/v1beta3/crypto/${location}`);
  return crypto && { path, kind: 'crypto', isPaid: false };
}
