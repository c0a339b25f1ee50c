import { z } from 'zod';

/** A draft of a bot in this browser: what the bot ran with when it was begun, and what it says now. */
const Draft = z.object({ running: z.string(), text: z.string() });
export type Draft = z.infer<typeof Draft>;

const keyOf = (botId: string) => `autotrader.draft.${botId}`;

/** Undefined where there is none, or storage is blocked. */
export function keptDraft(botId: string): Draft | undefined {
  try {
    return Draft.safeParse(JSON.parse(localStorage.getItem(keyOf(botId)) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/** @returns Whether it is kept: storage may be blocked or full. */
export function keepDraft(botId: string, draft: Draft | undefined): boolean {
  try {
    if (draft === undefined) localStorage.removeItem(keyOf(botId));
    else localStorage.setItem(keyOf(botId), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Tells of a draft that another page of this browser keeps or drops. @returns What stops it. */
export function watchDraft(botId: string, onChange: (draft: Draft | undefined) => void): () => void {
  const listen = ({ key }: StorageEvent) => {
    if (key === keyOf(botId)) onChange(keptDraft(botId));
  };
  window.addEventListener('storage', listen);
  return () => window.removeEventListener('storage', listen);
}
