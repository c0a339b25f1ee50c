import type { Bot } from '#core/bots.ts';
import { divideUp } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { GENERIC_TIERS } from '#core/margin/generic-tiers.ts';
import type { MarginModel } from '#core/margin/models.ts';
import { MARGIN_MODELS } from '#core/margin/models.ts';
import type { MarginTiers } from '#core/margin/tiers.ts';
import { formatDecimal, ONE, type Ratio } from '#core/money.ts';
import type { ContractSetup, MarginSetup } from '../accounts/contracts.ts';
import { InputError } from '../errors.ts';
import { readFundingFile } from '../files/funding-file.ts';
import { readMarginTiers } from '../files/margin-tiers-file.ts';
import { filesBySymbol, namedFile } from '../files/named-files.ts';

const PERCENT = 100n;
const DAYS_PER_YEAR = 365n;

/** What a command line says of margin. */
export interface MarginOptions {
  readonly margin?: MarginModel['name'];
  readonly tiers?: string;
  /** Files, each perhaps after its symbol and "=". */
  readonly funding?: readonly string[];
  /** In percent a year, of what is borrowed; instead of the bot's own. */
  readonly borrowRate?: Ratio;
}

/** How the bot's contracts are reckoned; undefined for a bot that trades outright. @throws InputError */
export async function marginFor(bot: Bot, options: MarginOptions): Promise<MarginSetup | undefined> {
  const { margin: name, tiers: tiersFile, funding = [] } = options;
  if (name === undefined) return withoutMargin(bot, options);
  const files = fundingFiles(bot, funding);
  const contracts = new Map<MarketSymbol, ContractSetup>();
  for (const symbol of bot.symbols) {
    const tiers = await tiersFor(name, tiersFile, symbol);
    checkLeverage(bot, symbol, tiers);
    const path = files.get(symbol);
    contracts.set(symbol, { tiers, funding: path === undefined ? [] : await readFundingFile(path) });
  }
  return { model: MARGIN_MODELS[name], dailyInterest: dailyInterestOf(bot, options), contracts };
}

/** Rounded up. */
function dailyInterestOf({ borrowPercentPerYear }: Bot, { borrowRate = borrowPercentPerYear }: MarginOptions): Ratio {
  return borrowRate === undefined ? (0n as Ratio) : (divideUp(borrowRate, PERCENT * DAYS_PER_YEAR) as Ratio);
}

/** @throws InputError for a file of no symbol of the bot. */
function fundingFiles({ name, symbols }: Bot, paths: readonly string[]): ReadonlyMap<MarketSymbol, string> {
  const found = filesBySymbol(paths.map(namedFile), symbols, 'use');
  for (const [symbol, { path }] of found) {
    if (symbols.includes(symbol)) continue;
    const rule = `one that "${name}" trades (${symbols.join(', ')})`;
    throw new InputError(`Cannot use "${path}" as its symbol must be ${rule}: current value is ${symbol}`);
  }
  return new Map([...found].map(([symbol, { path }]) => [symbol, path]));
}

async function tiersFor(
  name: MarginModel['name'],
  file: string | undefined,
  symbol: MarketSymbol,
): Promise<MarginTiers> {
  if (file !== undefined) return (await readMarginTiers(file, name, symbol)).tiers;
  if (name === 'generic') return GENERIC_TIERS;
  throw new InputError(
    `Cannot run on margin as the tiers of "${name}" must be given; add --tiers and a file, or take --margin generic`,
  );
}

function checkLeverage({ name, leverage = ONE as Ratio }: Bot, symbol: MarketSymbol, { rows }: MarginTiers): void {
  const most = rows[0].maxLeverage;
  if (leverage <= most) return;
  throw new InputError(
    `Cannot run "${name}" as its leverage must be at most ${formatDecimal(most)}, what the first margin tier of ${symbol} ` +
      `allows: current value is ${formatDecimal(leverage)}; lower "leverage"`,
  );
}

function withoutMargin({ name, leverage }: Bot, { tiers, funding, borrowRate }: MarginOptions): undefined {
  if (leverage !== undefined) {
    throw new InputError(
      `Cannot run "${name}" as a bot with leverage must be told how its venue reckons: ` +
        'add --margin and --tiers, or leave "leverage" out',
    );
  }
  if (tiers !== undefined || funding !== undefined || borrowRate !== undefined) {
    throw new InputError(
      'Cannot use --tiers, --funding and --borrow-rate as they are of trades on margin; add --margin',
    );
  }
  return undefined;
}
