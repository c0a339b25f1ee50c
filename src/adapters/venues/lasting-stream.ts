import { seededChance } from '#core/random.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';

/** Until a connection must be live. */
const OPEN_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** One connection of a stream, from the first byte to the cut. */
export interface Connection {
  /** Logs in and asks for what is to be heard. @throws VenueUnavailable, VenueRefused when it does not become live */
  open(): Promise<void>;
  /** Resolves when it has ended. */
  readonly cut: Promise<void>;
  /** @param why What opening it says, if it is not open yet. */
  end(why: Error): void;
}

export interface LastingStreamOptions {
  /** What people read in reasons: "Bybit". */
  readonly venue: string;
  readonly clock: WallClock;
  readonly random: Random;
  /** A connection that is not open yet. */
  readonly connect: () => Promise<Connection>;
  /** What is done before it is opened again. */
  readonly prepare?: () => Promise<void>;
}

/**
 * The private stream of an account. A connection lives until it is cut; then another one is made, after a pause that grows.
 * The venues' own libraries would connect again by themselves, but each in its own way.
 */
export class LastingStream {
  private readonly options: LastingStreamOptions;

  constructor(options: LastingStreamOptions) {
    this.options = options;
  }

  /**
   * Resolves once the stream is live; goes on until `abort`.
   * @throws VenueUnavailable, VenueRefused when the first connection does not come about
   */
  async open(abort: AbortSignal): Promise<void> {
    const first = await this.connect(abort);
    void this.stayConnected(first, abort);
  }

  private async stayConnected(first: Connection, abort: AbortSignal): Promise<void> {
    let connection: Connection | undefined = first;
    for (let failures = 0; !abort.aborted; ) {
      if (connection !== undefined) {
        await connection.cut;
        failures = 0;
      }
      await this.options.clock.sleep(this.pauseMs(failures), abort);
      failures += 1;
      connection = await this.reconnect(abort);
    }
  }

  /** Full jitter, as for every call. */
  private pauseMs(failures: number): number {
    const chance = seededChance(this.options.random.seed());
    return chance.next() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  }

  /** @returns undefined when it did not come about. Who reads finds out why: every call would fail too. */
  private async reconnect(abort: AbortSignal): Promise<Connection | undefined> {
    if (abort.aborted) return undefined;
    try {
      await this.options.prepare?.();
      return await this.connect(abort);
    } catch (error) {
      if (error instanceof VenueUnavailable || error instanceof VenueRefused) return undefined;
      throw error;
    }
  }

  private async connect(abort: AbortSignal): Promise<Connection> {
    const { venue, clock } = this.options;
    const connection = await this.options.connect();
    const unavailable = (why: string) => new VenueUnavailable(`Cannot hear the stream of ${venue} as it ${why}`);
    const isDone = new AbortController();
    const stop = () => connection.end(unavailable('is being closed'));
    abort.addEventListener('abort', stop, { once: true, signal: isDone.signal });
    if (abort.aborted) stop();
    void connection.cut.then(() => isDone.abort());
    const isOpen = new AbortController();
    const limit = AbortSignal.any([isOpen.signal, isDone.signal]);
    void clock.sleep(OPEN_MS, limit).then(() => {
      if (!limit.aborted) connection.end(unavailable(`must be live within ${OPEN_MS / 1000} s`));
    });
    await connection.open();
    isOpen.abort();
    return connection;
  }
}
