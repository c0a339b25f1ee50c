import { createHash } from 'node:crypto';
import { systemRandom } from '#adapters/random/system.ts';
import type { Broker } from '#adapters/venues/broker.ts';
import type { Bot } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, ONE, type Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { capabilityRefusal } from '#engine/capabilities.ts';
import type { Clock } from '#ports/clock.ts';
import type { AccountRow } from '#ports/store.ts';
import { InputError } from '../errors.ts';
import { checkBotFits } from '../files/bot-files.ts';
import { alpacaHost, type VenueAccess } from './venue-access.ts';

/** Opens the wire to an account; the library that speaks it is loaded only then. */
export async function openBroker(access: VenueAccess, clock: Clock): Promise<Broker> {
  const { venue, environment, key, secret, address } = access;
  switch (venue) {
    case 'bybit': {
      const { BybitBroker } = await import('#adapters/venues/bybit/broker.ts');
      const credentials = { key, secret };
      return BybitBroker.open(
        { environment: environment as 'mainnet', credentials, address },
        { clock, random: systemRandom },
      );
    }
    case 'alpaca': {
      const { AlpacaBroker } = await import('#adapters/venues/alpaca/broker.ts');
      const credentials = { key, secret };
      return AlpacaBroker.open(
        { host: alpacaHost(environment as 'paper'), credentials, address },
        { clock, random: systemRandom },
      );
    }
  }
}

/**
 * Looks at an account before a bot trades on it, and sets what it needs there.
 * @returns The account as it is stored first.
 * @throws InputError for a bot that the venue cannot carry, VenueRefused for a key that must not be used.
 */
export async function prepareAccount(broker: Broker, access: VenueAccess, bot: Bot, now: EpochMs): Promise<AccountRow> {
  const why = capabilityRefusal(bot, broker.name, broker.capabilities);
  if (why !== undefined) throw new InputError(`Cannot run "${bot.name}" on ${broker.name} as its ${why}`);
  const { currency, equity, marginMode } = await broker.account();
  if (bot.marginMode !== undefined && marginMode !== undefined && bot.marginMode !== marginMode) {
    throw new InputError(
      `Cannot run "${bot.name}" on ${broker.name} as the account's margin mode must be the bot's: it is ${marginMode} there ` +
        `and ${bot.marginMode} in the file; change one of them`,
    );
  }
  for (const symbol of bot.symbols) {
    const instrument = await broker.instrument(symbol);
    if (instrument === undefined) {
      throw new InputError(
        `Cannot run "${bot.name}" on ${broker.name} as it must list every symbol: it has no ${symbol}; leave it out`,
      );
    }
    checkBotFits(bot, instrument);
  }
  if (broker.capabilities.leverage) for (const symbol of bot.symbols) await setLeverage(broker, bot, symbol);
  const { maker, taker } = await broker.feeRates(bot.symbols[0]!);
  const { venue, environment, isReal } = access;
  return {
    id: accountIdOf(access),
    name: isReal ? broker.name : `${broker.name}, ${access.address === undefined ? environment : 'simulator'}`,
    venue,
    mode: isReal ? 'live' : 'paper',
    currency,
    startingBalance: formatDecimal(equity),
    makerFeeRate: formatDecimal(maker),
    takerFeeRate: formatDecimal(taker),
    maxConcurrentTrades: null,
    dailyLossPercent: null,
    margin: null,
    createdAt: now,
    revision: 1,
  };
}

/** @throws InputError when the venue does not take it. */
async function setLeverage(
  broker: Broker,
  { name, leverage = ONE as Ratio }: Bot,
  symbol: MarketSymbol,
): Promise<void> {
  const set = await broker.setLeverage(symbol, leverage);
  if (set.kind === 'accepted') return;
  if (set.kind === 'rejected') throw new InputError(set.why);
  throw new InputError(`Cannot run "${name}" on ${broker.name} as its leverage must be set for ${symbol}: ${set.why}`);
}

/** The same key is the same account; the key itself cannot be read out of it. */
export function accountIdOf({ venue, environment, key }: VenueAccess): string {
  const hash = createHash('sha256').update(`${venue} ${environment} ${key}`).digest('hex').slice(0, 8);
  return `${venue}-${environment}-${hash}`;
}
