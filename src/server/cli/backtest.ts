import { existsSync } from 'node:fs';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import type { Bot } from '#core/bots.ts';
import { figure } from '#core/figures.ts';
import type { FeeRates } from '#core/instruments.ts';
import { type Quantity, quantity } from '#core/money.ts';
import { composeBacktest } from '../compose.ts';
import { InputError } from '../errors.ts';
import { besideBot, changeBot, loadBotFile } from '../files/bot-files.ts';
import { backtestDocument } from './backtest-document.ts';
import { type MarketOptions, readMarkets } from './backtest-markets.ts';
import type { BacktestAsking, ModelOptions } from './backtest-models.ts';
import { backtestReport } from './backtest-report.ts';
import { type BacktestResult, resultOf } from './backtest-result.ts';
import { explainTrade } from './explain-trade.ts';
import { writeDocument } from './json-document.ts';
import { type MarginOptions, marginFor } from './margin-options.ts';

const BPS = 10_000n;
const DEFAULT_FEE_BPS = '10';

export interface BacktestOptions extends MarketOptions, MarginOptions, ModelOptions {
  /** The one symbol to run; all of the bot's without. */
  readonly symbol?: string;
  /** A plain decimal. */
  readonly feeBps?: string;
  /** Number of a trade, from 1. */
  readonly explain?: number;
  readonly timing?: true;
}

/** Prints what a bot would have done on recorded candles. @throws InputError when it or the candles cannot be used. */
export async function backtest(botPath: string, asked: BacktestOptions): Promise<void> {
  const options = withCandlesBeside(botPath, asked);
  const startedAt = performance.now();
  const bot = await botFor(botPath, options);
  const markets = await readMarkets(bot, options);
  const margin = await marginFor(bot, options);
  const candles = markets.reduce((sum, { text }) => sum + text.candles.length, 0);
  const models = await modelsFor(bot, botPath, options, candles);
  const loadedAt = performance.now();
  const { account, run, contracts, order } = composeBacktest({
    bot,
    series: markets.map(({ instrument, text, inside }) => new ReplaySource(instrument, text.candles, inside)),
    fees: feesOf(options.feeBps),
    margin,
    asking: models?.asking,
  });
  await run();
  await models?.finish();
  const ranAt = performance.now();
  const texts = markets.map(({ text }) => text);
  const result = resultOf(bot, texts, account, order(), margin && { contracts, setup: margin });
  await print({ ...result, ofModels: models?.warnings() ?? [] }, options);
  if (options.timing) {
    tellTiming(candles, loadedAt - startedAt, ranAt - loadedAt, performance.now() - ranAt);
  }
}

/** Whom a bot asks; what that takes is loaded for those who ask alone. @throws InputError for a bot that asks nobody. */
async function modelsFor(
  bot: Bot,
  botPath: string,
  options: ModelOptions,
  candles: number,
): Promise<BacktestAsking | undefined> {
  if (bot.kind !== 'indicator-rules') {
    const { askingFor } = await import('./backtest-models.ts');
    return askingFor(bot, botPath, options, candles);
  }
  if (options.models === undefined && options.recording === undefined) return undefined;
  const option = options.models === undefined ? '--recording' : '--models';
  throw new InputError(`Cannot use ${option} for "${bot.name}" as it must be a bot that asks models; leave it out`);
}

/** A bot file may have candles beside it, as the examples that ask models do. */
function withCandlesBeside(botPath: string, options: BacktestOptions): BacktestOptions {
  const beside = besideBot(botPath, '.csv.gz');
  return options.candles === undefined && options.venue === undefined && existsSync(beside)
    ? { ...options, candles: [beside] }
    : options;
}

async function botFor(path: string, { symbol, timeframe }: BacktestOptions): Promise<Bot> {
  const file = await loadBotFile(path);
  if (symbol === undefined && timeframe === undefined) return file.bot;
  return changeBot(file, { ...(symbol !== undefined && { symbols: [symbol] }), ...(timeframe && { timeframe }) });
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
