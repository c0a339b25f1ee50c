import { createHash } from 'node:crypto';
import { MOST_PROMPT_VERSIONS } from '#contract/model-bot-file.ts';
import type { Bot } from '#core/bots.ts';
import { type Prompt, promptNameOf } from '#core/prompts.ts';
import type { EpochMs } from '#core/time.ts';
import type { PromptRow, Store } from '#ports/store.ts';
import { utcText } from '../cli/time-text.ts';
import { InputError } from '../errors.ts';

/** Bots that are to run: those that are stored, which go on, and those that are new. */
export interface StartingBots {
  readonly there: readonly { readonly bot: Bot }[];
  readonly fresh: readonly { readonly bot: Bot }[];
}

/** A prompt with the bot that brought it now; undefined for one that is stored. */
interface Known {
  readonly row: PromptRow;
  readonly bot?: Bot;
}

/**
 * The prompts of these bots that are not stored yet, to be stored with the bots before anything is asked. A version of a
 * prompt never changes: what was decided with it stays explained by it.
 *
 * A stored bot goes on whatever its prompt, as it may have positions to look after: where prompts were not kept yet, two
 * bots on different markets could have different texts under one name.
 * @param now Wall time.
 * @param say Told of such a bot.
 * @throws InputError for a new bot that has another text than was ever stored, or than a bot before it has, under one
 * name and version.
 */
export async function newPrompts(
  store: Store,
  { there, fresh }: StartingBots,
  now: EpochMs,
  say: (line: string) => void,
): Promise<PromptRow[]> {
  const known = new Map((await store.prompts()).map((row): [string, Known] => [promptNameOf(row), { row }]));
  for (const { bot } of there) {
    const other = learn(known, bot, now);
    if (other === undefined) continue;
    say(`"${bot.name}" goes on with its own text, though ${has(other)}: its bot file alone explains its decisions.`);
  }
  for (const { bot } of fresh) {
    const other = learn(known, bot, now);
    if (other === undefined) continue;
    throw new InputError(
      `Cannot run "${bot.name}" as a version of a prompt never changes: ${has(other)}; give the new text ` +
        nextVersion(known, other.row),
    );
  }
  return [...known.values()].filter(({ bot }) => bot !== undefined).map(({ row }) => row);
}

/** Adds the prompt of a bot to those that are known. @returns The known one that it contradicts, if any. */
function learn(known: Map<string, Known>, bot: Bot, now: EpochMs): Known | undefined {
  if (!('prompt' in bot)) return undefined;
  const row = rowOf(bot.prompt, now);
  const before = known.get(promptNameOf(row));
  if (before === undefined) known.set(promptNameOf(row), { row, bot });
  return before === undefined || before.row.sha256 === row.sha256 ? undefined : before;
}

function rowOf({ name, version, system, user }: Prompt, firstSeenAt: EpochMs): PromptRow {
  const sha256 = createHash('sha256')
    .update(JSON.stringify([system, user]))
    .digest('hex');
  return { name, version, sha256, system, user, firstSeenAt };
}

function has({ row, bot }: Known): string {
  const name = promptNameOf(row);
  if (bot !== undefined) return `"${bot.name}" has another text under ${name}`;
  return `another text is stored under ${name} since ${utcText(row.firstSeenAt)} UTC`;
}

/** The first version after all that were ever stored of the prompt, and those of the bots before this one. */
function nextVersion(known: ReadonlyMap<string, Known>, { name }: PromptRow): string {
  const versions = [...known.values()].filter(({ row }) => row.name === name).map(({ row }) => row.version);
  const next = Math.max(...versions) + 1;
  return next <= MOST_PROMPT_VERSIONS ? `the version ${next}` : 'another name';
}
