import { readFile } from 'node:fs/promises';
import { BotFileError, readBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import type { Instrument } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import { InputError } from '../errors.ts';
import { unreadable } from './input-files.ts';

/** A bot with the text it was read from, as it is stored. */
export interface BotFile {
  readonly bot: Bot;
  readonly text: string;
}

/** @throws InputError with the file and a line for each of its problems. */
export async function loadBotFile(path: string): Promise<BotFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(error, `Cannot read the bot file "${path}"`);
  });
  return { bot: checked(text, `Cannot use the bot file "${path}"`), text };
}

/** A file that belongs to a bot file: beside it, of its name. */
export function besideBot(botPath: string, ending: string): string {
  return `${botPath.replace(/\.json$/, '')}${ending}`;
}

/** Fields that a command line may replace. */
export interface BotChange {
  readonly symbols?: readonly string[];
  readonly timeframe?: string;
}

/**
 * The bot with some fields replaced, held to the same rules as its file.
 * @throws InputError with a line for each problem that the change makes.
 */
export function changeBot({ text }: BotFile, change: BotChange): Bot {
  const changed = JSON.stringify({ ...JSON.parse(text), ...change });
  return checked(changed, `Cannot run the bot with ${JSON.stringify(change)}`);
}

/** @throws InputError when the bot asks for what the instrument does not have. */
export function checkBotFits({ name, sizing }: Bot, { symbol, lot, minQuantity }: Instrument): void {
  if (sizing.kind !== 'quantity') return;
  const { quantity } = sizing;
  const rule =
    quantity % lot !== 0n
      ? `must be a multiple of the lot ${formatDecimal(lot)}`
      : quantity < minQuantity && `must not be under the minimum ${formatDecimal(minQuantity)}`;
  if (rule === false) return;
  throw new InputError(
    `Cannot run "${name}" on ${symbol} as its quantity ${rule}: current value is ${formatDecimal(quantity)}; ` +
      'change "sizing.quantity"',
  );
}

function checked(text: string, action: string): Bot {
  try {
    return readBotFile(text);
  } catch (error) {
    if (!(error instanceof BotFileError)) throw error;
    const [only, ...others] = error.problems;
    if (others.length === 0) throw new InputError(`${action}: ${only}`, { cause: error });
    throw new InputError([`${action}:`, ...error.problems.map((problem) => `  ${problem}`)].join('\n'), {
      cause: error,
    });
  }
}
