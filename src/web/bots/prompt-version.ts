import { BUILT_IN_PROMPTS, DEFAULT_PROMPTS } from '#core/built-in-prompts.ts';
import { type Prompt, promptNameOf } from '#core/prompts.ts';
import { type BotDocument, valueAt, withValue } from './bot-document.ts';

export type PromptKind = keyof typeof DEFAULT_PROMPTS;

/** The prompt that a document asks with: the one it names, writes out, or leaves to the kind. */
export function promptOf(document: BotDocument, kind: PromptKind): Prompt {
  const { prompt } = document;
  const named = typeof prompt === 'string' ? BUILT_IN_PROMPTS.get(prompt) : undefined;
  if (named !== undefined) return named;
  const text = (key: string) => String(valueAt(prompt, [key]) ?? '');
  if (typeof prompt !== 'object' || prompt === null) return DEFAULT_PROMPTS[kind];
  return {
    name: text('name'),
    version: Number(valueAt(prompt, ['version'])),
    system: text('system'),
    user: text('user'),
  };
}

/** What other words than the bot's become: the next version, or a prompt of one's own where they come with Autotrader. */
export function nextVersion(running: BotDocument, kind: PromptKind): Pick<Prompt, 'name' | 'version'> {
  const before = promptOf(ofKind(running, kind), kind);
  const { name, version } = before;
  return isBuiltIn(before) ? { name: `my-${name}`, version: 1 } : { name, version: version + 1 };
}

/** What a bot of another kind is asked with says nothing of this one. */
function ofKind(running: BotDocument, kind: PromptKind): BotDocument {
  return running.kind === kind ? running : {};
}

export function isBuiltIn(prompt: Prompt): boolean {
  return BUILT_IN_PROMPTS.has(promptNameOf(prompt));
}

/**
 * The document with other words in its prompt. A version never changes, so that they are the one after what the bot runs
 * with; its own words again are its own version again.
 * @param running The document that the bot runs with.
 */
export function withPromptText(
  document: BotDocument,
  running: BotDocument,
  kind: PromptKind,
  words: Partial<Pick<Prompt, 'system' | 'user'>>,
): BotDocument {
  const same = ofKind(running, kind);
  const before = promptOf(same, kind);
  const { system, user } = { ...promptOf(document, kind), ...words };
  if (system === before.system && user === before.user) return withValue(document, ['prompt'], same.prompt);
  return withValue(document, ['prompt'], { ...nextVersion(running, kind), system, user });
}
