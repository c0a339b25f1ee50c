import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { kraken, pro } from 'ccxt';
import { onTestFinished } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { type KrakenOptions, krakenWith } from '#simulator/kraken/twin.ts';
import type { Simulator, SimulatorOptions } from '#simulator/simulator.ts';
import { inventedPrices, openServices } from './loopback-services.ts';

type KrakenStreams = InstanceType<typeof pro.kraken>;

export const BTC = 'BTC/USDT';
/** Minutes that are closed at the start: a little more than a day. */
const HISTORY = 1500;

/** What Kraken answers for the pairs that tests ask for. */
interface Answer {
  readonly error: readonly string[];
  readonly result: {
    readonly XBTUSDT: readonly (readonly (string | number)[])[];
    readonly XXBTZUSD: readonly (readonly (string | number)[])[];
    readonly last: string | number;
  };
}

/** The kept client of one exchange: loading all of them takes four times as long. */
async function load<Client>(file: string): Promise<new (options: object) => Client> {
  const sources = join(dirname(createRequire(import.meta.url).resolve('ccxt')), '../js/src');
  return (await import(pathToFileURL(join(sources, file)).href)).default;
}

/** A loopback Kraken with three invented pairs, and the kept client that asks it. */
export async function openKraken(options: KrakenOptions = {}, more: Partial<SimulatorOptions> = {}) {
  const prices = [
    inventedPrices(BTC, 60_000, '0.1'),
    inventedPrices('BTC/USD', 60_000, '0.1'),
    inventedPrices('DOGE/USD', 0.2, '0.00001'),
  ];
  const simulator = await openServices([krakenWith(options)], { prices, history: HISTORY, ...more });
  // Tests ask faster than Kraken allows.
  simulator.services[0]!.conditions.rateLimits = false;
  const client = new (await load<kraken>('kraken.js'))({ enableRateLimit: false });
  client.urls.api = { public: simulator.services[0]!.urls.rest };
  const series = simulator.line.find(BTC as MarketSymbol)!;
  const ask = async (path: string): Promise<Answer> => {
    const answer = await fetch(`${simulator.services[0]!.address}/0/public/${path}`);
    return (await answer.json()) as Answer;
  };
  return { simulator, client, series, ask };
}

/** The kept client of its streams. */
export async function streamClient({ services }: Simulator): Promise<KrakenStreams> {
  const client = new (await load<KrakenStreams>('pro/kraken.js'))({ enableRateLimit: false });
  const { rest, stream } = services[0]!.urls;
  client.urls.api = { public: rest, ws: { publicV2: stream } };
  // It finds out how to reach a "ws://" address only when told to.
  await client.loadHttpProxyAgent();
  onTestFinished(async () => {
    await client.close();
  });
  return client;
}
