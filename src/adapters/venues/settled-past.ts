import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';

/**
 * What of the past of each symbol is settled. An execution up to the newest one of what was forgotten has been told: of an
 * order that nobody knows, it is of one that was forgotten. Funding since then is kept by its time, since it has no order.
 */
export class SettledPast {
  private readonly until = new Map<MarketSymbol, EpochMs>();
  /** When the funding was due that was told. */
  private readonly funded = new Map<MarketSymbol, Set<EpochMs>>();

  includes(symbol: MarketSymbol, at: EpochMs): boolean {
    const until = this.until.get(symbol);
    return until !== undefined && at <= until;
  }

  /** @param at Of an execution that is forgotten; undefined for an order without any. */
  settle(symbol: MarketSymbol, at: EpochMs | undefined): void {
    if (at === undefined || this.includes(symbol, at)) return;
    this.until.set(symbol, at);
    const times = this.funded.get(symbol) ?? [];
    for (const due of times) if (due <= at) this.funded.get(symbol)!.delete(due);
  }

  /** Notes funding that is told. @returns Whether it was told before. */
  noteFunding(symbol: MarketSymbol, at: EpochMs): boolean {
    const times = this.funded.get(symbol) ?? new Set();
    if (times.has(at) || this.includes(symbol, at)) return true;
    this.funded.set(symbol, times.add(at));
    return false;
  }
}
