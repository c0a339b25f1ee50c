import type { Bot, MarketSymbol } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text/candle-text.ts';
import type { Candles } from '#core/candles.ts';
import { figure } from '#core/figures.ts';
import type { FeeRates, Instrument } from '#core/instruments.ts';
import type { MarginModel } from '#core/margin/models.ts';
import { type Quantity, quantity } from '#core/money.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import type { Tape } from '#core/tape.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { changeBot, checkBotFits, loadBotFile } from '../bot-files.ts';
import { instrumentOf, readCandleFile } from '../candle-files.ts';
import { composeBacktest } from '../compose.ts';
import { InputError } from '../errors.ts';
import { checkInterval, readInside } from '../inside-candles.ts';
import { writeDocument } from '../json-document.ts';
import { backtestDocument } from './backtest-document.ts';
import { backtestReport } from './backtest-report.ts';
import { type BacktestResult, resultOf } from './backtest-result.ts';
import { explainTrade } from './explain-trade.ts';
import { marginFor } from './margin-options.ts';
import { Progress } from './progress.ts';

const BPS = 10_000n;
const DEFAULT_FEE_BPS = '10';

export interface BacktestOptions {
  readonly candles?: string;
  /** An exchange whose downloaded candles are taken instead of a file. */
  readonly venue?: string;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly symbol?: string;
  readonly timeframe?: Timeframe;
  readonly allowGaps?: true;
  readonly calendar?: CalendarName;
  /** A file of finer candles or quotes, to be replayed inside the others. */
  readonly inside?: string;
  /** A file of what a venue demands of orders; left out, it follows from the candles. */
  readonly rules?: string;
  /** A plain decimal. */
  readonly feeBps?: string;
  readonly margin?: MarginModel['name'];
  readonly tiers?: string;
  readonly funding?: string;
  /** Number of a trade, from 1. */
  readonly explain?: number;
  readonly json?: true;
  readonly timing?: true;
}

/** Prints what a bot would have done on recorded candles. @throws InputError when it or the candles cannot be used. */
export async function backtest(botPath: string, options: BacktestOptions): Promise<void> {
  const startedAt = performance.now();
  const bot = await botFor(botPath, options);
  const market = await marketFor(bot, options);
  const instrument = await instrumentFor(bot.symbols[0]!, market, options.rules);
  checkBotFits(bot, instrument);
  const margin = await marginFor(bot, options);
  const inside = await insideOf(market.candles, options);
  checkInterval(bot, market.candles, inside);
  const loadedAt = performance.now();
  const { account, run, contract } = composeBacktest({
    bot,
    recorded: market.candles,
    instrument,
    fees: feesOf(options.feeBps),
    inside,
    margin,
  });
  await run();
  const ranAt = performance.now();
  const onMargin = contract && margin && { contract, setup: margin, hasFunding: options.funding !== undefined };
  await print(resultOf(bot, market, account, onMargin), options);
  if (options.timing) {
    tellTiming(market.candles.length, loadedAt - startedAt, ranAt - loadedAt, performance.now() - ranAt);
  }
}

async function botFor(path: string, { symbol, timeframe }: BacktestOptions): Promise<Bot> {
  const file = await loadBotFile(path);
  return changeBot(file, { symbols: [symbol ?? file.bot.symbols[0]!], ...(timeframe && { timeframe }) });
}

/** @throws InputError unless it is said where the candles come from. */
async function marketFor(bot: Bot, options: BacktestOptions): Promise<CandleText> {
  const { candles, venue, from, to, allowGaps, calendar = 'always' } = options;
  if (candles !== undefined && from === undefined && to === undefined) return fileFor(bot, candles, options);
  if (candles !== undefined) {
    throw new InputError(
      'Cannot run on part of a candle file as --from and --to are for --venue; leave them out, or cut the file',
    );
  }
  if (venue !== undefined) {
    const key = { market: venue, symbol: bot.symbols[0]!, timeframe: bot.timeframe };
    const { readStoredCandles } = await import('../stored-candles.ts');
    return readStoredCandles(key, { from, to }, { allowGaps, calendar: CALENDARS[calendar] });
  }
  throw new InputError(
    'Cannot run a backtest as it must be said where its candles come from; add --candles and a file, or --venue and an exchange',
  );
}

async function fileFor(
  bot: Bot,
  file: string,
  { timeframe, allowGaps, calendar = 'always', json }: BacktestOptions,
): Promise<CandleText> {
  const progress = new Progress('Reading candles', json ? undefined : process.stderr);
  const onProgress = (fraction: number) => progress.show(fraction);
  const market = await readCandleFile(file, {
    timeframe,
    allowGaps,
    calendar: CALENDARS[calendar],
    onProgress,
  }).finally(() => progress.end());
  const found = market.candles.timeframe;
  if (found === bot.timeframe) return market;
  throw new InputError(
    `Cannot run "${bot.name}" on "${file}" as the candles must be of the bot's timeframe ${bot.timeframe}: ` +
      `they are ${found}; add --timeframe ${found} to run the bot on them`,
  );
}

async function instrumentFor(symbol: MarketSymbol, market: CandleText, rules: string | undefined): Promise<Instrument> {
  const told = instrumentOf(symbol, market);
  if (rules === undefined) return told;
  const { checkOnTick, readInstrumentRules } = await import('../instrument-rules.ts');
  const instrument = { ...(await readInstrumentRules(rules, symbol)), calendar: told.calendar };
  checkOnTick(instrument, market.candles);
  return instrument;
}

async function insideOf(
  outer: Candles,
  { inside, allowGaps, calendar = 'always' }: BacktestOptions,
): Promise<Tape | undefined> {
  if (inside === undefined) return undefined;
  return readInside(inside, outer, { allowGaps, calendar: CALENDARS[calendar] });
}

/** The same fee whether a fill made the price or took it. */
function feesOf(feeBps = DEFAULT_FEE_BPS): FeeRates {
  const rate = (quantity(feeBps) / BPS) as Quantity;
  return { maker: rate, taker: rate };
}

async function print(result: BacktestResult, { json, explain }: BacktestOptions): Promise<void> {
  if (explain !== undefined) process.stdout.write(explainTrade(result, explain));
  else if (json) await writeDocument(process.stdout, backtestDocument(result));
  else process.stdout.write(backtestReport(result));
}

function tellTiming(candles: number, loadMs: number, runMs: number, reportMs: number): void {
  const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const lines = [
    ['Candles', figure(candles, 0)],
    ['Load (ms)', figure(loadMs, 1)],
    ['Run (ms)', figure(runMs, 1)],
    ['Report (ms)', figure(reportMs, 1)],
    ['Speed (candles/s)', figure((candles / runMs) * 1000, 0)],
    ['Memory at most (MB)', figure(megabytes, 0)],
  ] as const;
  for (const [label, value] of lines) process.stderr.write(`${label.padEnd(20)} ${value.padStart(12)}\n`);
}
