import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import type { Connection } from '../lasting-stream.ts';
import type { AlpacaLibrary, TradeStream } from './library.ts';

/** What one connection of the stream of orders tells. */
export interface UpdateListener {
  /** @param update As Alpaca wrote it. @throws when it cannot be read: then `onGap` is told. */
  onUpdate(update: unknown): void;
  onGap(): void;
}

/** One connection of the stream of orders. */
export class TradeConnection implements Connection {
  private readonly socket: TradeStream;
  private readonly listener: UpdateListener;
  private readonly opening = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<void>();
  private isOpen = false;

  constructor(socket: TradeStream, updateJson: AlpacaLibrary['updateJson'], listener: UpdateListener) {
    this.socket = socket;
    this.listener = listener;
    socket.on('subscription', () => this.opening.resolve());
    socket.onTradeUpdate((update) => this.tell(() => updateJson(update)));
    socket.onError((text) => this.fail(text));
    socket.onDisconnect(() =>
      this.end(new VenueUnavailable('Cannot hear the stream of Alpaca as it must stay open: it was cut')),
    );
  }

  async open(): Promise<void> {
    this.socket.subscribeTradeUpdates();
    this.socket.connect();
    await this.opening.promise;
    this.isOpen = true;
    this.listener.onGap();
  }

  get cut(): Promise<void> {
    return this.ending.promise;
  }

  end(why: Error): void {
    this.opening.reject(why);
    this.ending.resolve();
    for (const event of this.socket.eventNames()) if (event !== 'error') this.socket.removeAllListeners(event);
    this.socket.disconnect();
  }

  /** Passes news on. What cannot be read is news that was not told: what happened has to be asked for. */
  private tell(read: () => unknown): void {
    try {
      this.listener.onUpdate(read());
    } catch {
      this.listener.onGap();
    }
  }

  /** @param text The library's own: a refused login, a connection that failed, or a message that it could not read. */
  private fail(text: string): void {
    if (text === 'auth failed') {
      this.end(
        new VenueRefused(
          'Cannot hear the stream of Alpaca as its key and secret must be right, and of the environment that is asked: they ' +
            'are not; check all three',
        ),
      );
    } else if (this.isOpen && text.startsWith('failed to ')) {
      this.listener.onGap();
    }
  }
}
