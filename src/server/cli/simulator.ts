import { readFile } from 'node:fs/promises';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { openControl } from '#simulator/control.ts';
import type { Pace } from '#simulator/pace.ts';
import type { Simulator } from '#simulator/simulator.ts';
import { TWINS } from '#simulator/twins.ts';
import { EXITS, InputError } from '../errors.ts';
import { unreadable } from '../files/input-files.ts';
import { openSimulatedWorld } from '../markets/simulated-world.ts';
import { writeDocument } from './json-document.ts';

export interface SimulatorOptions {
  readonly all?: true;
  readonly service?: readonly string[];
  /** Candle files as for a replay. */
  readonly candles?: string;
  readonly calendar?: CalendarName;
  /** Real time when left out. */
  readonly pace?: Pace;
  readonly history: number;
  readonly seed: number;
  readonly accounts?: string;
  /** By the name of a twin, or "control". */
  readonly port?: Readonly<Record<string, number>>;
  readonly json?: true;
}

/** Runs loopback twins of the outside world until it is stopped. */
export async function simulator(options: SimulatorOptions): Promise<void> {
  const { all, service = [], candles, calendar = 'always', accounts, port = {}, json, history, seed } = options;
  const services = all ? Object.keys(TWINS) : [...new Set(service)];
  if (services.length === 0) {
    throw new InputError(
      `Cannot start the simulator as it must be told what to simulate; give --all, or --service with one of ${Object.keys(TWINS).join(', ')}`,
    );
  }
  const running = await openSimulatedWorld({
    services,
    pace: options.pace ?? { speed: 1 },
    history,
    seed,
    candles,
    calendar: CALENDARS[calendar],
    accounts: accounts === undefined ? undefined : await textOf(accounts),
    ports: port,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const control = await openControl(running, port.control);
  const stopped = untilSignal();
  if (json) await writeDocument(process.stdout, documentOf(running, control.address));
  else process.stdout.write(linesOf(running, control.address));
  const signal = await stopped;
  await control.close();
  await running.close();
  process.exitCode = signal === 'SIGINT' ? EXITS.interrupted.code : EXITS.terminated.code;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(error, `Cannot read accounts from "${path}"`);
  }
}

function documentOf({ services, accounts, line }: Simulator, control: string): Readonly<Record<string, unknown>> {
  return {
    control,
    services: services.map(({ name, urls }) => ({ name, urls })),
    // They open nothing but these twins.
    accounts: accounts.map(({ name, key, secret, balance, permissions }) => ({
      name,
      key,
      secret,
      balance,
      permissions,
    })),
    symbols: line.series.map(({ symbol, timeframe }) => ({ symbol, timeframe })),
    marketTime: line.now,
  };
}

function linesOf({ services, accounts }: Simulator, control: string): string {
  const rows = services.flatMap(({ name, urls }) => Object.entries(urls).map(([label, url]) => [name, label, url]));
  const lines = [...rows, ['control', 'http', control]].map(([name, label, url]) => `${name} ${label} ${url}\n`);
  const keys = accounts.map(
    ({ name, key, secret, balance }) => `account ${name} key ${key} secret ${secret} balance ${balance}\n`,
  );
  return [...lines, ...keys].join('');
}

function untilSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  process.on('SIGINT', resolve).on('SIGTERM', resolve);
  return promise;
}
