import { systemClock } from '#adapters/clock/system.ts';
import type { Exchange } from '#adapters/market-data/exchange.ts';
import { ToldTime } from '#adapters/market-data/told-time.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { Bot } from '#core/bots.ts';
import { type EpochMs, epochMs, type Timeframe } from '#core/time.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import type { BotRow, Store } from '#ports/store.ts';
import type { VenueAccess } from '../accounts/venue-access.ts';
import type { Market, Speed } from '../cli/option-values.ts';
import { Progress } from '../cli/progress.ts';
import type { Config } from '../config.ts';
import { InputError } from '../errors.ts';
import type { DatedBot } from './live-market.ts';
import { type PaperMarket, REPLAY, type ReplayFile, replayMarket, replayName, simulatedMarket } from './markets.ts';

/** A minute of the simulated market in a second: something happens while one looks. */
const SIMULATED_SPEED = 60;
/** The exchange whose prices are taken when nobody says otherwise. */
const USUAL_EXCHANGE = 'kraken';

/** What a start was asked for, and what it finds. */
export interface MarketWish {
  /** Undefined for the usual one. */
  readonly market: Market | undefined;
  readonly speed: Speed | undefined;
  /** The files of a replay, read. */
  readonly replay: readonly ReplayFile[];
  readonly config: Config;
  readonly store: Store;
  readonly say: (line: string) => void;
  /** The account that trades on these prices; left out, the exchange inside trades. */
  readonly access?: VenueAccess | undefined;
  /** Whether market time is what the venue's candles tell: for simulators. */
  readonly toldTime: boolean;
}

/** A market that bots are to run on, before it is known which. */
export interface ChosenMarket {
  /** What the rows of its bots are bound to. */
  readonly name: string;
  /** Times faster than real time; null for as fast as it goes. */
  readonly speed: number | null;
  /** The timeframe that the example bot must have there. */
  readonly timeframe: Timeframe | undefined;
  /** Where market time has come to, for a bot that begins; wall time where nothing else tells. */
  now(bot: Bot): Promise<EpochMs>;
  open(bots: readonly DatedBot[]): Promise<PaperMarket>;
}

/** @throws InputError for a speed that the market cannot have. */
export function checkSpeed(speed: Speed | undefined, market: Market | undefined): void {
  const kind = market?.kind ?? 'simulated';
  if (speed === 'max' && kind === 'simulated') {
    throw new InputError(
      'Cannot run the simulated market at "max" speed as it never ends; give a number, for example --speed 600',
    );
  }
  if (speed !== undefined && kind === 'exchange') {
    throw new InputError(
      `Cannot run an exchange at speed ${speed} as its candles close in real time; leave --speed out, or take --market simulated`,
    );
  }
}

/**
 * The market that was asked for. Without a word, bots go on where the newest of them began; the first ones begin on the
 * usual exchange when it answers, and on the simulated market when it does not, or when a speed was asked for.
 * @throws MarketUnavailable when an exchange that must answer does not.
 */
export async function chooseMarket(wish: MarketWish): Promise<ChosenMarket> {
  const { market, speed, replay, store } = wish;
  const stored = await store.bots();
  switch (market?.kind) {
    case 'replay':
      return {
        name: replayName(replay),
        speed: speed === 'max' ? null : (speed ?? 1),
        timeframe: replay[0]!.text.candles.timeframe,
        now: wallNow,
        open: async (bots) =>
          replayMarket(
            replay,
            bots.map(({ bot }) => bot),
          ),
      };
    case 'simulated':
      return simulated(wish, stored);
    case 'exchange':
      return live(wish, await openedExchange(market.id, wish));
    case undefined:
      return usual(wish, stored);
  }
}

async function usual(wish: MarketWish, stored: readonly BotRow[]): Promise<ChosenMarket> {
  const begun = stored.filter(({ market }) => !market.startsWith(REPLAY)).toSorted((a, b) => b.createdAt - a.createdAt);
  const [newest] = begun;
  if (wish.speed !== undefined || newest?.market.startsWith('simulated:')) return simulated(wish, stored);
  if (newest) return live(wish, await goneOnWith(newest, wish));
  const { tryExchange } = await import('./exchanges.ts');
  try {
    return live(wish, await tryExchange(USUAL_EXCHANGE, wish.config));
  } catch (error) {
    if (!(error instanceof MarketUnavailable)) throw error;
    wish.say(
      'Kraken does not answer, so this starts on the simulated market, and its bots stay there; ' +
        '--market kraken asks for it again.',
    );
    return simulated(wish, stored);
  }
}

async function openedExchange(id: string, { config, access }: MarketWish): Promise<Exchange> {
  const { openMarket } = await import('./exchanges.ts');
  return openMarket(id, config, access);
}

/** The exchange that a bot began on. @throws MarketUnavailable with what else can be done. */
async function goneOnWith({ name, market }: BotRow, wish: MarketWish): Promise<Exchange> {
  try {
    return await openedExchange(market, wish);
  } catch (error) {
    if (!(error instanceof MarketUnavailable)) throw error;
    throw new MarketUnavailable(
      `${error.message}; "${name}" began there and goes on only there: --market simulated runs other bots meanwhile`,
      { cause: error },
    );
  }
}

function simulated({ speed }: MarketWish, stored: readonly BotRow[]): ChosenMarket {
  const market = simulatedMarket(stored, systemRandom, epochMs(Date.now()));
  return {
    name: market.name,
    speed: typeof speed === 'number' ? speed : SIMULATED_SPEED,
    timeframe: undefined,
    now: wallNow,
    open: async () => market,
  };
}

function live({ config, store, say, access, toldTime }: MarketWish, exchange: Exchange): ChosenMarket {
  const timeNow = async ({ symbols: [symbol], timeframe }: Bot) =>
    exchange.instrument(symbol!) && exchange.marketTime?.(symbol!, timeframe);
  const now = async (bot: Bot) => (toldTime ? await timeNow(bot) : undefined) ?? wallNow();
  return {
    name: exchange.id,
    speed: 1,
    timeframe: undefined,
    now,
    open: async (bots) => {
      const { openLiveMarket } = await import('./live-market.ts');
      const progress = new Progress(`Reading candles from ${exchange.name}`, process.stderr);
      const onProgress = (fraction: number) => progress.show(fraction);
      const timed = toldTime && bots[0] ? new ToldTime(exchange, await now(bots[0].bot)) : exchange;
      const exchangeUrl = access?.address ?? config.exchangeUrl;
      const parts = { exchange: timed, store, clock: systemClock, config: { exchangeUrl }, bots, say, onProgress };
      return openLiveMarket(parts).finally(() => progress.end());
    },
  };
}

async function wallNow(): Promise<EpochMs> {
  return epochMs(Date.now());
}
