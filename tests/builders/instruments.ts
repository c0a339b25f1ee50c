import { Grid } from '#core/grid.ts';
import type { FeeRates, Instrument, MarketSymbol } from '#core/instruments.ts';
import { money, price, quantity } from '#core/money.ts';

/** What tests say of a market, as decimals; whole units where they say nothing. */
export interface InstrumentText {
  readonly symbol?: string;
  readonly tick?: string;
  readonly lot?: string;
  readonly minQuantity?: string;
  readonly minNotional?: string;
}

export function instrumentOf({
  symbol = 'BTC/USDT',
  tick = '1',
  lot = '1',
  minQuantity = lot,
  minNotional = '0',
}: InstrumentText = {}) {
  const [base, quote] = symbol.split('/') as [string, string];
  return {
    symbol: symbol as MarketSymbol,
    base,
    quote,
    tick: price(tick),
    lot: quantity(lot),
    minQuantity: quantity(minQuantity),
    minNotional: money(minNotional),
    calendar: 'always',
  } satisfies Instrument;
}

export function feesOf(taker = '0.001', maker = taker): FeeRates {
  return { maker: quantity(maker), taker: quantity(taker) };
}

export interface GridText extends InstrumentText {
  readonly maker?: string;
  readonly taker?: string;
  readonly prices?: 'on-tick' | 'free';
}

export function gridOf({ maker, taker, prices, ...instrument }: GridText = {}): Grid {
  return new Grid(instrumentOf(instrument), feesOf(taker, maker), prices);
}
