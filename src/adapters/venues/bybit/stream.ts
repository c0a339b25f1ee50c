import { seededChance } from '#core/random.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import type { BrokerListener } from '../broker.ts';
import type { BybitClient } from './client.ts';
import { PrivateConnection } from './connection.ts';
import { loadPrivateStream } from './library.ts';

/** Until the stream must be live. */
const OPEN_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The private stream of an account. A connection lives until it is cut; then another one is made, after a pause and with a
 * clock measured anew. bybit-api would connect again by itself, but always after the same pause and with the old clock.
 */
export class BybitStream {
  private readonly client: BybitClient;
  private readonly clock: WallClock;
  private readonly random: Random;

  constructor(client: BybitClient, clock: WallClock, random: Random) {
    this.client = client;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Resolves once the stream is live; goes on until `abort`.
   * @throws VenueUnavailable, VenueRefused when the first connection does not come about
   */
  async open(listener: BrokerListener, abort: AbortSignal): Promise<void> {
    const first = await this.connect(listener, abort);
    void this.stayConnected(first, listener, abort);
  }

  private async stayConnected(first: PrivateConnection, listener: BrokerListener, abort: AbortSignal): Promise<void> {
    let connection: PrivateConnection | undefined = first;
    for (let failures = 0; !abort.aborted; ) {
      if (connection !== undefined) {
        await connection.cut;
        failures = 0;
      }
      await this.clock.sleep(this.pauseMs(failures), abort);
      failures += 1;
      connection = await this.reconnect(listener, abort);
    }
  }

  /** Full jitter, as for every call. */
  private pauseMs(failures: number): number {
    return seededChance(this.random.seed()).next() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  }

  /** @returns undefined when it did not come about. Who reads finds out why: every call would fail too. */
  private async reconnect(listener: BrokerListener, abort: AbortSignal): Promise<PrivateConnection | undefined> {
    if (abort.aborted) return undefined;
    try {
      await this.client.measureClock();
      return await this.connect(listener, abort);
    } catch (error) {
      if (error instanceof VenueUnavailable || error instanceof VenueRefused) return undefined;
      throw error;
    }
  }

  private async connect(listener: BrokerListener, abort: AbortSignal): Promise<PrivateConnection> {
    await this.client.keepTime();
    const { access, serverClock } = this.client;
    const connection = new PrivateConnection(await loadPrivateStream(access, serverClock.aheadMs), listener);
    const isDone = new AbortController();
    const stop = () => connection.end(new VenueUnavailable('Cannot hear the stream of Bybit as it is being closed'));
    abort.addEventListener('abort', stop, { once: true, signal: isDone.signal });
    if (abort.aborted) stop();
    void connection.cut.then(() => isDone.abort());
    const isOpen = new AbortController();
    const limit = AbortSignal.any([isOpen.signal, isDone.signal]);
    void this.clock.sleep(OPEN_MS, limit).then(() => {
      if (limit.aborted) return;
      const seconds = OPEN_MS / 1000;
      connection.end(new VenueUnavailable(`Cannot hear the stream of Bybit as it must be live within ${seconds} s`));
    });
    await connection.open();
    isOpen.abort();
    return connection;
  }
}
