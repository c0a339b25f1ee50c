import { systemClock } from '#adapters/clock/system.ts';
import { KeptValue } from '#adapters/context/kept-value.ts';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Surroundings, SurroundingsSource } from '#ports/context.ts';
import type { PaperMarket } from '../markets/markets.ts';
import type { ToldContext } from './context.ts';

/** What is known around the symbols of a market; of one that is invented or replayed, nothing. @param context Opened where it is wanted. */
export async function surroundingsOf(
  { simulated, queries }: Pick<PaperMarket, 'simulated' | 'queries'>,
  context: () => Promise<ToldContext>,
): Promise<SurroundingsSource> {
  if (simulated) return nothingKnown('the market is not a real one');
  const { PublicSurroundings } = await import('#adapters/context/public-surroundings.ts');
  return new PublicSurroundings((await context()).source, queries, systemClock);
}

const FRESH_MS = 60_000;
const OLDEST_MS = 3_600_000;

/** The same for those who only look: an exchange is asked at most once a minute for a symbol. */
export function keptSurroundings(source: SurroundingsSource): SurroundingsSource {
  const bySymbol = new Map<MarketSymbol, KeptValue<Surroundings>>();
  return {
    around: async (symbol) => {
      const read = async () => ({ value: await source.around(symbol), at: systemClock.wall() });
      const kept =
        bySymbol.get(symbol) ?? new KeptValue({ clock: systemClock, read, freshMs: FRESH_MS, oldestMs: OLDEST_MS });
      bySymbol.set(symbol, kept);
      const known = await kept.get();
      return known.kind === 'known' ? known.value : nothingKnown(known.why).around(symbol);
    },
  };
}
