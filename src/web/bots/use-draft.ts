import { useEffect, useState } from 'react';
import { keepDraft, keptDraft, watchDraft } from './draft-store.ts';

export interface EditedDraft {
  /** The text of the file as it is edited. */
  readonly text: string;
  readonly edit: (text: string) => void;
  readonly discard: () => void;
  /** Brings back what was discarded last; undefined where there is nothing to. */
  readonly undo: (() => void) | undefined;
  /** Whether it outlives the page. */
  readonly isKept: boolean;
  /** Whether it was begun from a file that the bot does not run with any more. */
  readonly isOld: boolean;
}

/** The draft of a bot, kept in this browser with every change. @param running The text that the bot runs with. */
export function useDraft(botId: string, running: string): EditedDraft {
  const [draft, setDraft] = useState(() => keptDraft(botId) ?? { running, text: running });
  const [discarded, setDiscarded] = useState<string>();
  const [isKept, setKept] = useState(true);
  // Another page of the same bot edits the same draft: whoever wrote last would drop what the other one wrote.
  useEffect(() => watchDraft(botId, (other) => setDraft(other ?? { running, text: running })), [botId, running]);
  const edit = (text: string) => {
    const next = { running: draft.running, text };
    setDraft(next);
    setDiscarded(undefined);
    setKept(keepDraft(botId, text === running ? undefined : next));
  };
  const discard = () => {
    setDraft({ running, text: running });
    setDiscarded(draft.text);
    keepDraft(botId, undefined);
    setKept(true);
  };
  const undo = discarded === undefined ? undefined : () => edit(discarded);
  return { text: draft.text, edit, discard, undo, isKept, isOld: draft.running !== running };
}
