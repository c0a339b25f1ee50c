import { Download, TriangleAlert } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';

interface SaveBarProps {
  readonly changes: number;
  readonly problems: number;
  readonly isChecked: boolean;
  readonly isAway: boolean;
  readonly isKept: boolean;
  readonly onDiscard: () => void;
  /** Brings back what was discarded; undefined where there is nothing to. */
  readonly onUndo: (() => void) | undefined;
  readonly onDownload: () => void;
}

type DraftState = Omit<SaveBarProps, 'onDiscard' | 'onUndo' | 'onDownload'>;

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function State({ changes, problems, isChecked, isAway, isKept }: DraftState) {
  const kept = isKept ? 'Kept in this browser.' : 'This browser keeps nothing: they are gone with the page.';
  if (problems > 0) {
    return (
      <>
        <TriangleAlert aria-hidden="true" className="text-warn" />
        <button type="button" className="first-problem" onClick={showFirstProblem}>
          {count(problems, 'problem')}
        </button>
        <span>to mend before it can run. {changes > 0 && kept}</span>
      </>
    );
  }
  if (isAway) return <span>The engine does not answer, so the draft is not checked. {changes > 0 && kept}</span>;
  if (changes === 0) return <span>No changes: this is what the bot runs with.</span>;
  return (
    <>
      <span className="glyph waiting" aria-hidden="true" />
      <span>
        <b className="med text-fg-1">{count(changes, 'change')}.</b> {isChecked ? kept : 'Checking…'}
      </span>
    </>
  );
}

/** The first field that is wrong, in the order of the page. */
function showFirstProblem(): void {
  document.querySelector<HTMLElement>('.bot-form [aria-invalid="true"]')?.focus();
}

/** ⌘S or Ctrl-S, which would save the page otherwise. */
function useSaveKey(onSave: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 's' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    onSave();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** How the draft stands, and what can be done with it. */
export function SaveBar({ onDiscard, onUndo, onDownload, ...state }: SaveBarProps) {
  const { changes, problems, isChecked } = state;
  const isSound = isChecked && problems === 0;
  useSaveKey(() => isSound && onDownload());
  return (
    <div className="save-bar">
      <div className="state" role="status">
        <State {...state} />
      </div>
      <div className="actions">
        {changes > 0 && (
          <button type="button" className="btn ghost" onClick={onDiscard}>
            Discard
          </button>
        )}
        {changes === 0 && onUndo && (
          <button type="button" className="btn ghost" onClick={onUndo}>
            Undo discard
          </button>
        )}
        <button type="button" className="btn pri" onClick={onDownload} disabled={!isSound}>
          <Download aria-hidden="true" /> Download the file <kbd className="max-desk:hidden">⌘S</kbd>
        </button>
      </div>
    </div>
  );
}
