import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import type { BrokerListener } from '../broker.ts';
import { LastingStream } from '../lasting-stream.ts';
import type { BybitClient } from './client.ts';
import { PrivateConnection } from './connection.ts';
import { loadPrivateStream } from './library.ts';

/** The private stream of an account, which logs in by a clock that was measured, and anew before each new connection. */
export function bybitStream(
  client: BybitClient,
  listener: BrokerListener,
  { clock, random }: { readonly clock: WallClock; readonly random: Random },
): LastingStream {
  return new LastingStream({
    venue: 'Bybit',
    clock,
    random,
    connect: async () => {
      await client.keepTime();
      const { access, serverClock } = client;
      return new PrivateConnection(await loadPrivateStream(access, serverClock.aheadMs), listener);
    },
    prepare: () => client.measureClock(),
  });
}
