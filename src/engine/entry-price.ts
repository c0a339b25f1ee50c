import { entryBeside } from '#core/entry-beside.ts';
import type { GridPrice } from '#core/grid.ts';
import type { SymbolRun } from './symbol-run.ts';

/** The limit of an entry that is sent, or follows, at the close of candle `i` or after it; undefined for one at the market. */
export function entryLimit(run: SymbolRun, i: number, direction: 'long' | 'short'): GridPrice | undefined {
  const { bot, grid } = run;
  if (bot.entryOrder === undefined) return undefined;
  // Away from the market: an entry never costs more than was asked for.
  return grid.toTick(entryBeside(run.priceAt(i), direction, bot.entryOrder), direction === 'long' ? 'down' : 'up');
}

/** What an entry is reckoned with, quote per base: its limit, or the last price for one at the market. */
export function entryPrice(run: SymbolRun, i: number, direction: 'long' | 'short'): number {
  const limit = entryLimit(run, i, direction);
  return limit === undefined ? run.priceAt(i) : run.grid.priceNumber(limit);
}
