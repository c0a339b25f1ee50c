import { decimalOf, decimalPlaces } from '#core/money.ts';
import { KRAKEN_NAMES, KRAKEN_PAIRS, KRAKEN_PREFIXED, KRAKEN_PREFIXED_QUOTES } from '#protocols/kraken.ts';
import type { MarketSeries } from '../market-series.ts';

/** A currency: "XXBT", which people call XBT and the rest of the world BTC. */
export interface Asset {
  readonly id: string;
  readonly altname: string;
}

/** A symbol as Kraken names it. */
export interface Pair {
  readonly series: MarketSeries;
  /** "XXBTZUSD" or "XBTUSDT". */
  readonly id: string;
  /** "XBTUSD". */
  readonly altname: string;
  /** "XBT/USD"; streams say "BTC/USD", which is the series' own symbol. */
  readonly wsname: string;
  readonly base: Asset;
  readonly quote: Asset;
  /** Of the price. */
  readonly decimals: number;
  /** The least order, base units. */
  readonly least: string;
}

/** Quantities have so many decimals, whatever the pair. */
export const LOT_DECIMALS = 8;
/** Candles that are looked at for the decimals of a pair's prices. */
const LOOKED_AT = 500;
const MOST_DECIMALS = 8;
const USUAL_LEAST = '0.0001';

/** What Kraken would call a symbol of the market. */
export function pairOf(series: MarketSeries): Pair {
  const [base, quote] = series.symbol.split('/').map((name) => assetOf(name));
  if (base === undefined || quote === undefined) {
    throw new Error(`Kraken cannot list "${series.symbol}" as a pair must have a base and a quote: "BTC/USDT"`);
  }
  const altname = base.altname + quote.altname;
  const isOld = base.id !== base.altname && base.altname !== 'XDG' && KRAKEN_PREFIXED_QUOTES.includes(quote.id);
  const known = KRAKEN_PAIRS[series.symbol];
  return {
    series,
    id: isOld ? base.id + quote.id : altname,
    altname,
    wsname: `${base.altname}/${quote.altname}`,
    base,
    quote,
    decimals: Math.max(known?.decimals ?? 0, decimalsIn(series)),
    least: known?.least ?? USUAL_LEAST,
  };
}

function assetOf(name: string): Asset {
  const altname = KRAKEN_NAMES[name] ?? name;
  const prefixes = Object.entries(KRAKEN_PREFIXED);
  const prefix = prefixes.find(([, names]) => names.some((one) => one === altname))?.[0] ?? '';
  return { id: prefix + altname, altname };
}

/** The most decimals of its latest prices. */
function decimalsIn({ candles }: MarketSeries): number {
  let most = 0;
  for (let i = Math.max(0, candles.known - LOOKED_AT); i < candles.known; i++) {
    for (const { values } of [candles.open, candles.high, candles.low, candles.close]) {
      most = Math.max(most, decimalPlaces(decimalOf(values[i]!)));
    }
  }
  return Math.min(most, MOST_DECIMALS);
}

/** A price as Kraken writes it; one that lies between two of its steps is written whole. */
export function priceText({ decimals }: Pair, price: number): string {
  const text = price.toFixed(decimals);
  return Number(text) === price ? text : decimalOf(price);
}

/** All pairs of a market, by any of their names. */
export class Pairs {
  readonly all: readonly Pair[];
  private readonly byName: ReadonlyMap<string, Pair>;

  constructor(series: readonly MarketSeries[]) {
    this.all = series.map(pairOf);
    this.byName = new Map(this.all.flatMap((pair) => [pair.id, pair.altname, pair.wsname].map((name) => [name, pair])));
  }

  /** By its id, its altname or its wsname. */
  find(name: string): Pair | undefined {
    return this.byName.get(name);
  }

  /** By the name that streams have for it: "BTC/USD". */
  bySymbol(symbol: string): Pair | undefined {
    return this.all.find(({ series }) => series.symbol === symbol);
  }
}
