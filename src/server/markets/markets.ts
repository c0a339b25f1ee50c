import { resolve } from 'node:path';
import type { Pace, SourcedSeries } from '#adapters/market-data/feed.ts';
import { type Recording, ReplayMarket } from '#adapters/market-data/replay.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import type { Bot } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text/candle-text.ts';
import type { Tape } from '#core/matching/tape.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import type { EpochMs } from '#core/time.ts';
import type { LiveQueries, MarketData } from '#ports/market-data.ts';
import type { Random } from '#ports/random.ts';
import type { BotRow } from '#ports/store.ts';
import { InputError } from '../errors.ts';
import { checkBotFits } from '../files/bot-files.ts';
import { type CandleFileOptions, instrumentOf, readCandleFile } from '../files/candle-files.ts';
import { checkBetweenCloses, readInside } from '../files/inside-candles.ts';
import { filesBySymbol, type NamedFile, namedFile } from '../files/named-files.ts';

/** A market that paper bots can start on. One that goes on in real time says how, and what time it is there; one
 * that knows more than its candles can be asked. */
export type PaperMarket = MarketData<SourcedSeries> & {
  readonly start: EpochMs;
  readonly queries?: LiveQueries | undefined;
  pace?(abort: AbortSignal): Pace;
  now?(): EpochMs;
};

/** How the name of a replay begins. */
export const REPLAY = 'replay:';

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

/** A file to be replayed, read. */
export interface ReplayFile extends NamedFile {
  readonly text: CandleText;
  /** What happened inside its candles, from a file of its own. */
  readonly inside?: { readonly path: string; readonly tape: Tape } | undefined;
}

/**
 * Reads the files of a replay.
 * @param files Paths with commas between, each perhaps after a symbol and "=".
 * @param inside Paths with commas between: of what happened inside the candles of each file, in the same order.
 * @throws InputError with file, line and fix.
 */
export async function readReplayFiles(
  files: string,
  inside: string | undefined,
  { allowGaps, calendar }: Required<Pick<CandleFileOptions, 'allowGaps' | 'calendar'>>,
  say: (line: string) => void,
): Promise<ReplayFile[]> {
  const read: ReplayFile[] = [];
  const parts = files.split(',');
  const insides = inside?.split(',') ?? [];
  if (inside !== undefined && insides.length !== parts.length) {
    throw new InputError(
      `Cannot replay "${inside}" inside the candles as there must be one such file for each file of candles: there are ` +
        `${parts.length} of candles and ${insides.length} inside; give them in the same order`,
    );
  }
  for (const [k, part] of parts.entries()) {
    const { symbol, path } = namedFile(part);
    const text = await readCandleFile(path, { allowGaps, calendar });
    if (text.gaps.length > 0)
      say(`${path} has ${text.gaps.length} gaps: candles that follow one another need not touch.`);
    const outside = Object.values(text.outside).reduce((sum, count) => sum + count, 0);
    if (outside > 0) say(`${path} has ${outside} candles outside of its market's sessions: they are left out.`);
    const finer = insides[k];
    const tape = finer === undefined ? undefined : await readInside(finer, text.candles, { allowGaps, calendar });
    read.push({ symbol, path: resolve(path), text, inside: tape && { path: resolve(finer!), tape } });
  }
  return read;
}

/** What a bot's rows say of the files it is replayed on: the same ones in any order are the same market. */
export function replayName(files: readonly ReplayFile[]): string {
  const parts = files.map(({ symbol, path, text, inside }) => {
    const { calendar } = text.candles;
    const whole = inside === undefined ? path : `${path}(${inside.path})`;
    const named = symbol === undefined ? whole : `${symbol}=${whole}`;
    return calendar === ALWAYS ? named : `${calendar.name}:${named}`;
  });
  return `${REPLAY}${parts.sort().join(',')}`;
}

/** @throws InputError for two files of one symbol, and for a bot whose interval they do not tell the prices of. */
export function replayMarket(files: readonly ReplayFile[], bots: readonly Bot[]): ReplayMarket {
  const traded = bots.flatMap((bot) => bot.symbols);
  const recordings = [...filesBySymbol(files, traded, 'replay')].map(([symbol, { text, inside }]): Recording => {
    const { candles } = text;
    for (const bot of bots) {
      const isItsOwn = bot.symbols.includes(symbol) && bot.timeframe === candles.timeframe;
      if (isItsOwn) checkBetweenCloses(bot, candles, inside?.tape);
    }
    return { instrument: instrumentOf(symbol, text), candles, inside: inside?.tape };
  });
  return new ReplayMarket(replayName(files), recordings);
}

/**
 * A bot's symbols on a market, as far as it has them.
 * @throws InputError when it has none of them, or the bot asks for what an instrument does not have.
 */
export function openSeries(market: MarketData<SourcedSeries>, bot: Bot, until?: EpochMs): SourcedSeries[] {
  const series = bot.symbols
    .map((symbol) => market.open(symbol, bot.timeframe, until))
    .filter((one) => one !== undefined);
  if (series.length === 0) {
    throw new InputError(
      `Cannot run the bot "${bot.name}" as the market has none of its symbols: ${bot.symbols.join(', ')}`,
    );
  }
  for (const { instrument } of series) checkBotFits(bot, instrument);
  return series;
}
