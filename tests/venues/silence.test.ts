import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Patience } from '#adapters/calls/patience.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { AlpacaMarket } from '#adapters/market-data/alpaca.ts';
import { BybitMarket } from '#adapters/market-data/bybit.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { AlpacaBroker } from '#adapters/venues/alpaca/broker.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';

const CLOCK = { ...systemClock, now: () => systemClock.wall() };
const CALLS = { clock: CLOCK, random: systemRandom, timeoutMs: 100, retries: 0 };
const credentials = { key: 'testkey', secret: 'testsecret' };

/** What a start asks of a venue first, of its market and of the account. */
const OPENED = [
  {
    what: "Bybit's market",
    venue: 'Bybit',
    open: (address: string) => BybitMarket.open({ ...CALLS, environment: 'testnet', address }),
  },
  {
    what: 'an account at Bybit',
    venue: 'Bybit',
    open: (address: string) => BybitBroker.open({ environment: 'testnet', credentials, address }, CALLS),
  },
  {
    what: "Alpaca's market",
    venue: 'Alpaca',
    open: (address: string) => AlpacaMarket.open({ host: 'paper-api', credentials, address }, CALLS),
  },
  {
    what: 'an account at Alpaca',
    venue: 'Alpaca',
    open: (address: string) => AlpacaBroker.open({ host: 'paper-api', credentials, address }, CALLS),
  },
];

/** An address that was somebody's. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** A server that answers every request in one way. @returns its address */
async function answering(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer({}, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SILENCES: readonly { readonly name: string; readonly address: () => Promise<string> }[] = [
  { name: 'nobody listens', address: nobody },
  { name: 'its name is not known', address: async () => 'http://no-such-venue.invalid' },
  { name: 'it cannot answer', address: () => answering((_, reply) => void reply.writeHead(503).end()) },
  { name: 'it never answers', address: () => answering(() => undefined) },
  { name: 'it breaks off', address: () => answering((_, reply) => void reply.destroy()) },
  { name: 'somebody else answers', address: () => answering((_, reply) => void reply.end('<html>')) },
];

describe.each(OPENED)('$what is waited for', ({ venue, open }) => {
  test.each(SILENCES)('while $name', async ({ address }) => {
    const stop = new AbortController();
    const said: string[] = [];
    let pauses = 0;
    const sleep = async () => {
      pauses += 1;
      if (pauses === 2) stop.abort(new Error('enough'));
    };
    const patience = new Patience({
      venue,
      clock: { ...CLOCK, sleep },
      random: systemRandom,
      say: (line) => said.push(line),
    });
    const url = await address();
    await expect(patience.until<unknown>(() => open(url), stop.signal)).rejects.toThrow('enough');
    expect(said).toEqual([
      expect.stringMatching(new RegExp(`^Cannot .* of ${venue} as .*The start waits for ${venue}, which`)),
    ]);
    expect(said[0]).not.toContain('testkey');
  });
});
