import type { Bot } from '#core/bots.ts';
import { type Prompt, promptNameOf } from '#core/prompts.ts';
import { InputError } from '../errors.ts';

/**
 * A prompt's version never changes: what was decided with it stays explained by it.
 * @throws InputError for two bots that have different texts under one name and version.
 */
export function checkPromptVersions(bots: readonly Bot[]): void {
  const known = new Map<string, { readonly prompt: Prompt; readonly bot: Bot }>();
  for (const bot of bots) {
    if (!('prompt' in bot)) continue;
    const { prompt } = bot;
    const name = promptNameOf(prompt);
    const before = known.get(name);
    known.set(name, before ?? { prompt, bot });
    if (before === undefined || (before.prompt.system === prompt.system && before.prompt.user === prompt.user))
      continue;
    throw new InputError(
      `Cannot run "${bot.name}" as a version of a prompt never changes: "${before.bot.name}" has another text under ${name}; ` +
        `give the new text the version ${prompt.version + 1}`,
    );
  }
}
