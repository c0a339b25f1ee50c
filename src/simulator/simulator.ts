import { hash53 } from '#core/orders.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { type AccountSetup, DEFAULT_ACCOUNT } from './accounts.ts';
import { type Conditions, fairConditions } from './conditions.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { MarketLine } from './market-line.ts';
import { type Pace, Pacer } from './pace.ts';
import type { PriceStream } from './price-streams.ts';
import type { Twin, TwinDefinition } from './twin.ts';
import { TwinServer } from './twin-server.ts';

export interface SimulatorOptions {
  readonly twins: readonly TwinDefinition[];
  readonly prices: readonly PriceStream[];
  readonly clock: WallClock;
  /** How many candles of each symbol are closed at the start; 0 when left out. */
  readonly history?: number;
  /** `manual` when left out. */
  readonly pace?: Pace;
  /** The default one when left out. */
  readonly accounts?: readonly AccountSetup[];
  /** Of all that is left to chance; 1 when left out. */
  readonly seed?: number;
  /** The port of each twin by its name; any free one when left out. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Hears of faults in the simulator itself. */
  readonly onFault?: (error: unknown) => void;
}

/** A twin that runs. */
export interface Service {
  readonly name: string;
  /** "http://127.0.0.1:PORT". */
  readonly address: string;
  /** URLs by what they are for. */
  readonly urls: Readonly<Record<string, string>>;
  /** May be changed at any time. */
  readonly conditions: Conditions;
  /** Does what the control port can do to it. @throws Error in a sentence. */
  command(name: string, input?: unknown): unknown;
}

/** The loopback twins of the outside world, running. */
export interface Simulator {
  readonly line: MarketLine;
  readonly pacer: Pacer;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly accounts: readonly AccountSetup[];
  readonly services: readonly Service[];
  /** @throws Error when no such twin runs. */
  service(name: string): Service;
  close(): Promise<void>;
}

/** Starts twins on loopback, each on a port of its own, all on one line of market time. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { twins, prices, clock, history = 0, pace = 'manual', accounts = [DEFAULT_ACCOUNT], seed = 1 } = options;
  const { ports = {}, onFault = raise } = options;
  const line = new MarketLine(prices, history);
  const pacer = new Pacer(line, clock, pace);
  const faults = new Faults(seededChance(seed));
  const journal = new Journal(clock);
  const servers: TwinServer[] = [];
  const ended = new AbortController();
  const start = async ({ name, open }: TwinDefinition): Promise<Service> => {
    const conditions = fairConditions();
    const server = await TwinServer.listen(
      { name, clock, faults, conditions, journal, onFault, marketTime: () => line.now },
      ports[name] ?? 0,
    );
    servers.push(server);
    const chance = seededChance(hash53(`${seed} ${name}`));
    const serverTime = () => (clock.wall() + conditions.skewMs) as EpochMs;
    const world = { line, pacer, clock, accounts, conditions, faults, chance, serverTime };
    const twin = await open(world, server.address);
    server.serveWith(twin);
    return serviceOf(name, server.address, twin, conditions);
  };
  const close = async () => {
    ended.abort();
    await Promise.all(servers.map((server) => server.close()));
  };
  const services: Service[] = [];
  try {
    for (const twin of twins) services.push(await start(twin));
  } catch (error) {
    await close();
    throw error;
  }
  const running = pacer.run(ended.signal);
  return {
    line,
    pacer,
    faults,
    journal,
    accounts,
    services,
    service: (name) => {
      const found = services.find((service) => service.name === name);
      if (found) return found;
      const names = services.map((service) => service.name).join(', ');
      throw new Error(`There is no service "${name}": those that run are ${names}`);
    },
    close: async () => {
      await close();
      await running;
    },
  };
}

function serviceOf(name: string, address: string, twin: Twin, conditions: Conditions): Service {
  const host = address.slice(address.indexOf(':'));
  const urls = Object.entries(twin.endpoints).map(([label, place]) => {
    const colon = place.indexOf(':');
    return [label, `${place.slice(0, colon)}${host}${place.slice(colon + 1)}`];
  });
  return {
    name,
    address,
    urls: Object.fromEntries(urls),
    conditions,
    command: (command, input = {}) => {
      const act = twin.commands?.[command];
      if (act) return act(input);
      const known = Object.keys(twin.commands ?? {}).join(', ') || 'none';
      throw new Error(`The service "${name}" has no command "${command}": those that there are: ${known}`);
    },
  };
}

function raise(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
