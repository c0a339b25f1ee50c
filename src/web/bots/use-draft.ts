import { useState } from 'react';
import { keepDraft, keptDraft } from './draft-store.ts';

export interface EditedDraft {
  /** The text of the file as it is edited. */
  readonly text: string;
  readonly edit: (text: string) => void;
  readonly discard: () => void;
  /** Whether it outlives the page. */
  readonly isKept: boolean;
  /** Whether it was begun from a file that the bot does not run with any more. */
  readonly isOld: boolean;
}

/** The draft of a bot, kept in this browser with every change. @param running The text that the bot runs with. */
export function useDraft(botId: string, running: string): EditedDraft {
  const [draft, setDraft] = useState(() => keptDraft(botId) ?? { running, text: running });
  const [isKept, setKept] = useState(true);
  const edit = (text: string) => {
    const next = { running: draft.running, text };
    setDraft(next);
    setKept(keepDraft(botId, text === running ? undefined : next));
  };
  const discard = () => {
    setDraft({ running, text: running });
    keepDraft(botId, undefined);
    setKept(true);
  };
  return { text: draft.text, edit, discard, isKept, isOld: draft.running !== running };
}
