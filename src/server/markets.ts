import { resolve } from 'node:path';
import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import { type Recording, ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import type { Bot, MarketSymbol } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import type { MarketData } from '#ports/market-data.ts';
import type { Random } from '#ports/random.ts';
import type { BotRow } from '#ports/store.ts';
import { instrumentOf, readCandleFile } from './candle-files.ts';

/** A market that paper bots can start on. */
export type PaperMarket = MarketData<SourcedSeries> & { readonly start: EpochMs };

const REPLAY = 'replay:';

/**
 * The simulated market: the one that stored bots began on, so that they go on where they were, or a new one.
 * @param now Where a new one starts, UTC ms.
 */
export function simulatedMarket(stored: readonly BotRow[], random: Random, now: EpochMs): SimulatedMarket {
  for (const { market } of stored) {
    const known = SimulatedMarket.named(market);
    if (known) return known;
  }
  return new SimulatedMarket(random.seed(), now);
}

/**
 * Reads the recordings that the bots will trade.
 * @param files Paths with commas between, each for the symbol before its "=" or for the one that its name tells of.
 * @throws InputError with file, line and fix.
 */
export async function replayMarket(
  files: string,
  bots: readonly Bot[],
  allowGaps: boolean,
  say: (line: string) => void,
): Promise<ReplayMarket> {
  const symbols = bots.flatMap((bot) => bot.symbols);
  const recordings: Recording[] = [];
  const names: string[] = [];
  for (const part of files.split(',')) {
    const [, symbol, path = part] = /^(?:([^=/]+\/[^=/]+)=)?(.+)$/.exec(part) ?? [];
    const played = (symbol as MarketSymbol | undefined) ?? symbolOf(path, symbols);
    const text = await readCandleFile(path, { allowGaps });
    if (text.gaps.length > 0)
      say(`${path} has ${text.gaps.length} gaps: candles that follow one another need not touch.`);
    recordings.push({ instrument: instrumentOf(played, text), candles: text.candles });
    names.push(`${played}=${resolve(path)}`);
  }
  return new ReplayMarket(`${REPLAY}${names.join(',')}`, recordings);
}

/** The symbol that a file's name tells of ("bybit_linear_BTCUSDT_5m.csv"), or the first one that is traded. */
function symbolOf(path: string, symbols: readonly MarketSymbol[]): MarketSymbol {
  const plain = path.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return symbols.find((symbol) => plain.includes(symbol.replace('/', ''))) ?? symbols[0]!;
}
