import { z } from 'zod';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { DECIMALS, decimalOf, decimalPlaces, type Money, money, price, quantity } from '#core/money.ts';
import type { ContractType, Listing } from '#ports/market-data.ts';
import { AnswerRefused, problemOf } from '../../calls/answer-refused.ts';

const Step = z.number().positive();
const Minimum = z.object({ min: z.number().nonnegative().nullish() }).nullish();
const Fee = z.number().gt(-1).lt(1).nullish();

/** What is traded, as CCXT describes it. */
const Market = z.object({
  base: z.string(),
  quote: z.string(),
  settle: z.string().nullish(),
  type: z.string().nullish(),
  inverse: z.boolean().nullish(),
  contractSize: Step.nullish(),
  active: z.boolean().nullish(),
  precision: z.object({ price: z.number(), amount: z.number() }),
  limits: z.object({ amount: Minimum, cost: Minimum }),
  maker: Fee,
  taker: Fee,
});
type Market = z.infer<typeof Market>;

const Markets = z.record(z.string(), z.unknown());
const [STEPS, DECIMAL_PLACES] = [4, 2];
/** Floats carry this many digits; what is reckoned with them has dust beyond. */
const DIGITS = 15;

const CONTRACT_OF: Readonly<Record<string, ContractType>> = {
  spot: 'spot',
  swap: 'perpetual',
  future: 'future',
  option: 'option',
};

/** Everything that can be described, by symbol. @throws AnswerRefused without a list of markets. */
export function listingsFrom(markets: unknown, precisionMode: number): Listing[] {
  const listings: Listing[] = [];
  for (const [symbol, row] of Object.entries(listedIn(markets)).sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      listings.push(listingOf(row, symbol as MarketSymbol, precisionMode));
    } catch (error) {
      // One that cannot be traded here is no reason not to show the others.
      if (!(error instanceof AnswerRefused)) throw error;
    }
  }
  return listings;
}

/** The listing of a symbol; undefined when there is no such market. @throws AnswerRefused */
export function listingFrom(markets: unknown, symbol: MarketSymbol, precisionMode: number): Listing | undefined {
  const listed = listedIn(markets);
  return Object.hasOwn(listed, symbol) ? listingOf(listed[symbol], symbol, precisionMode) : undefined;
}

/** What a bot may trade: it reckons in the quote currency. @throws AnswerRefused for what pays otherwise. */
export function instrumentFrom(markets: unknown, symbol: MarketSymbol, precisionMode: number): Instrument | undefined {
  const listing = listingFrom(markets, symbol, precisionMode);
  if (listing === undefined) return undefined;
  const { instrument, contract, unit } = listing;
  if (contract !== 'option' && unit === instrument.base) return instrument;
  throw new AnswerRefused(`${symbol} must be spot or a linear contract: it is ${contract}, counted in ${unit}`);
}

function listedIn(markets: unknown): Readonly<Record<string, unknown>> {
  const listed = Markets.safeParse(markets);
  if (!listed.success) throw new AnswerRefused('its markets must be listed by symbol');
  return listed.data;
}

function listingOf(row: unknown, symbol: MarketSymbol, precisionMode: number): Listing {
  const read = Market.safeParse(row);
  if (!read.success) throw new AnswerRefused(`${symbol} must have steps of price and amount: ${problemOf(read.error)}`);
  const { type, quote, base, settle, inverse, contractSize, active, maker, taker } = read.data;
  const contract = CONTRACT_OF[type ?? 'spot'];
  if (contract === undefined) throw new AnswerRefused(`${symbol} must be of a known type: it is "${type}"`);
  const isInverse = inverse === true;
  return {
    instrument: instrumentOf(read.data, symbol, precisionMode),
    contract,
    unit: isInverse ? `contract of ${contractSize ?? 1} ${quote}` : base,
    settle: contract === 'spot' ? undefined : (settle ?? undefined),
    makerFeeRate: maker ?? undefined,
    takerFeeRate: taker ?? undefined,
    isActive: active !== false,
  };
}

function instrumentOf(market: Market, symbol: MarketSymbol, precisionMode: number): Instrument {
  const { base, quote, precision, limits, inverse, contractSize } = market;
  const stepOf = (what: keyof typeof precision) => {
    const value = precision[what];
    if (precisionMode === DECIMAL_PLACES) return 10 ** -value;
    if (precisionMode !== STEPS)
      throw new AnswerRefused(`${symbol} must have a fixed step of price: its precision is a number of digits`);
    if (value > 0) return value;
    throw new AnswerRefused(`${symbol} must have steps of price and amount: precision.${what} is ${value}`);
  };
  // Linear contracts are counted by CCXT, and in base units by us.
  const inUnits = (count: number) => (inverse === true ? count : count * (contractSize ?? 1));
  const exact = (value: number) => exactText(value, symbol);
  const tick = exact(stepOf('price'));
  const lot = coarser(exact(inUnits(stepOf('amount'))), DECIMALS - decimalPlaces(tick));
  return {
    symbol,
    base,
    quote,
    tick: price(tick),
    lot: quantity(lot),
    minQuantity: quantity(exact(Math.max(inUnits(limits.amount?.min ?? 0), Number(lot)))),
    minNotional: limits.cost?.min ? money(exact(limits.cost.min)) : (0n as Money),
    calendar: 'always',
  };
}

/** @throws AnswerRefused for what exact money cannot hold. */
function exactText(value: number, symbol: MarketSymbol): string {
  try {
    return decimalOf(Number(value.toPrecision(DIGITS)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AnswerRefused(`${symbol} must have steps and minimums of up to ${DECIMALS} decimals: one is ${value}`);
  }
}

/** A lot with at most so many decimals: tick and lot have to fit into exact money together. */
function coarser(lot: string, decimals: number): string {
  return decimalPlaces(lot) <= decimals ? lot : (10 ** -decimals).toFixed(decimals);
}
