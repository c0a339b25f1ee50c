import type { MarketSymbol } from '#core/instruments.ts';

/** What the contracts settle in. */
export const SETTLEMENT = 'USDT';

/** How Bybit spells a linear USDT perpetual: "BTC/USDT" is "BTCUSDT". Undefined for what is none. */
export function wireSymbol(symbol: MarketSymbol): string | undefined {
  const [, base] = /^([A-Z0-9]+)\/USDT$/.exec(symbol) ?? [];
  return base && `${base}${SETTLEMENT}`;
}

/** The other way; undefined for contracts that are not traded here: "BTCPERP", "BTCUSDT-26DEC25". */
export function marketSymbol(wire: string): MarketSymbol | undefined {
  const [, base] = /^([A-Z0-9]+)USDT$/.exec(wire) ?? [];
  return base === undefined ? undefined : (`${base}/${SETTLEMENT}` as MarketSymbol);
}
