import { z } from 'zod';
import { Grid } from '#core/grid.ts';
import type { Instrument } from '#core/instruments.ts';
import { formatDecimal, type Money, price, quantity } from '#core/money.ts';
import type { MarketLine } from '../market-line.ts';
import type { MarketSeries } from '../market-series.ts';

const FREE = { maker: quantity('0'), taker: quantity('0') };
const NO_MINIMUM = 0n as Money;
/** A part of a share, and the least of most coins. */
const FINE_LOT = '0.000000001';
/** Coins under this many USD are told in finer prices, and in coarser quantities for it. */
const CHEAP_COIN = 10;

/** What may be told of an asset that its prices do not say. */
const Settings = z.strictObject({
  class: z.enum(['us_equity', 'crypto']),
  exchange: z.string(),
  name: z.string(),
  tradable: z.boolean(),
  marginable: z.boolean(),
  shortable: z.boolean(),
  easy_to_borrow: z.boolean(),
  fractionable: z.boolean(),
});

type AssetSettings = z.output<typeof Settings>;
/** Changes of some of them. */
export const AssetChange = Settings.partial();

/** Something that trades at Alpaca. */
export class Asset {
  readonly id: string;
  readonly series: MarketSeries;
  settings: AssetSettings;

  constructor(id: string, series: MarketSeries) {
    const isStock = series.candles.calendar.name === 'us-stocks';
    this.id = id;
    this.series = series;
    this.settings = isStock ? stockSettings(baseOf(series)) : coinSettings(series.symbol);
  }

  /** As Alpaca has it: "SPY", "BTC/USD". */
  get symbol(): string {
    return this.settings.class === 'us_equity' ? baseOf(this.series) : this.series.symbol;
  }
}

/** Every symbol on the market's line: shares where it trades by the calendar of US stocks, crypto otherwise. */
export class Assets {
  readonly all: readonly Asset[];

  constructor(line: MarketLine, makeId: () => string) {
    this.all = line.series.map((series) => new Asset(makeId(), series));
  }

  /** By symbol ("BTCUSD" for "BTC/USD" too), by the market's own name of it, or by id. */
  find(key: string): Asset | undefined {
    return this.all.find(
      ({ id, symbol, series }) =>
        id === key || symbol === key || positionSymbol(symbol) === key || series.symbol === key,
    );
  }

  /** @param settings What is left out stays. */
  change(asset: Asset, settings: z.output<typeof AssetChange>): void {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    asset.settings = { ...asset.settings, ...given };
  }
}

/** How positions spell it: without the slash. */
export function positionSymbol(symbol: string): string {
  return symbol.replace('/', '');
}

/** Where the market is. @param now Market time. */
export function lastPrice({ series }: Asset, now: number): number {
  return series.lastPrice(now);
}

/**
 * The numbers of an asset's orders. Whole shares trade at its tick; parts of a share and coins at prices of three
 * decimals, as their quantities have nine.
 */
export function gridOf(asset: Asset, isWhole: boolean, at: number): Grid {
  const instrument = instrumentOf(asset, isWhole, at);
  return new Grid(instrument, FREE, isWhole ? 'on-tick' : 'free');
}

/** What `GET /v2/assets` says of it. @param now Market time. */
export function assetJson(asset: Asset, now: number): Readonly<Record<string, unknown>> {
  const { id, symbol, settings } = asset;
  const isCrypto = settings.class === 'crypto';
  const common = {
    id,
    ...settings,
    symbol,
    status: 'active',
    maintenance_margin_requirement: isCrypto ? 100 : 30,
    margin_requirement_long: isCrypto ? '100' : '30',
    margin_requirement_short: isCrypto ? '100' : '30',
    borrow_status: settings.easy_to_borrow ? 'easy_to_borrow' : 'not_borrowable',
    attributes: isCrypto ? [] : ['fractional_eh_enabled'],
  };
  if (!isCrypto) return common;
  const { tick, lot } = instrumentOf(asset, false, lastPrice(asset, now));
  return {
    ...common,
    min_order_size: formatDecimal(lot),
    min_trade_increment: formatDecimal(lot),
    price_increment: formatDecimal(tick),
  };
}

function baseOf({ symbol }: MarketSeries): string {
  return symbol.split('/')[0] ?? symbol;
}

function instrumentOf({ settings, series }: Asset, isWhole: boolean, at: number): Instrument {
  const [base = '', quote = ''] = series.symbol.split('/');
  const lot = quantity(isWhole ? '1' : settings.class === 'crypto' && at < CHEAP_COIN ? '0.000001' : FINE_LOT);
  const tick = settings.class === 'crypto' ? (at < CHEAP_COIN ? '0.000001' : '0.001') : at < 1 ? '0.0001' : '0.01';
  return {
    symbol: series.symbol,
    base,
    quote,
    tick: price(isWhole || settings.class === 'crypto' ? tick : '0.001'),
    lot,
    minQuantity: lot,
    minNotional: NO_MINIMUM,
    calendar: series.candles.calendar.name,
  };
}

function stockSettings(symbol: string): AssetSettings {
  return {
    class: 'us_equity',
    exchange: 'NYSE',
    name: symbol,
    tradable: true,
    marginable: true,
    shortable: true,
    easy_to_borrow: true,
    fractionable: true,
  };
}

function coinSettings(symbol: string): AssetSettings {
  return {
    class: 'crypto',
    exchange: 'CRYPTO',
    name: symbol.replace('/', ' / '),
    tradable: true,
    marginable: false,
    shortable: false,
    easy_to_borrow: false,
    fractionable: true,
  };
}
