import { z } from 'zod';
import { systemClock } from '#adapters/clock/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { hash53 } from '#core/orders.ts';
import type { SessionCalendar } from '#core/sessions/calendar.ts';
import { candleOpenTime, epochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { type AccountSetup, DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { Pace } from '#simulator/pace.ts';
import { type PriceStream, recordedPrices, seededPrices } from '#simulator/price-streams.ts';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';
import { TWINS } from '#simulator/twins.ts';
import { InputError } from '../errors.ts';
import { readReplayFiles } from './markets.ts';

/** What the simulated market has where no recording is given, and where each begins. */
const INVENTED: Readonly<Record<string, { readonly startPrice: number; readonly tick: string; readonly lot: string }>> =
  {
    'BTC/USDT': { startPrice: 96_000, tick: '0.1', lot: '0.001' },
    'ETH/USDT': { startPrice: 3_400, tick: '0.01', lot: '0.01' },
    'SOL/USDT': { startPrice: 140, tick: '0.01', lot: '0.1' },
    'BTC/USD': { startPrice: 96_000, tick: '0.1', lot: '0.0001' },
    'SPY/USD': { startPrice: 600, tick: '0.01', lot: '1' },
  };
const INVENTED_TIMEFRAME: Timeframe = '1m';

const Account = z.strictObject({
  name: z.string().min(1),
  key: z.string().min(1),
  secret: z.string().min(1),
  permissions: z
    .strictObject({ read: z.boolean(), trade: z.boolean(), withdraw: z.boolean() })
    .default(DEFAULT_ACCOUNT.permissions),
  balance: z
    .string()
    .regex(/^\d+(\.\d{1,8})?$/, 'must be a plain decimal, for example "10000"')
    .default('10000'),
  leverage: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,2})?$/, 'must be a plain decimal from 1, for example "10"')
    .default('10'),
  marginMode: z.enum(['isolated', 'cross']).default('isolated'),
});

/** What the simulator is to be started with. */
export interface WorldWish {
  /** Names of twins. */
  readonly services: readonly string[];
  /** Candle files as for a replay; the invented market when left out. */
  readonly candles: string | undefined;
  readonly calendar: SessionCalendar;
  readonly pace: Pace;
  readonly history: number;
  readonly seed: number;
  /** JSON text of the accounts; the default one when left out. */
  readonly accounts: string | undefined;
  readonly ports: Readonly<Record<string, number>>;
  readonly say: (line: string) => void;
}

/** Starts the twins. @throws InputError for what cannot be had. */
export async function openSimulatedWorld(wish: WorldWish): Promise<Simulator> {
  const { services, pace, history, seed, ports, say } = wish;
  const twins = await Promise.all(services.map(loadTwin));
  return startSimulator({
    twins,
    prices: wish.candles === undefined ? inventedPrices(seed, history) : await recorded(wish, wish.candles),
    clock: systemClock,
    pace,
    history,
    seed,
    ports,
    accounts: wish.accounts === undefined ? [DEFAULT_ACCOUNT] : accountsIn(wish.accounts),
    onFault: (error) => say(`The simulator failed: ${error instanceof Error ? error.stack : String(error)}`),
  });
}

function loadTwin(name: string) {
  const load = TWINS[name];
  if (load) return load();
  throw new InputError(
    `Cannot simulate "${name}" as it must be one of ${Object.keys(TWINS).join(', ')}; name one of them`,
  );
}

/** The invented market, its history ending now. */
function inventedPrices(seed: number, history: number): readonly PriceStream[] {
  const begins = Date.now() - history * TIMEFRAME_MS[INVENTED_TIMEFRAME];
  const startTime = candleOpenTime(epochMs(begins), INVENTED_TIMEFRAME);
  return Object.entries(INVENTED).map(([symbol, listing]) =>
    seededPrices(symbol as MarketSymbol, {
      ...listing,
      seed: hash53(`${seed} ${symbol}`),
      timeframe: INVENTED_TIMEFRAME,
      startTime,
    }),
  );
}

async function recorded({ calendar, say }: WorldWish, files: string): Promise<readonly PriceStream[]> {
  const read = await readReplayFiles(files, undefined, { allowGaps: true, calendar }, say);
  return read.map(({ symbol, path, text }) => recordedPrices(symbol ?? symbolNamedBy(path), text.candles));
}

/** "bybit_linear_BTCUSDT_5m.csv" tells of BTC/USDT. @throws InputError when nothing can be made out. */
function symbolNamedBy(path: string): MarketSymbol {
  const [, base, quote] = /([A-Z0-9]{2,10})(USDT|USD)(?![A-Z])/.exec(path) ?? [];
  if (base !== undefined) return `${base}/${quote}` as MarketSymbol;
  throw new InputError(
    `Cannot replay "${path}" as its name must tell of a symbol; name it before the file: BTC/USDT=${path}`,
  );
}

function accountsIn(text: string): readonly AccountSetup[] {
  const problem = (why: string) =>
    new InputError(`Cannot read the accounts of the simulator as ${why}; see docs/reference/simulator.md`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw problem('the file must be JSON');
  }
  const read = z.array(Account).min(1).safeParse(parsed);
  if (read.success) return read.data;
  throw problem(read.error.issues.map(({ path, message }) => `"${path.join('.')}" is wrong: ${message}`).join('; '));
}
