import type { Bot } from '#core/bots.ts';
import type { MarginModel } from '#core/margin/models.ts';
import { MARGIN_MODELS } from '#core/margin/models.ts';
import { formatDecimal, ONE } from '#core/money.ts';
import type { MarginSetup } from '../compose.ts';
import { InputError } from '../errors.ts';
import { readFundingFile } from '../funding-file.ts';
import { readMarginTiers } from '../margin-tiers-file.ts';

/** What a command line says of margin. */
export interface MarginOptions {
  readonly margin?: MarginModel['name'];
  readonly tiers?: string;
  readonly funding?: string;
}

/** How the bot's contract is reckoned; undefined for a bot that trades outright. @throws InputError */
export async function marginFor(bot: Bot, options: MarginOptions): Promise<MarginSetup | undefined> {
  const { margin: name, tiers: tiersFile, funding } = options;
  if (name === undefined) return withoutMargin(bot, options);
  if (tiersFile === undefined) {
    throw new InputError(`Cannot run on margin as the tiers of "${name}" must be given; add --tiers and a file`);
  }
  const { tiers } = await readMarginTiers(tiersFile, name, bot.symbols[0]!);
  const { leverage = ONE } = bot;
  const most = tiers.rows[0].maxLeverage;
  if (leverage > most) {
    throw new InputError(
      `Cannot run "${bot.name}" as its leverage must be at most ${formatDecimal(most)}, what the first margin tier allows: ` +
        `current value is ${formatDecimal(leverage)}; lower "leverage"`,
    );
  }
  return { model: MARGIN_MODELS[name], tiers, funding: funding === undefined ? [] : await readFundingFile(funding) };
}

function withoutMargin({ name, leverage }: Bot, { tiers, funding }: MarginOptions): undefined {
  if (leverage !== undefined) {
    throw new InputError(
      `Cannot run "${name}" as a bot with leverage must be told how its venue reckons: ` +
        'add --margin and --tiers, or leave "leverage" out',
    );
  }
  if (tiers !== undefined || funding !== undefined) {
    throw new InputError('Cannot use --tiers and --funding as they are of trades on margin; add --margin');
  }
  return undefined;
}
