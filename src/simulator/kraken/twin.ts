import { z } from 'zod';
import { ALWAYS } from '#core/sessions/always.ts';
import {
  KRAKEN_CALLS_AT_ONCE,
  KRAKEN_CALLS_PER_SECOND,
  KRAKEN_ERRORS,
  KRAKEN_STATUSES,
  KRAKEN_TRADES,
  type KrakenStatus,
} from '#protocols/kraken.ts';
import { Bucket } from '../bucket.ts';
import { commandInput } from '../command-input.ts';
import type { Twin, TwinAnswer, TwinDefinition, TwinRequest, TwinSocket, TwinWorld } from '../twin.ts';
import { Pairs } from './pairs.ts';
import { KrakenRest } from './rest.ts';
import { StreamSession } from './stream-session.ts';

export interface KrakenOptions {
  /** Trades of a page, at most 1,000. */
  readonly tradesPerPage?: number;
}

const PUBLIC = '/0/public/';
const STREAM = '/v2';
const HEARTBEAT_MS = 1000;
const Status = z.strictObject({ status: z.enum(KRAKEN_STATUSES) });

/** Kraken's public spot market data on loopback: REST, and WebSocket v2. It lists what trades around the clock. */
export function krakenWith(options: KrakenOptions): TwinDefinition {
  return { name: 'kraken', open: (world) => new KrakenTwin(world, options) };
}

export const krakenTwin: TwinDefinition = krakenWith({});

class KrakenTwin implements Twin {
  readonly endpoints = { rest: 'http:', stream: `ws:${STREAM}` };
  readonly commands = {
    status: (input: unknown) => {
      this.status = commandInput('status', Status, input).status;
      for (const session of this.sessions) session.tellStatus(this.status);
      return { status: this.status };
    },
  };
  private readonly world: TwinWorld;
  private readonly pairs: Pairs;
  private readonly rest: KrakenRest;
  private readonly sessions = new Set<StreamSession>();
  private readonly calls = new Bucket(KRAKEN_CALLS_PER_SECOND, KRAKEN_CALLS_AT_ONCE);
  private readonly ended = new AbortController();
  private status: KrakenStatus = 'online';

  constructor(world: TwinWorld, { tradesPerPage = KRAKEN_TRADES }: KrakenOptions) {
    const { line, pacer } = world;
    this.world = world;
    this.pairs = new Pairs(line.series.filter(({ candles }) => candles.calendar === ALWAYS));
    this.rest = new KrakenRest({
      line,
      pacer,
      pairs: this.pairs,
      time: () => world.serverTime(),
      status: () => this.status,
      tradesPerPage,
    });
    line.listen({
      onClosed: (series, i) => {
        for (const session of this.sessions) session.onClosed(series, i);
      },
      onMoment: (now) => {
        for (const series of line.series.filter(({ openTime }) => openTime === now)) {
          for (const session of this.sessions) session.onOpened(series);
        }
      },
    });
    void this.beat();
  }

  answer({ path, query, body, headers }: TwinRequest): TwinAnswer {
    if (!path.startsWith(PUBLIC)) return { status: 404, body: '{"error":["EGeneral:Unknown method"]}' };
    if (!this.isInTime()) return { status: 200, body: JSON.stringify({ error: [KRAKEN_ERRORS.tooManyRequests] }) };
    const parameters = new URLSearchParams(query);
    if (/^application\/x-www-form-urlencoded/.test(headers['content-type'] ?? '')) {
      for (const [name, value] of new URLSearchParams(body.toString())) parameters.set(name, value);
    }
    return { status: 200, body: JSON.stringify(this.rest.answer(path.slice(PUBLIC.length), parameters)) };
  }

  connect(socket: TwinSocket, { path }: { readonly path: string }): boolean {
    if (path !== STREAM) return false;
    const { line } = this.world;
    const session = new StreamSession(socket, {
      pairs: this.pairs,
      now: () => line.now,
      time: () => this.world.serverTime(),
    });
    this.sessions.add(session);
    socket.onClose(() => this.sessions.delete(session));
    session.tellStatus(this.status);
    return true;
  }

  close(): void {
    this.ended.abort();
  }

  /** Whether a call comes no sooner than Kraken allows. */
  private isInTime(): boolean {
    if (!this.world.conditions.rateLimits) return true;
    const isFull = this.calls.wait(this.world.clock.mono()) > 0;
    if (!isFull) this.calls.fill();
    return !isFull;
  }

  private async beat(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.world.clock.sleep(HEARTBEAT_MS, this.ended.signal);
      for (const session of this.sessions) session.beat();
    }
  }
}
