import type { ListedMarket } from '#adapters/market-data/listed-market.ts';
import { figure, MISSING } from '#core/figures.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import type { Batch, FundingRate, Listing, Ticker } from '#ports/market-data.ts';
import { loadConfig } from '../config.ts';
import { InputError } from '../errors.ts';
import { openListed } from '../markets/exchanges.ts';
import { exact, writeDocument } from './json-document.ts';
import { table } from './text-table.ts';
import { utcText } from './time-text.ts';

export interface InstrumentsOptions {
  readonly venue: string;
  readonly symbol?: string;
  readonly json?: true;
}

/** What a symbol costs now, or why that is not known. */
interface Prices {
  readonly tickers: Batch<Ticker>;
  readonly funding: Batch<FundingRate>;
}

/**
 * Prints what an exchange trades and what it demands of orders; of one symbol, its contracts and their prices now as well.
 * @throws InputError for a symbol that it does not have.
 */
export async function instruments({ venue, symbol, json }: InstrumentsOptions): Promise<void> {
  const exchange = await openListed(venue, loadConfig());
  const listings = listingsOf(exchange, symbol);
  const prices = symbol === undefined ? undefined : await pricesOf(exchange, listings);
  if (!json) {
    process.stdout.write(tableOf(exchange, listings));
    if (prices) process.stdout.write(`\n${priceLines(listings, prices)}`);
    return;
  }
  const rows = listings.map((listing) => ({ ...listingJson(listing), ...(prices && pricesJson(listing, prices)) }));
  await writeDocument(process.stdout, { venue: exchange.id, instruments: rows });
}

/** All of them, or the symbol and the contracts on it. */
function listingsOf(exchange: ListedMarket, symbol: string | undefined): readonly Listing[] {
  const all = exchange.listings();
  if (symbol === undefined) return all;
  const found = all.filter(({ instrument }) => isOn(instrument.symbol, symbol));
  if (found.length > 0) return found;
  throw new InputError(
    `Cannot show ${JSON.stringify(symbol)} as ${exchange.name} must have the symbol; write it as base and quote, for ` +
      'example BTC/USDT, or leave --symbol out to see all of them',
  );
}

function isOn(listed: string, symbol: string): boolean {
  return listed === symbol || listed.startsWith(`${symbol}:`);
}

async function pricesOf(exchange: ListedMarket, listings: readonly Listing[]): Promise<Prices> {
  const symbols = listings.map(({ instrument }) => instrument.symbol);
  return { tickers: await exchange.tickers(symbols), funding: await exchange.fundingRates(symbols) };
}

function tableOf({ name, listsFees }: ListedMarket, listings: readonly Listing[]): string {
  const rows = listings.map(({ instrument, contract, unit, settle, makerFeeRate, takerFeeRate, isActive }) => [
    instrument.symbol,
    contract,
    settle ?? MISSING,
    formatDecimal(instrument.tick),
    formatDecimal(instrument.lot),
    formatDecimal(instrument.minQuantity),
    instrument.minNotional === 0n ? MISSING : formatDecimal(instrument.minNotional),
    unit,
    feePercent(makerFeeRate),
    feePercent(takerFeeRate),
    isActive ? 'yes' : 'no',
  ]);
  const head = ['Symbol', 'Contract', 'Pays in', 'Tick', 'Lot', 'Least', 'Least notional', 'Counted in'];
  const lines = table([...head, 'Maker (%)', 'Taker (%)', 'Trades'], rows);
  return `${lines}\n${figure(listings.length, 0)} on ${name}. Fees are ${listsFees}; an account may have others.\n`;
}

function feePercent(rate: number | undefined): string {
  return rate === undefined ? MISSING : figure(rate * 100, 3);
}

function priceLines(listings: readonly Listing[], { tickers, funding }: Prices): string {
  return listings
    .map(({ instrument: { symbol } }) => {
      const rate = funding.rows.get(symbol);
      const lines = [`${symbol}: ${priceText(symbol, tickers)}`];
      if (rate) lines.push(`${symbol}: funding ${figure(rate.rate * 100, 4)} %${dueText(rate)}`);
      return `${lines.join('.\n')}.\n`;
    })
    .join('');
}

function priceText(symbol: MarketSymbol, { rows, missing }: Batch<Ticker>): string {
  const ticker = rows.get(symbol);
  if (ticker === undefined) return `no price: ${missing.get(symbol)}`;
  const { bid, ask, last, at } = ticker;
  return `bid ${bid ?? MISSING}, ask ${ask ?? MISSING}, last ${last ?? MISSING} at ${utcText(at)} UTC`;
}

function dueText({ dueAt }: FundingRate): string {
  return dueAt === undefined ? '' : `, due at ${utcText(dueAt)} UTC`;
}

function listingJson(listing: Listing): object {
  const { instrument, contract, unit, settle, makerFeeRate, takerFeeRate, isActive } = listing;
  const { symbol, base, quote, tick, lot, minQuantity, minNotional, calendar } = instrument;
  return {
    symbol,
    base,
    quote,
    settle: settle ?? null,
    contract,
    unit,
    tick: exact(formatDecimal(tick)),
    lot: exact(formatDecimal(lot)),
    minQuantity: exact(formatDecimal(minQuantity)),
    minNotional: exact(formatDecimal(minNotional)),
    makerFeeRate: makerFeeRate ?? null,
    takerFeeRate: takerFeeRate ?? null,
    calendar,
    isActive,
  };
}

function pricesJson({ instrument: { symbol } }: Listing, { tickers, funding }: Prices): object {
  const { bid = null, ask = null, last = null, at = null } = tickers.rows.get(symbol) ?? {};
  const { rate = null, dueAt = null, intervalMs = null } = funding.rows.get(symbol) ?? {};
  return {
    ticker: { bid, ask, last, at, why: tickers.missing.get(symbol) ?? null },
    funding: { rate, dueAt, intervalMs, why: funding.missing.get(symbol) ?? null },
  };
}
