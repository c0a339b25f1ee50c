import type { Room } from '#core/risk.ts';
import type { Account } from './account.ts';
import type { SymbolRun } from './symbol-run.ts';

/** What is left of every limit for one more entry of a bot. */
export function roomFor(run: SymbolRun, bot: readonly SymbolRun[], account: Account, equity: number): Room {
  const { priceScale, quantityScale } = run.grid;
  const scale = priceScale * quantityScale;
  let committed = 0;
  for (const other of bot) committed += other.committed();
  return {
    // What is left is margin, where there is leverage. Rounded down into the run's grid units, as limits are.
    ofCapital: Math.floor((run.capital - committed) * run.leverage * scale),
    ofEquity: Math.floor((equity - account.committed()) * run.leverage * scale),
    ofDailyLoss: account.dailyLossLeft(run.timeAt(run.candles.length - 1)),
  };
}

/** How many more trades the bot and its account may have open at once. */
export function freeSlots(bot: readonly SymbolRun[], account: Account): number {
  const ofBot = bot[0]!.bot.maxConcurrentTrades - slotsTaken(bot);
  const { maxConcurrentTrades } = account.limits;
  return maxConcurrentTrades === null ? ofBot : Math.min(ofBot, maxConcurrentTrades - slotsTaken(account.runs));
}

function slotsTaken(runs: readonly SymbolRun[]): number {
  let taken = 0;
  for (let k = 0; k < runs.length; k++) if (runs[k]!.takesSlot) taken += 1;
  return taken;
}
