import type { Liquidity } from '#core/fills.ts';
import type { Leg, Side } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import { exact } from './json-document.ts';

/** One fill as the store has it: decimals are text. */
export interface FillText {
  /** Market time: the open time of the candle it happened in. */
  readonly time: EpochMs;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly liquidity: Liquidity;
}

/** A fill as every command prints it, so that equal fills make equal text whatever they come from. */
export function fillJson({ time, symbol, leg, side, quantity, price, fee, liquidity }: FillText) {
  return { time, symbol, leg, side, quantity: exact(quantity), price: exact(price), fee: exact(fee), liquidity };
}
