import type { MarketSymbol } from '#core/instruments.ts';

/** What everything is paid in here. */
export const SETTLEMENT = 'USD';

/** Letters and digits: names with a dot ("BRK.B") are none that a bot can have. */
const TICKER = /^[A-Z0-9]{1,10}$/;
const PAIR = /^[A-Z0-9]{1,10}\/USD$/;

/** Whether Alpaca spells a pair of coins so. */
export function isPair(wire: string): boolean {
  return PAIR.test(wire);
}

/**
 * How Alpaca spells what it trades: "SPY/USD" is the share "SPY" there, "BTC/USD" is the coin. Some shares have the name of
 * a coin ("BTC" is a fund); the coin has the symbol then, and the share cannot be traded here.
 */
export class AlpacaSymbols {
  private readonly pairs: ReadonlySet<string>;

  /** @param pairs What coins are traded: "BTC/USD". */
  constructor(pairs: Iterable<string>) {
    this.pairs = new Set(pairs);
  }

  isCoin(symbol: MarketSymbol): boolean {
    return this.pairs.has(symbol);
  }

  /** Undefined for what is not paid in dollars. */
  wire(symbol: MarketSymbol): string | undefined {
    if (this.pairs.has(symbol)) return symbol;
    const [base = '', quote] = symbol.split('/');
    return quote === SETTLEMENT && TICKER.test(base) ? base : undefined;
  }

  /** The other way: positions and activities may leave the slash of a pair out. Undefined for what is not traded here. */
  market(wire: string): MarketSymbol | undefined {
    const pair = wire.includes('/') ? wire : wire.replace(/USD$/, '/USD');
    if (this.pairs.has(pair)) return pair as MarketSymbol;
    const symbol = `${wire}/${SETTLEMENT}` as MarketSymbol;
    return TICKER.test(wire) && !this.pairs.has(symbol) ? symbol : undefined;
  }
}
