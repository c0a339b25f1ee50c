import type { WebsocketClient } from 'bybit-api';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import { bybitCode } from '#protocols/bybit-return-codes.ts';
import type { BrokerListener } from '../broker.ts';
import { executedFrom } from './decode-execution.ts';
import { orderFrom } from './decode-order.ts';
import { fieldOf } from './failures.ts';

const TOPICS = ['order.linear', 'execution.linear'];

/** One connection of the private stream, from the first byte to the cut. */
export class PrivateConnection {
  private readonly socket: WebsocketClient;
  private readonly listener: BrokerListener;
  private readonly opening = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<void>();
  private hasEnded = false;

  constructor(socket: WebsocketClient, listener: BrokerListener) {
    this.socket = socket;
    this.listener = listener;
    const cut = () =>
      this.end(new VenueUnavailable('Cannot hear the stream of Bybit as it must stay open: it was cut'));
    socket.on('reconnect', cut);
    socket.on('close', cut);
    socket.on('exception', (event: unknown) => this.end(refusalIn(event)));
    socket.on('response', (event: unknown) => {
      if (fieldOf(event, 'op') === 'subscribe') this.opening.resolve();
    });
    socket.on('update', (event: unknown) => this.tell(event));
  }

  /** Logs in and asks for the topics. @throws VenueUnavailable, VenueRefused when it is not live */
  async open(): Promise<void> {
    // It tells by events how it went; its promises say the same once more.
    for (const asked of this.socket.subscribeV5(TOPICS, 'linear', true)) void asked.catch(() => undefined);
    await this.opening.promise;
    this.listener.onGap();
  }

  /** Resolves when it has ended. */
  get cut(): Promise<void> {
    return this.ending.promise;
  }

  /** @param why What opening it says, if it is not open yet. */
  end(why: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.opening.reject(why);
    this.ending.resolve();
    this.socket.removeAllListeners();
    this.socket.closeAll(true);
  }

  /** Passes a message on. One that cannot be read is news that was not told: what happened has to be asked for. */
  private tell(event: unknown): void {
    try {
      const topic = String(fieldOf(event, 'topic'));
      const data = fieldOf(event, 'data');
      if (!Array.isArray(data)) throw new TypeError('no data');
      if (topic.startsWith('order')) this.tellOrders(data);
      if (topic.startsWith('execution')) this.tellExecuted(data);
    } catch {
      this.listener.onGap();
    }
  }

  private tellOrders(data: readonly unknown[]): void {
    for (const order of data.map(orderFrom)) if (order !== undefined) this.listener.onOrder(order);
  }

  private tellExecuted(data: readonly unknown[]): void {
    for (const executed of data.map(executedFrom)) {
      if (executed?.kind === 'fill') this.listener.onFill(executed.fill);
      if (executed?.kind === 'funding') this.listener.onFunding(executed.funding);
    }
  }
}

/** Why a login or a subscription was refused, or a connection failed. */
function refusalIn(event: unknown): Error {
  if (fieldOf(event, 'op') !== 'auth') {
    return new VenueUnavailable('Cannot hear the stream of Bybit as it must answer: no answer came');
  }
  const code = fieldOf(event, 'retCode') ?? fieldOf(event, 'ret_code');
  if (typeof code !== 'number') {
    return new VenueRefused(
      'Cannot hear the stream of Bybit as the login must be right: it is refused; check the API key, the secret and the ' +
        'environment, and set the clock of this machine by NTP',
    );
  }
  const { meaning, why } = bybitCode(code);
  const sentence = `Cannot hear the stream of Bybit as ${why}`;
  return meaning === 'fatal' ? new VenueRefused(sentence) : new VenueUnavailable(sentence);
}
