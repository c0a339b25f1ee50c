import { systemClock } from '#adapters/clock/system.ts';
import { SeriesQueries } from '#adapters/market-data/series-queries.ts';
import { TickerBoard } from '#adapters/market-data/ticker-board.ts';
import type { Tickers } from '#contract/api.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { MarketQueries } from '#ports/market-data.ts';
import type { LiveState } from '../views/live-state.ts';

/** A market, and what can be asked of it beside its candles. */
interface Asked {
  readonly queries?: Pick<MarketQueries, 'tickers'> | undefined;
}

/**
 * The prices of everything that is traded here, for pages: those of an exchange as it told them in the last half minute.
 * @throws MarketUnavailable from what it returns.
 */
export function pricesShown({ queries }: Asked, state: LiveState): () => Promise<Tickers> {
  const series = state.traders.flatMap((trader) => trader.series);
  const symbols: readonly MarketSymbol[] = [...new Set(series.map(({ symbol }) => symbol))];
  const own = new SeriesQueries(series, () => state.marketTime);
  const board = queries && new TickerBoard(queries, systemClock);
  return async () => {
    const { rows, missing } = await (board ? board.shown(symbols) : own.tickers(symbols));
    return {
      simulated: state.simulated,
      tickers: [...rows].map(([symbol, { bid = null, ask = null, last = null, at }]) => ({
        symbol,
        bid,
        ask,
        last,
        at,
      })),
      missing: [...missing].map(([symbol, why]) => ({ symbol, why })),
    };
  };
}
