import { Grid } from '#core/grid.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { type MarginTier, MarginTiers } from '#core/margin/tiers.ts';
import { type Money, money, ONE, price, quantity, type Ratio, ratio } from '#core/money.ts';
import { BYBIT_FEES } from '#protocols/bybit-words.ts';

/** A linear contract as the twin lists it. Decimals are as Bybit writes them. */
export interface Contract {
  /** "BTCUSDT"; the market's own name of it is `instrument.symbol`. */
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly grid: Grid;
  readonly tickSize: string;
  readonly qtyStep: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  readonly maxMktOrderQty: string;
  readonly minNotionalValue: string;
  readonly maxLeverage: string;
  readonly tiers: MarginTiers;
  /** How far from the last price an order's price may lie, a fraction. */
  readonly priceLimit: number;
  /** How far a market order may slip, a fraction. */
  readonly marketCap: number;
}

export const FEES = BYBIT_FEES.linear;
/** Minutes between two fundings. */
export const FUNDING_MINUTES = 480;

interface Listing {
  readonly tickSize: string;
  readonly qtyStep: string;
  readonly maxOrderQty: string;
  readonly maxMktOrderQty: string;
  readonly minNotionalValue: string;
  /** Notional up to which a maintenance rate holds, the rate, and the most leverage; what lies beyond has the last rate. */
  readonly tiers: readonly (readonly [cap: string, rate: string, leverage: string])[];
}

/**
 * Steps and sizes as Bybit lists them. The first two tiers of BTCUSDT are Bybit's of October 2026, the others and those of
 * the other contracts are of the same make: rates and amounts that join.
 */
const LISTINGS: Readonly<Record<string, Listing>> = {
  BTCUSDT: {
    tickSize: '0.10',
    qtyStep: '0.001',
    maxOrderQty: '1190.000',
    maxMktOrderQty: '500.000',
    minNotionalValue: '5',
    tiers: [
      ['300000', '0.0033', '150'],
      ['2000000', '0.005', '100'],
      ['2600000', '0.0056', '90'],
      ['10000000', '0.01', '50'],
      ['100000000', '0.05', '10'],
    ],
  },
  ETHUSDT: {
    tickSize: '0.01',
    qtyStep: '0.01',
    maxOrderQty: '7240.00',
    maxMktOrderQty: '724.00',
    minNotionalValue: '5',
    tiers: [
      ['2000000', '0.005', '100'],
      ['10000000', '0.01', '50'],
      ['100000000', '0.05', '10'],
    ],
  },
  SOLUSDT: {
    tickSize: '0.010',
    qtyStep: '0.1',
    maxOrderQty: '79770.0',
    maxMktOrderQty: '13060.0',
    minNotionalValue: '5',
    tiers: [
      ['500000', '0.005', '100'],
      ['5000000', '0.01', '50'],
      ['50000000', '0.05', '10'],
    ],
  },
};

/** Of a symbol that is not in the table: fine steps, and no least notional. */
const UNLISTED: Listing = {
  tickSize: '0.0001',
  qtyStep: '0.001',
  maxOrderQty: '1000000.000',
  maxMktOrderQty: '100000.000',
  minNotionalValue: '0',
  tiers: [
    ['1000000', '0.01', '50'],
    ['10000000', '0.05', '10'],
  ],
};

/** The contract of a market: "BTC/USDT" is BTCUSDT. */
export function contractOf(market: MarketSymbol): Contract {
  const [base = market, quote = 'USDT'] = market.split('/');
  const symbol = `${base}${quote}`;
  const listing = LISTINGS[symbol] ?? UNLISTED;
  const instrument: Instrument = {
    symbol: market,
    base,
    quote,
    tick: price(listing.tickSize),
    lot: quantity(listing.qtyStep),
    minQuantity: quantity(listing.qtyStep),
    minNotional: money(listing.minNotionalValue),
    calendar: 'always',
  };
  return {
    symbol,
    instrument,
    grid: new Grid(instrument, { maker: quantity(FEES.maker), taker: quantity(FEES.taker) }),
    tickSize: listing.tickSize,
    qtyStep: listing.qtyStep,
    minOrderQty: listing.qtyStep,
    maxOrderQty: listing.maxOrderQty,
    maxMktOrderQty: listing.maxMktOrderQty,
    minNotionalValue: listing.minNotionalValue,
    maxLeverage: `${listing.tiers[0]![2]}.00`,
    tiers: tiersOf(listing.tiers),
    priceLimit: 0.5,
    marketCap: 0.05,
  };
}

function tiersOf(rows: Listing['tiers']): MarginTiers {
  const tiers: MarginTier[] = [];
  for (const [cap, rate, leverage] of rows) {
    const before = tiers.at(-1);
    const floor = (before?.cap ?? 0n) as Money;
    const maintenanceRate = ratio(rate);
    const step = maintenanceRate - (before?.maintenanceRate ?? 0n);
    const amount = before === undefined ? 0n : before.maintenanceAmount + (floor * step) / ONE;
    tiers.push({
      floor,
      cap: money(cap),
      maintenanceRate,
      maintenanceAmount: amount as Money,
      maxLeverage: ratio(leverage),
    });
  }
  return new MarginTiers(tiers);
}

/** The most leverage at a notional. */
export function maxLeverageAt({ tiers }: Contract, notional: Money): Ratio {
  return tiers.at(notional).maxLeverage;
}
