import { systemClock } from '#adapters/clock/system.ts';
import { ALPACA, AlpacaMarket } from '#adapters/market-data/alpaca.ts';
import { BYBIT_LINEAR, BybitMarket } from '#adapters/market-data/bybit.ts';
import { BYBIT, BybitListings } from '#adapters/market-data/bybit-listings.ts';
import { CCXT_DEFAULTS, CcxtClient, type CcxtOptions } from '#adapters/market-data/ccxt/client.ts';
import { exchangeIds } from '#adapters/market-data/ccxt/library.ts';
import type { Exchange } from '#adapters/market-data/exchange.ts';
import type { ListedMarket } from '#adapters/market-data/listed-market.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { AlpacaAccess } from '#adapters/venues/alpaca/library.ts';
import { alpacaHost, type VenueAccess } from '../accounts/venue-access.ts';
import type { Config } from '../config.ts';
import { InputError } from '../errors.ts';

/** A server for tests has no quota to keep, and need not be given time. */
const FOR_TESTS = { betweenMs: 5, firstPauseMs: 20 } as const;
/** How long an exchange may take to answer when nobody asked for it by name. */
const GREETING_MS = 3_000;
/** As much of a name as must be right for the others to be shown. */
const SAME_LETTERS = 3;
const WELL_KNOWN = 'kraken, coinbase, bitstamp, binance';

/** @throws InputError for a name that CCXT does not have, and for an exchange whose candles it does not read. */
export async function loadExchange(
  id: string,
  config: Config,
  options: CcxtOptions = CCXT_DEFAULTS,
): Promise<CcxtClient> {
  const { exchangeUrl: address, exchangeKey: key } = config;
  const client = await CcxtClient.load(id, {
    ...options,
    ...(key?.exchange === id && { apiKey: key.apiKey, secret: key.secret }),
    ...(address !== undefined && { address, ...FOR_TESTS }),
  });
  if (client?.timeframes.length === 0) {
    throw new InputError(
      `Cannot read prices of "${id}" as CCXT must read candles from it, and does not; take another one`,
    );
  }
  if (client) return client;
  const alike = exchangeIds().filter((other) => other.startsWith(id.slice(0, SAME_LETTERS)));
  throw new InputError(
    `Cannot read prices of "${id}" as CCXT must have an exchange of this name; ` +
      (alike.length > 0 ? `take one of ${alike.join(', ')}` : `take another one, for example ${WELL_KNOWN}`),
  );
}

/**
 * An exchange whose prices bots run on: one of CCXT's, or Bybit's perpetuals and Alpaca's shares, which CCXT does not have.
 * @param access The account that trades on these prices; a testnet has its own.
 */
export async function openMarket(id: string, config: Config, access?: VenueAccess): Promise<Exchange> {
  if (id === ALPACA)
    return AlpacaMarket.open(alpacaAccess(config, access), { clock: systemClock, random: systemRandom });
  if (id !== BYBIT_LINEAR) return openExchange(id, config);
  const environment = access?.venue === 'bybit' ? (access as VenueAccess<'bybit'>).environment : 'mainnet';
  return BybitMarket.open({ ...CCXT_DEFAULTS, environment, address: access?.address ?? config.exchangeUrl });
}

/**
 * An exchange whose instruments are to be listed: Bybit and Alpaca by our own adapters, the others through CCXT.
 * @throws InputError, MarketUnavailable
 */
export async function openListed(id: string, config: Config): Promise<ListedMarket> {
  if (id === ALPACA)
    return AlpacaMarket.open(alpacaAccess(config, undefined), { clock: systemClock, random: systemRandom });
  if (id === BYBIT || id === BYBIT_LINEAR)
    return BybitListings.open(id, { ...CCXT_DEFAULTS, address: config.exchangeUrl });
  return openExchange(id, config);
}

/** Keys of paper accounts begin so. */
const PAPER_KEY = 'PK';

/** @throws InputError without a key: Alpaca shows prices of shares to those only who have one. */
function alpacaAccess({ exchangeKey, exchangeUrl }: Config, access: VenueAccess | undefined): AlpacaAccess {
  if (access?.venue === 'alpaca') {
    const { key, secret, address, environment } = access as VenueAccess<'alpaca'>;
    return { host: alpacaHost(environment), credentials: { key, secret }, address };
  }
  if (exchangeKey?.exchange !== ALPACA) {
    throw new InputError(
      'Cannot read prices of Alpaca as it shows them to those only who have a key: set AUTOTRADER_CCXT_KEY to ' +
        'alpaca:KEY:SECRET, which is free with a paper account',
    );
  }
  const { apiKey: key, secret } = exchangeKey;
  return { host: key.startsWith(PAPER_KEY) ? 'paper-api' : 'api', credentials: { key, secret }, address: exchangeUrl };
}

/**
 * An exchange of CCXT that has answered, with its markets read.
 * @throws InputError for a name that CCXT does not have, MarketUnavailable when it does not answer.
 */
export async function openExchange(id: string, config: Config): Promise<CcxtClient> {
  const exchange = await loadExchange(id, config);
  // Who cannot be reached should be told of soon.
  exchange.repeats = false;
  await exchange.greet();
  exchange.repeats = true;
  await exchange.loadMarkets();
  return exchange;
}

/** The same, but soon: an exchange that does not answer within three seconds is left alone. @throws MarketUnavailable */
export async function tryExchange(id: string, config: Config): Promise<CcxtClient> {
  const hasty = await loadExchange(id, config, { ...CCXT_DEFAULTS, timeoutMs: GREETING_MS, retries: 0 });
  await hasty.greet();
  const exchange = await loadExchange(id, config);
  exchange.aheadMs = hasty.aheadMs;
  await exchange.loadMarkets();
  return exchange;
}
