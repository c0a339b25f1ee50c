import type { Bot } from '#contract/api.ts';

/** Shape and colour say the same as the word, which screen readers read. */
export function BotGlyph({ bot }: { readonly bot: Pick<Bot, 'status' | 'mode'> }) {
  const state = bot.status === 'running' ? bot.mode : bot.status;
  return (
    <>
      <span className={`glyph ${state}`} aria-hidden="true" />
      <span className="sr">{state}: </span>
    </>
  );
}
