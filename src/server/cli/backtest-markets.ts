import type { Bot } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text/candle-text.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { Tape } from '#core/matching/tape.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { InputError } from '../errors.ts';
import { checkBotFits } from '../files/bot-files.ts';
import { instrumentOf, readCandleFile } from '../files/candle-files.ts';
import { checkBetweenCloses, readInside } from '../files/inside-candles.ts';
import { filesBySymbol, namedFile } from '../files/named-files.ts';
import { Progress } from './progress.ts';

/** What a command line says of where candles come from. */
export interface MarketOptions {
  /** Files, each perhaps after its symbol and "=". */
  readonly candles?: readonly string[];
  /** An exchange whose downloaded candles are taken instead of files. */
  readonly venue?: string;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly timeframe?: Timeframe;
  readonly allowGaps?: true;
  readonly calendar?: CalendarName;
  /** Files of finer candles or quotes, to be replayed inside the others. */
  readonly inside?: readonly string[];
  /** A file of what a venue demands of orders; left out, it follows from the candles. */
  readonly rules?: string;
  readonly json?: true;
}

/** The candles of one symbol of a backtest, and what happened inside them where that is known. */
export interface BacktestMarket {
  readonly instrument: Instrument;
  readonly text: CandleText;
  readonly inside: Tape | undefined;
}

/**
 * The candles of each of a bot's symbols, in their order.
 * @throws InputError unless it is said where they all come from, and when they cannot be used.
 */
export async function readMarkets(bot: Bot, options: MarketOptions): Promise<readonly BacktestMarket[]> {
  const texts = await readTexts(bot, options);
  const inside = filesFor(bot, options.inside ?? [], '--inside');
  const markets: BacktestMarket[] = [];
  for (const [symbol, text] of texts) {
    const path = inside.get(symbol);
    const instrument = await instrumentFor(symbol, text, options.rules);
    checkBotFits(bot, instrument);
    const tape = path === undefined ? undefined : await readInside(path, text.candles, rulesOf(options));
    checkBetweenCloses(bot, text.candles, tape);
    markets.push({ instrument, text, inside: tape });
  }
  return markets;
}

async function instrumentFor(symbol: MarketSymbol, text: CandleText, rules: string | undefined): Promise<Instrument> {
  const told = instrumentOf(symbol, text);
  if (rules === undefined) return told;
  const { checkOnTick, readInstrumentRules } = await import('../files/instrument-rules.ts');
  const instrument = { ...(await readInstrumentRules(rules, symbol)), calendar: told.calendar };
  checkOnTick(instrument, text.candles);
  return instrument;
}

async function readTexts(bot: Bot, options: MarketOptions): Promise<Map<MarketSymbol, CandleText>> {
  const { candles, venue, from, to } = options;
  const texts = new Map<MarketSymbol, CandleText>();
  if (candles !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw new InputError(
        'Cannot run on part of a candle file as --from and --to are for --venue; leave them out, or cut the file',
      );
    }
    for (const [symbol, path] of filesFor(bot, candles, '--candles')) {
      texts.set(symbol, await readFileFor(bot, path, options));
    }
  } else if (venue !== undefined) {
    for (const symbol of bot.symbols) texts.set(symbol, await readStoredFor(bot, symbol, venue, options));
  } else {
    throw new InputError(
      'Cannot run a backtest as it must be said where its candles come from; add --candles and a file, or --venue and an exchange',
    );
  }
  return texts;
}

/**
 * The path of each symbol's file, in the order of the symbols; none when there are no files.
 * @throws InputError for a symbol without a file, and for a file of no symbol of the bot.
 */
function filesFor({ name, symbols }: Bot, paths: readonly string[], option: string): Map<MarketSymbol, string> {
  if (paths.length === 0) return new Map();
  const found = filesBySymbol(paths.map(namedFile), symbols, 'use');
  for (const [symbol, { path }] of found) {
    if (symbols.includes(symbol)) continue;
    throw new InputError(
      `Cannot use "${path}" as its symbol must be one that "${name}" trades (${symbols.join(', ')}): current value is ${symbol}`,
    );
  }
  const missing = symbols.filter((symbol) => !found.has(symbol));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot run "${name}" as each of its ${symbols.length} symbols must have a file: there is none of ${missing.join(', ')}; ` +
        `add ${option} for each (SYMBOL=FILE where its name does not tell), or run one symbol with --symbol`,
    );
  }
  return new Map(symbols.map((symbol) => [symbol, found.get(symbol)!.path]));
}

async function readStoredFor(
  { timeframe }: Bot,
  symbol: MarketSymbol,
  market: string,
  options: MarketOptions,
): Promise<CandleText> {
  const { from, to } = options;
  const { readStoredCandles } = await import('../markets/stored-candles.ts');
  return readStoredCandles({ market, symbol, timeframe }, { from, to }, rulesOf(options));
}

async function readFileFor(
  bot: Bot,
  file: string,
  { timeframe, allowGaps, calendar = 'always', json }: MarketOptions,
): Promise<CandleText> {
  const progress = new Progress('Reading candles', json ? undefined : process.stderr);
  const text = await readCandleFile(file, {
    timeframe,
    allowGaps,
    calendar: CALENDARS[calendar],
    onProgress: (fraction) => progress.show(fraction),
  }).finally(() => progress.end());
  const found = text.candles.timeframe;
  if (found === bot.timeframe) return text;
  throw new InputError(
    `Cannot run "${bot.name}" on "${file}" as the candles must be of the bot's timeframe ${bot.timeframe}: ` +
      `they are ${found}; add --timeframe ${found} to run the bot on them`,
  );
}

function rulesOf({ allowGaps, calendar = 'always' }: MarketOptions) {
  return { calendar: CALENDARS[calendar], ...(allowGaps && { allowGaps }) };
}
