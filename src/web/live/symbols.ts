import type { Bot, Position } from '#contract/api.ts';

export interface ChartSymbol {
  readonly symbol: string;
  readonly timeframe: string;
  /** R of what is open in it; null when nothing is, or when it has no stop. */
  readonly r: number | null;
}

function openR(symbol: string, positions: readonly Position[]): number | null {
  const known = positions.filter((position) => position.symbol === symbol && position.r !== null);
  return known.length === 0 ? null : known.reduce((sum, position) => sum + (position.r ?? 0), 0);
}

/** What the bots trade, each symbol once, in the order of the bots. */
export function chartSymbols(bots: readonly Bot[], positions: readonly Position[]): ChartSymbol[] {
  const symbols = new Map<string, ChartSymbol>();
  for (const bot of bots) {
    for (const symbol of bot.symbols) {
      if (symbols.has(symbol)) continue;
      symbols.set(symbol, { symbol, timeframe: bot.timeframe, r: openR(symbol, positions) });
    }
  }
  return [...symbols.values()];
}

/** The one that was asked for, else the first with an open position, else the first. */
export function chosenSymbol(
  asked: string | null,
  symbols: readonly ChartSymbol[],
  positions: readonly Position[],
): string | null {
  const has = (symbol: string | undefined) => symbols.some((known) => known.symbol === symbol);
  if (asked !== null && has(asked)) return asked;
  const held = positions.find((position) => has(position.symbol))?.symbol;
  return held ?? symbols[0]?.symbol ?? null;
}
