import type { Chance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { AccountSetup } from './accounts.ts';
import type { Conditions } from './conditions.ts';
import type { Faults } from './faults.ts';
import type { MarketLine } from './market-line.ts';
import type { Pacer } from './pace.ts';

/** A request as it came. */
export interface TwinRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** As sent, without the "?". */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface TwinAnswer {
  readonly status: number;
  /** One that is sent several times has several values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text, bytes, or pieces that are sent as they come. */
  readonly body: string | Buffer | AsyncIterable<string>;
}

/** One connection of a stream. */
export interface TwinSocket {
  /** Tells connections apart. */
  readonly id: number;
  readonly isOpen: boolean;
  /** @param topic What faults know the message by, after "STREAM /path ". Binary frames are Buffers. */
  send(topic: string, message: string | Buffer): void;
  onMessage(hear: (message: Buffer, isBinary: boolean) => void): void;
  onClose(hear: () => void): void;
  close(code?: number, reason?: string): void;
}

/** What a twin does, when it was opened. */
export interface Twin {
  /** What clients are pointed to, by name: `{ rest: 'http:', private: 'ws:/v5/private' }`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Answers one request. What it throws is answered with HTTP 500. */
  answer(request: TwinRequest): TwinAnswer | Promise<TwinAnswer>;
  /** Takes a stream's connection. @returns false when there is no stream at this path. */
  connect?(socket: TwinSocket, request: Omit<TwinRequest, 'body' | 'method'>): boolean;
  /**
   * What the control port can do to it, by name, JSON in and JSON out: `POST /services/NAME/COMMAND`.
   * What they throw is answered with HTTP 400 and its message.
   */
  readonly commands?: Readonly<Record<string, (input: unknown) => unknown>>;
  close?(): void;
}

/** What a twin is given. */
export interface TwinWorld {
  readonly line: MarketLine;
  readonly pacer: Pacer;
  readonly clock: WallClock;
  readonly accounts: readonly AccountSetup[];
  readonly conditions: Conditions;
  /** For faults inside a stream's own commands; requests and messages are seen to already. */
  readonly faults: Faults;
  /** Seeded for this twin. */
  readonly chance: Chance;
  /** The service's own time, by wall: skewed where its conditions say so. */
  serverTime(): EpochMs;
}

/** How a twin registers. */
export interface TwinDefinition {
  /** "bybit": what is printed, and what faults and commands name it by. */
  readonly name: string;
  /** @param address "http://127.0.0.1:PORT", where it will be reached. */
  open(world: TwinWorld, address: string): Twin | Promise<Twin>;
}
