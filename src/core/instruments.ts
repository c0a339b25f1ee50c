import type { Brand } from './brand.ts';
import type { Money, Price, Quantity } from './money.ts';
import type { CalendarName } from './sessions/calendar.ts';

/** Base and quote as people write them: "BTC/USDT". */
export type MarketSymbol = Brand<string, 'MarketSymbol'>;

/** What a venue says about a market: the steps and minimums that every order must keep. */
export interface Instrument {
  readonly symbol: MarketSymbol;
  readonly base: string;
  readonly quote: string;
  /** Step of the price. */
  readonly tick: Price;
  /** Step of the quantity, in base units. */
  readonly lot: Quantity;
  readonly minQuantity: Quantity;
  /** Least price x quantity of an order that opens, in the quote currency; 0 when there is none. */
  readonly minNotional: Money;
  /** When it trades. */
  readonly calendar: CalendarName;
}

/** Fractions of the notional, exact: 0.001 is 0.1 %. */
export interface FeeRates {
  readonly maker: Quantity;
  readonly taker: Quantity;
}
