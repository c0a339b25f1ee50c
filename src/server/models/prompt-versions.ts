import { createHash } from 'node:crypto';
import { MOST_PROMPT_VERSIONS } from '#contract/model-bot-file.ts';
import type { Bot } from '#core/bots.ts';
import { BUILT_IN_PROMPTS } from '#core/built-in-prompts.ts';
import { isWholeText, type Prompt, promptNameOf } from '#core/prompts.ts';
import type { EpochMs } from '#core/time.ts';
import type { PromptRow, Store } from '#ports/store.ts';
import { utcText } from '../cli/time-text.ts';
import { InputError } from '../errors.ts';

/** Bots that are to run: those that are stored, which go on, and those that are new. */
export interface StartingBots {
  readonly there: readonly { readonly bot: Bot }[];
  readonly fresh: readonly { readonly bot: Bot }[];
}

/** A prompt with who has it: the store, Autotrader itself, or the bot that brought it now. */
interface Known {
  readonly row: PromptRow;
  readonly of: 'store' | 'Autotrader' | Bot;
}

/**
 * The prompts of these bots that are not stored yet, to be stored with the bots before anything is asked. A version of a
 * prompt never changes: what was decided with it stays explained by it.
 *
 * A stored bot goes on whatever its prompt, as it may have positions to look after: before prompts were kept, two bots
 * could have different texts under one name, or one of a version that came with Autotrader later, or a text that cannot
 * be kept. The names of the prompts that come with Autotrader stay theirs.
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
  const known = new Map<string, Known>();
  for (const [name, prompt] of BUILT_IN_PROMPTS) known.set(name, { row: rowOf(prompt, now), of: 'Autotrader' });
  for (const row of await store.prompts()) known.set(promptNameOf(row), { row, of: 'store' });
  for (const { bot } of there) {
    const why = whyNotKept(known, bot, now);
    if (why === undefined) continue;
    say(`"${bot.name}" goes on with its own text, though ${why}: its bot file alone explains its decisions.`);
  }
  for (const { bot } of fresh) {
    const other = learn(known, bot, now);
    if (other === undefined) continue;
    throw new InputError(
      `Cannot run "${bot.name}" as a version of a prompt never changes: ${has(other)}; give the new text ` +
        nextVersion(known, other.row),
    );
  }
  return [...known.values()].filter((one) => typeof one.of === 'object').map(({ row }) => row);
}

/** Adds the prompt of a stored bot to those that are known. @returns Why it cannot be, if so. */
function whyNotKept(known: Map<string, Known>, bot: Bot, now: EpochMs): string | undefined {
  if ('prompt' in bot && ![bot.prompt.system, bot.prompt.user].every(isWholeText))
    return 'it has U+0000 or halves of characters and cannot be kept';
  const other = learn(known, bot, now);
  return other && has(other);
}

/** Adds the prompt of a bot to those that are known. @returns The known one that it contradicts, if any. */
function learn(known: Map<string, Known>, bot: Bot, now: EpochMs): Known | undefined {
  if (!('prompt' in bot)) return undefined;
  const row = rowOf(bot.prompt, now);
  const before = known.get(promptNameOf(row));
  if (before !== undefined && before.row.sha256 !== row.sha256) return before;
  if (before === undefined || before.of === 'Autotrader') known.set(promptNameOf(row), { row, of: bot });
  return undefined;
}

function rowOf({ name, version, system, user }: Prompt, firstSeenAt: EpochMs): PromptRow {
  const sha256 = createHash('sha256')
    .update(JSON.stringify([system, user]))
    .digest('hex');
  return { name, version, sha256, system, user, firstSeenAt };
}

function has({ row, of }: Known): string {
  const name = promptNameOf(row);
  if (of === 'Autotrader') return `another text comes with Autotrader under ${name}`;
  if (of !== 'store') return `"${of.name}" has another text under ${name}`;
  return `another text is stored under ${name} since ${utcText(row.firstSeenAt)} UTC`;
}

/** The first version after all that were ever stored of the prompt, and those of the bots before this one. */
function nextVersion(known: ReadonlyMap<string, Known>, { name }: PromptRow): string {
  const versions = [...known.values()].filter(({ row }) => row.name === name).map(({ row }) => row.version);
  const next = Math.max(...versions) + 1;
  return next <= MOST_PROMPT_VERSIONS ? `the version ${next}` : 'another name';
}
